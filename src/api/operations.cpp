// SPDX-License-Identifier: Apache-2.0
// For the monitoring and for browsers: liveness, readiness, metrics, the embedded pages and
// interface descriptions.
#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <map>

#include "api/api.hpp"
#include "auth/digest.hpp"
#include "auth/session_token.hpp"
#include "http/problem.hpp"

namespace deskwire {
namespace json = boost::json;

namespace {

std::string_view media_type(std::string_view path) {
  static const std::map<std::string_view, std::string_view> kTypes{
      {"html", "text/html; charset=utf-8"}, {"js", "text/javascript; charset=utf-8"},
      {"css", "text/css; charset=utf-8"},   {"svg", "image/svg+xml"},
      {"yaml", "application/yaml"},         {"json", "application/json"}};
  const auto found = kTypes.find(path.substr(path.rfind('.') + 1));
  return found == kTypes.end() ? "application/octet-stream" : found->second;
}

/// Our pages run our own scripts and nothing else: no inline script, no other origin; of frames
/// only the one that shows a mail.
constexpr std::string_view kPagePolicy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'";
/// The empty document into which the agents' page puts a mail: nothing runs in it, and nothing is
/// loaded but pictures that are part of it. With `?pictures` also those from elsewhere, once
/// somebody asked for them.
std::string mail_policy(bool pictures) {
  return std::string("default-src 'none'; style-src 'unsafe-inline'; img-src data:") +
         (pictures ? " https: http:" : "") +
         "; base-uri 'none'; form-action 'none'; frame-ancestors 'self'; "
         "sandbox allow-same-origin allow-popups allow-popups-to-escape-sandbox";
}

void set_policy(HttpResponse& answer, std::string_view file, const HttpRequest& request) {
  if (file == "mail.html") {
    answer.set("content-security-policy", mail_policy(request.query_value("pictures").has_value()));
    answer.set("x-frame-options", "SAMEORIGIN");
  } else if (file.ends_with(".html")) {
    answer.set("content-security-policy", std::string(kPagePolicy));
  }
}

/// What lies in assets/ carries a hash of its bytes in its name and never changes; for the rest a
/// browser asks whether it has it still.
HttpHandler file_handler(const EmbeddedFile& file) {
  const std::string tag = '"' + sha256_hex(file.second).substr(0, 32) + '"';
  return [file, tag](HttpRequest& request) -> boost::asio::awaitable<HttpResponse> {
    HttpResponse answer;
    const bool hashed = file.first.starts_with("assets/");
    answer.set("etag", tag);
    answer.set("cache-control", hashed ? "public, max-age=31536000, immutable" : "no-cache");
    // With a 304 too: the browser takes the headers of the newest answer for the page it kept.
    set_policy(answer, file.first, request);
    if (request.header("if-none-match") == tag) {
      answer.status = 304;
      co_return answer;
    }
    answer.set("content-type", std::string(media_type(file.first)));
    answer.body = file.second;
    co_return answer;
  };
}

bool has_token(const HttpRequest& request, const std::string& token) {
  return !token.empty() && equal_secrets(request.header("authorization"), "Bearer " + token);
}

}  // namespace

void Api::add_operation_routes() {
  const auto get = [this](std::string path, HttpHandler handle) {
    server_.router().add(
        Route{.method = "GET", .pattern = std::move(path), .handle = std::move(handle)});
  };
  get("/livez", [this](HttpRequest&) -> Answer {
    if (!settings_.live()) co_return problem(503, "hanging", "The storage thread does not answer.");
    co_return json_response(200, R"({"live":true})");
  });
  get("/readyz", [this](HttpRequest&) -> Answer {
    const std::vector<std::string> missing = settings_.not_ready();
    json::array reasons(missing.begin(), missing.end());
    json::object body{{"ready", missing.empty()}, {"reasons", std::move(reasons)}};
    co_return json_response(missing.empty() ? 200 : 503, json::serialize(body));
  });
  get("/metrics", [this](HttpRequest& request) -> Answer {
    if (!request.local && !has_token(request, settings_.metrics_token))
      co_return problem(403, "forbidden", "Metrics are for loopback or for who has the token.");
    HttpResponse answer;
    answer.body = settings_.render_metrics();
    answer.set("content-type", "text/plain; version=0.0.4; charset=utf-8");
    co_return answer;
  });
}

void Api::add_pages() {
  const auto add_file = [this](const std::string& path, const EmbeddedFile& file) {
    server_.router().add(Route{.method = "GET", .pattern = path, .handle = file_handler(file)});
  };
  for (const EmbeddedFile& file : settings_.pages)
    add_file(file.first == "index.html" ? "/" : "/" + std::string(file.first), file);
  for (const EmbeddedFile& file : settings_.schemas) add_file("/" + std::string(file.first), file);
}

}  // namespace deskwire
