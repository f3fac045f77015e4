// SPDX-License-Identifier: Apache-2.0
#include "client/http_transfer.hpp"

#include <sys/socket.h>

#include <algorithm>
#include <memory>
#include <new>
#include <optional>
#include <utility>

#include "client/public_address.hpp"

namespace deskwire {
namespace {

constexpr std::size_t kMaxHeaders = 100;
constexpr std::size_t kMaxHeaderBytes = 32u << 10;  ///< Of an answer, together.
constexpr std::size_t kMaxUrlBytes = 8u << 10;

using Url = std::unique_ptr<CURLU, decltype(&curl_url_cleanup)>;

std::string part_of(const Url& url, CURLUPart part, unsigned flags = 0) {
  char* text = nullptr;
  if (!url || curl_url_get(url.get(), part, &text, flags) != CURLUE_OK) return {};
  std::string out(text);
  curl_free(text);
  return out;
}

/// Null for anything but http and https, and for one that carries a log-in.
Url parse_url(const std::string& text) {
  Url url(curl_url(), &curl_url_cleanup);
  if (!url || text.size() > kMaxUrlBytes ||
      curl_url_set(url.get(), CURLUPART_URL, text.c_str(), CURLU_DISALLOW_USER) != CURLUE_OK)
    return {nullptr, &curl_url_cleanup};
  const std::string scheme = part_of(url, CURLUPART_SCHEME);
  if (scheme != "http" && scheme != "https") return {nullptr, &curl_url_cleanup};
  return url;
}

std::string lower(std::string text) {
  for (char& c : text)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
  return text;
}

std::string origin_of(const Url& url) {
  if (!url) return {};
  std::string out = part_of(url, CURLUPART_SCHEME) + "://" + lower(part_of(url, CURLUPART_HOST));
  const std::string port = part_of(url, CURLUPART_PORT, CURLU_NO_DEFAULT_PORT);
  return port.empty() ? out : out + ":" + port;
}

/// `location` as seen from `base`; empty if it leads nowhere.
std::string resolve(const std::string& base, const std::string& location) {
  const Url url = parse_url(base);
  if (!url || location.empty() || location.size() > kMaxUrlBytes ||
      curl_url_set(url.get(), CURLUPART_URL, location.c_str(), CURLU_DISALLOW_USER) != CURLUE_OK)
    return {};
  return part_of(url, CURLUPART_URL);
}

bool is_one_line(std::string_view text) {
  return std::ranges::none_of(
      text, [](char c) { return c == '\r' || c == '\n' || c == '\0' || c == '\x7f'; });
}

bool is_reading(std::string_view method) { return method == "GET" || method == "HEAD"; }

/// libcurl's own texts name hosts and addresses; these name neither.
const char* sentence(CURLcode result) {
  switch (result) {
    case CURLE_COULDNT_RESOLVE_HOST:
      return "the name could not be resolved";
    case CURLE_COULDNT_CONNECT:
      return "no connection came about";
    case CURLE_OPERATION_TIMEDOUT:
      return "it took too long";
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_SSL_CACERT_BADFILE:
      return "TLS failed";
    default:
      return "the connection broke";
  }
}

template <class Value>
void set(CURL* easy, CURLoption option, Value value) {
  if (curl_easy_setopt(easy, option, value) != CURLE_OK) throw std::bad_alloc();
}

}  // namespace

std::string http_origin(const std::string& url) { return origin_of(parse_url(url)); }

const char* defect_of(const HttpCall& call) {
  if (!parse_url(call.url)) return "this is no URL of http or https";
  if (call.method.empty() ||
      !std::ranges::all_of(call.method, [](char c) { return c >= 'A' && c <= 'Z'; }))
    return "this is no method";
  for (const auto& [name, value] : call.headers)
    if (name.empty() || !is_one_line(name) || !is_one_line(value) ||
        name.find(':') != std::string::npos)
      return "a header cannot be written";
  return nullptr;
}

HttpTransfer::HttpTransfer(const HttpClientSettings& settings, HttpCall call)
    : settings_(settings), call_(std::move(call)), left_(call_.timeout) {
  easy_ = curl_easy_init();
  if (!easy_) throw std::bad_alloc();
  prepare();
}

HttpTransfer::~HttpTransfer() {
  curl_slist_free_all(headers_);
  curl_easy_cleanup(easy_);
}

void HttpTransfer::prepare() {
  curl_easy_reset(easy_);
  curl_slist_free_all(std::exchange(headers_, nullptr));
  set(easy_, CURLOPT_PRIVATE, static_cast<void*>(this));
  set(easy_, CURLOPT_URL, call_.url.c_str());
  set(easy_, CURLOPT_PROTOCOLS_STR, "http,https");
  set(easy_, CURLOPT_PROXY, "");  // Not from the environment.
  set(easy_, CURLOPT_NOSIGNAL, 1L);
  set(easy_, CURLOPT_QUICK_EXIT, 1L);  // A stop does not wait for a name server.
  set(easy_, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  set(easy_, CURLOPT_USERAGENT, settings_.user_agent.c_str());
  set(easy_, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(settings_.connect_timeout.count()));
  set(easy_, CURLOPT_TIMEOUT_MS, static_cast<long>(std::max<std::int64_t>(left_.count(), 1)));
  if (!settings_.ca_file.empty()) set(easy_, CURLOPT_CAINFO, settings_.ca_file.c_str());
  set(easy_, CURLOPT_WRITEFUNCTION, &HttpTransfer::on_body);
  set(easy_, CURLOPT_WRITEDATA, static_cast<void*>(this));
  set(easy_, CURLOPT_HEADERFUNCTION, &HttpTransfer::on_header);
  set(easy_, CURLOPT_HEADERDATA, static_cast<void*>(this));
  set(easy_, CURLOPT_OPENSOCKETFUNCTION, &HttpTransfer::on_socket);
  set(easy_, CURLOPT_OPENSOCKETDATA, static_cast<void*>(this));
  set(easy_, CURLOPT_PREREQFUNCTION, &HttpTransfer::on_connected);
  set(easy_, CURLOPT_PREREQDATA, static_cast<void*>(this));
  if (call_.method == "HEAD") set(easy_, CURLOPT_NOBODY, 1L);
  if (!is_reading(call_.method)) {
    set(easy_, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(call_.body.size()));
    set(easy_, CURLOPT_POSTFIELDS, call_.body.c_str());
    set(easy_, CURLOPT_CUSTOMREQUEST, call_.method.c_str());
    // On a kept connection that the peer closes, libcurl sends a request a second time by itself:
    // the peer may have taken the first.
    set(easy_, CURLOPT_FRESH_CONNECT, 1L);
  }
  const auto add = [this](const std::string& line) {
    if (curl_slist* longer = curl_slist_append(headers_, line.c_str())) headers_ = longer;
  };
  for (const auto& [name, value] : call_.headers) add(name + ": " + value);
  add("Expect:");
  set(easy_, CURLOPT_HTTPHEADER, headers_);
}

bool HttpTransfer::allows_any_address() const {
  if (!call_.public_only) return true;
  const std::string origin = http_origin(call_.url);
  return std::ranges::any_of(call_.trusted_origins, [&](const std::string& trusted) {
    return !origin.empty() && http_origin(trusted) == origin;
  });
}

curl_socket_t HttpTransfer::on_socket(void* self, curlsocktype, curl_sockaddr* address) {
  auto& transfer = *static_cast<HttpTransfer*>(self);
  if (!transfer.allows_any_address() && !is_public_address(address->addr)) {
    transfer.refused_address_ = true;
    return CURL_SOCKET_BAD;
  }
  return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

/// Connected, TLS included, and nothing sent yet. A kept connection comes here too.
int HttpTransfer::on_connected(void* self, char* remote, char*, int, int) {
  auto& transfer = *static_cast<HttpTransfer*>(self);
  if (!transfer.allows_any_address() && !is_public_address(std::string(remote ? remote : ""))) {
    transfer.refused_address_ = true;
    return CURL_PREREQFUNC_ABORT;
  }
  transfer.answer_.reached = transfer.connected_ = true;
  return CURL_PREREQFUNC_OK;
}

std::size_t HttpTransfer::on_body(char* data, std::size_t one, std::size_t count, void* self) {
  auto& transfer = *static_cast<HttpTransfer*>(self);
  HttpAnswer& answer = transfer.answer_;
  const std::size_t bytes = one * count;
  if (answer.body.size() + bytes > transfer.call_.max_answer_bytes) {
    answer.too_large = true;
    return 0;
  }
  answer.body.append(data, bytes);
  return bytes;
}

std::size_t HttpTransfer::on_header(char* data, std::size_t one, std::size_t count, void* self) {
  auto& headers = static_cast<HttpTransfer*>(self)->answer_.headers;
  const std::size_t bytes = one * count;
  std::string_view line(data, bytes);
  if (line.starts_with("HTTP/")) headers.clear();  // After an interim answer.
  const auto colon = line.find(':');
  if (colon == std::string_view::npos) return bytes;
  const auto trim = [](std::string_view text) {
    while (!text.empty() && static_cast<unsigned char>(text.front()) <= ' ') text.remove_prefix(1);
    while (!text.empty() && static_cast<unsigned char>(text.back()) <= ' ') text.remove_suffix(1);
    return text;
  };
  std::size_t held = bytes;
  for (const auto& [name, value] : headers) held += name.size() + value.size();
  if (headers.size() >= kMaxHeaders || held > kMaxHeaderBytes) return bytes;
  headers.emplace_back(lower(std::string(trim(line.substr(0, colon)))),
                       trim(line.substr(colon + 1)));
  return bytes;
}

bool HttpTransfer::finish(CURLcode result) {
  long status = 0;
  curl_off_t took_us = 0;
  if (curl_easy_getinfo(easy_, CURLINFO_TOTAL_TIME_T, &took_us) == CURLE_OK)
    left_ -= std::chrono::milliseconds(took_us / 1000);
  curl_easy_getinfo(easy_, CURLINFO_RESPONSE_CODE, &status);
  answer_.status = static_cast<unsigned>(status);
  if (result == CURLE_OK && redirect()) return true;
  settle(result);
  return false;
}

bool HttpTransfer::redirect() {
  const unsigned status = answer_.status;
  const bool is_redirect =
      status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
  if (!is_redirect || !is_reading(call_.method) || call_.max_redirects == 0) return false;
  const std::string next = resolve(call_.url, std::string(answer_.header("location")));
  const std::string from = http_origin(call_.url), to = http_origin(next);
  if (to.empty() || (from.starts_with("https:") && !to.starts_with("https:")) ||
      redirects_++ == call_.max_redirects) {
    answer_.refused = true;
    answer_.error = "it is redirected to where we do not follow";
    return false;
  }
  if (from != to) call_.headers.clear();
  call_.url = next;
  answer_ = {};
  answer_.reached = true;
  connected_ = refused_address_ = false;
  prepare();
  return true;
}

void HttpTransfer::settle(CURLcode result) {
  if (refused_address_ && !connected_) {
    answer_.refused = true;
    answer_.error = "the address is not a public one";
  } else if (answer_.too_large) {
    answer_.body.clear();
    answer_.error = "the answer is too large";
  } else if (result != CURLE_OK) {
    // A part of an answer is none.
    answer_.status = 0;
    answer_.body.clear();
    answer_.error = sentence(result);
  }
}

void HttpTransfer::abandon(const std::string& why) {
  answer_.status = 0;
  answer_.body.clear();
  answer_.error = why;
}

}  // namespace deskwire
