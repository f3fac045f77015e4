// SPDX-License-Identifier: Apache-2.0
#include "http/answer.hpp"

#include <openssl/evp.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <array>
#include <ctime>

#include "auth/signatures.hpp"
#include "http/problem.hpp"
#include "runtime/workers.hpp"

namespace deskwire {

namespace asio = boost::asio;

namespace {

constexpr std::array<std::string_view, 7> kMethods{"GET",   "HEAD",   "POST",   "PUT",
                                                   "PATCH", "DELETE", "OPTIONS"};
constexpr std::string_view kKey = "sec-websocket-key";
constexpr std::string_view kVersion = "sec-websocket-version";
/// What a server that understands the handshake appends to the key (RFC 6455 §1.3).
constexpr std::string_view kProof = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
constexpr std::string_view kDefaultPolicy = "default-src 'none'; frame-ancestors 'none'";

bool changes_something(std::string_view method) {
  return method != "GET" && method != "HEAD" && method != "OPTIONS";
}

bool is_chunked(std::string_view coding) {
  return std::ranges::equal(coding, std::string_view("chunked"),
                            [](char a, char b) { return (a | 0x20) == b; });
}

/// RFC 9110 §5.6.7: "Sun, 06 Nov 1994 08:49:37 GMT".
std::string http_date(Instant at) {
  const std::time_t seconds = at.ms / 1000;
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  std::array<char, 40> out{};
  // The C locale is in force: nothing in the daemon changes it.
  return {out.data(), std::strftime(out.data(), out.size(), "%a, %d %b %Y %H:%M:%S GMT", &parts)};
}

void add(std::string& head, std::string_view key, std::string_view value) {
  head.append(key).append(": ");
  // A line break in a value would start a header of its own.
  for (char c : value) head += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
  head.append("\r\n");
}

bool has(const HttpResponse& response, std::string_view key) {
  return std::ranges::any_of(response.headers, [&](const auto& h) { return h.first == key; });
}

void add_unless_set(std::string& head, const HttpResponse& response, std::string_view key,
                    std::string_view value) {
  if (!has(response, key)) add(head, key, value);
}

std::vector<std::string> tokens_of(const HttpRequest& request, std::string_view header) {
  std::vector<std::string> out;
  for (const auto& [key, value] : request.headers) {
    if (key != header) continue;
    std::string token;
    for (char c : value + ",") {
      if (c == ',') {
        if (!token.empty()) out.push_back(std::move(token));
        token.clear();
      } else if (c != ' ' && c != '\t') {
        token += c;
      }
    }
  }
  return out;
}

/// A page of another site that this route is for.
template <class AnyRoute>
bool is_foreign_guest(const AnyRoute& route, const HttpRequest& request) {
  const std::string_view origin = request.header("origin");
  return route.cross_origin && !origin.empty() && route.cross_origin(origin, request);
}

void preflight(const Route& route, const HttpRequest& request, const Router::Match& match,
               HttpResponse& out) {
  out.set("vary", "origin");
  if (!is_foreign_guest(route, request)) return;
  out.set("access-control-allow-origin", std::string(request.header("origin")));
  out.set("access-control-allow-methods", match.allowed);
  out.set("access-control-allow-headers", "authorization, content-type");
  out.set("access-control-max-age", "600");
}

/// RFC 6455 §4.2.1: one key of 16 bytes, and the one version there is.
std::optional<HttpResponse> refuse_handshake(const HttpRequest& request) {
  if (request.method != "GET") return problem(400, "bad_upgrade", "A WebSocket begins with GET.");
  if (request.header(kVersion) != "13") {
    HttpResponse out = problem(426, "version_unknown", "Version 13 of WebSocket is spoken here.");
    out.set(kVersion, "13");
    return out;
  }
  const auto key = decode_base64(request.header(kKey));
  if (request.header_count(kKey) != 1 || !key || key->size() != 16)
    return problem(400, "bad_upgrade", "A WebSocket's key is 16 bytes in base64.");
  return std::nullopt;
}

}  // namespace

void allow_cross_origin(const Route& route, const HttpRequest& request, HttpResponse& response) {
  if (!route.cross_origin) return;
  response.set("vary", "origin").set("cross-origin-resource-policy", "cross-origin");
  if (is_foreign_guest(route, request))
    response.set("access-control-allow-origin", std::string(request.header("origin")));
}

std::string_view path_of(const HttpRequest& request) {
  return std::string_view(request.target).substr(0, request.target.find('?'));
}

std::optional<HttpResponse> refuse_head(HttpRequest& request, unsigned version,
                                        std::size_t framing_headers) {
  if (std::ranges::find(kMethods, request.method) == kMethods.end())
    return problem(501, "method_unknown", "This method is not known here.");
  if (version != 10 && version != 11)
    return problem(505, "version_not_supported", "HTTP/1.1 is spoken here.");
  // Two readings of where a request ends are how requests are smuggled past a proxy.
  const auto coding = request.header("transfer-encoding");
  if (framing_headers > 1 || (!coding.empty() && (version == 10 || !is_chunked(coding))))
    return problem(400, "unclear_framing", "The length of the request is not clear.");
  const std::size_t hosts = request.header_count("host");
  if (hosts > 1 || (hosts == 0 && version == 11))
    return problem(400, "host_missing", "Exactly one Host header is expected.");
  auto target = parse_target(request.target);
  if (!target) return problem(400, "bad_target", "The request target cannot be read.");
  request.path = std::move(target->path);
  request.query = std::move(target->query);
  return std::nullopt;
}

std::optional<HttpResponse> refuse_route(const ServerCore& core, const HttpRequest& request,
                                         const Router::Match& match) {
  if (match.route == nullptr) {
    if (match.allowed.empty())
      return problem(404, "not_found", "There is nothing at this address.");
    if (request.method == "OPTIONS") {
      HttpResponse out{.status = 204, .headers = {}, .body = {}};
      out.set("allow", match.allowed);
      if (match.cross_origin != nullptr) preflight(*match.cross_origin, request, match, out);
      return out;
    }
    if (match.socket != nullptr && request.method == "GET") {
      HttpResponse out = problem(426, "upgrade_required", "This address is a WebSocket.");
      out.set("upgrade", "websocket");
      return out;
    }
    HttpResponse out = problem(405, "method_not_allowed", "Allowed here: " + match.allowed + ".");
    out.set("allow", match.allowed);
    return out;
  }
  if (match.route->same_origin && changes_something(request.method) &&
      !core.origins.may_change(request, kSessionCookie) && !is_foreign_guest(*match.route, request))
    return problem(403, "foreign_origin", "The request does not come from a page of this desk.");
  return std::nullopt;
}

UpgradeChoice choose_upgrade(const ServerCore& core, const HttpRequest& request,
                             const SocketRoute& route) {
  if (auto refusal = refuse_handshake(request))
    return {.refusal = std::move(refusal), .protocol = {}};
  if (!core.origins.may_change(request, kSessionCookie) && !is_foreign_guest(route, request))
    return {.refusal =
                problem(403, "foreign_origin", "The socket is not opened by a page of this desk."),
            .protocol = {}};
  const auto asked = tokens_of(request, "sec-websocket-protocol");
  for (const std::string& ours : route.protocols)
    if (std::ranges::find(asked, ours) != asked.end()) return {.refusal = {}, .protocol = ours};
  if (asked.empty()) return {};
  return {.refusal = problem(400, "protocol_unknown", "None of these sub-protocols is spoken."),
          .protocol = {}};
}

std::string render_upgrade(const HttpRequest& request, std::string_view protocol) {
  const std::string proof = std::string(request.header(kKey)).append(kProof);
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  EVP_Digest(proof.data(), proof.size(), digest.data(), &size, EVP_sha1(), nullptr);
  std::string head = "HTTP/1.1 101 Switching Protocols\r\n";
  add(head, "upgrade", "websocket");
  add(head, "connection", "upgrade");
  add(head, "sec-websocket-accept", base64({reinterpret_cast<const char*>(digest.data()), size}));
  if (!protocol.empty()) add(head, "sec-websocket-protocol", protocol);
  return head.append("\r\n");
}

asio::awaitable<HttpResponse> run_handler(const Route& route, HttpRequest& request) {
  try {
    co_return co_await route.handle(request);
  } catch (const Busy&) {
    co_return problem_retry(503, "busy", "The desk is busy.", seconds(1));
  } catch (const boost::system::system_error& error) {
    if (error.code() == asio::error::operation_aborted) throw;
    spdlog::error("http: {} {}: {}", request.method, route.pattern, error.what());
  } catch (const std::exception& error) {
    spdlog::error("http: {} {}: {}", request.method, route.pattern, error.what());
  }
  co_return problem(500, "internal", "Something went wrong here; it has been logged.");
}

std::string render_head(const ServerCore& core, const HttpRequest& request,
                        const HttpResponse& response, bool keep_alive) {
  std::string head = "HTTP/1.1 " + std::to_string(response.status) + " ";
  head.append(reason_phrase(response.status)).append("\r\n");
  add(head, "date", http_date(core.settings.now()));
  for (const auto& [key, value] : response.headers) add(head, key, value);
  if (response.status != 204 && response.status != 304)
    add(head, "content-length", std::to_string(response.body.size()));
  add_unless_set(head, response, "content-security-policy", kDefaultPolicy);
  add_unless_set(head, response, "cache-control", "no-store");
  add(head, "x-content-type-options", "nosniff");
  add(head, "referrer-policy", "no-referrer");
  add_unless_set(head, response, "x-frame-options", "DENY");
  add(head, "cross-origin-opener-policy", "same-origin");
  add_unless_set(head, response, "cross-origin-resource-policy", "same-origin");
  if (request.secure) add(head, "strict-transport-security", "max-age=31536000");
  add(head, "connection", keep_alive ? "keep-alive" : "close");
  return head.append("\r\n");
}

}  // namespace deskwire
