// SPDX-License-Identifier: Apache-2.0
#include "api/api.hpp"

#include <boost/json/serialize.hpp>

#include "codec/wire.hpp"
#include "http/json.hpp"
#include "http/origin.hpp"
#include "http/problem.hpp"
#include "text/device.hpp"

namespace deskwire {
namespace asio = boost::asio;
namespace json = boost::json;

namespace {

constexpr std::size_t kLoginBytes = 8u << 10;
constexpr std::size_t kIdentityBytes = 4u << 10;

/// The token of the Authorization header, else of the cookie.
std::string token_of(const HttpRequest& request) {
  constexpr std::string_view kScheme = "Bearer ";
  const std::string_view header = request.header("authorization");
  if (header.starts_with(kScheme)) return std::string(header.substr(kScheme.size()));
  if (!header.empty()) return {};
  return std::string(request.cookie(kSessionCookie).value_or(""));
}

HttpResponse unauthenticated() {
  return problem(401, "unauthenticated", "Log in first, or send the session's token.")
      .set("www-authenticate", "Bearer");
}

std::string cookie(const std::string& token, Instant expires_at, Instant now, bool secure) {
  const std::int64_t age =
      token.empty() ? 0 : std::max<std::int64_t>(0, (expires_at - now).ms / 1000);
  std::string out(kSessionCookie);
  out += "=" + token + "; Path=/; HttpOnly; SameSite=Strict; Max-Age=" + std::to_string(age);
  if (secure) out += "; Secure";
  return out;
}

HttpResponse refused(const SignInRefused& why) {
  switch (why.kind) {
    case SignInRefused::Kind::wrong:
      return problem(401, "wrong_login", "User name or password is wrong.");
    case SignInRefused::Kind::code_needed:
      return problem(401, "totp_required", "A code of your authenticator app is asked for.");
    case SignInRefused::Kind::code_wrong:
      return problem(401, "totp_wrong", "This code is wrong, over, or was used.");
    case SignInRefused::Kind::limited:
      return problem_retry(429, "too_many_logins", "Too many attempts to log in.", why.retry_after);
    case SignInRefused::Kind::busy:
      return problem_retry(503, "busy", "Too many log-ins at once.", why.retry_after);
  }
  return problem(503, "busy", "Too many log-ins at once.");
}

}  // namespace

Api::Api(ApiSettings settings, HttpServer& server, Gateway& gateway, Lookup& lookup,
         SignIn& sign_in, Workers& workers, BlobKeeper& blobs)
    : settings_(std::move(settings)),
      server_(server),
      gateway_(gateway),
      lookup_(lookup),
      sign_in_(sign_in),
      workers_(workers),
      blobs_(blobs) {
  add_session_routes();
  add("GET", "/api/v1/tickets", &Api::tickets);
  add("GET", "/api/v1/tickets/{id}", &Api::ticket);
  add("GET", "/api/v1/tickets/{id}/messages", &Api::messages);
  add("GET", "/api/v1/tickets/{id}/explain", &Api::explain);
  add("GET", "/api/v1/tickets/{id}/history", &Api::history);
  add("GET", "/api/v1/customers/{id}", &Api::customer);
  add("GET", "/api/v1/customers/{id}/timeline", &Api::timeline);
  add("GET", "/api/v1/queues", &Api::queues);
  add("GET", "/api/v1/agents", &Api::agents);
  add("GET", "/api/v1/machine-mail", &Api::machine_mail);
  add("GET", "/api/v1/quarantine", &Api::quarantine);
  if (settings_.search != nullptr) add("GET", "/api/v1/search", &Api::search);
  add("POST", "/api/v1/customers/{id}/identities", &Api::bind_identity, kIdentityBytes);
  add("GET", "/api/v1/messages/{id}/html", &Api::html);
  add("GET", "/api/v1/messages/{id}/attachments/{n}", &Api::download);
  add("POST", "/api/v1/attachments", &Api::upload, settings_.attachment_bytes);
  add_operation_routes();
  add_pages();
}

void Api::add(std::string method, std::string pattern, Signed handler, std::size_t body_limit) {
  Route route;
  route.method = std::move(method);
  route.pattern = std::move(pattern);
  route.body_limit = body_limit;
  route.handle = [this, handler](HttpRequest& request) -> Answer {
    const std::string token = token_of(request);
    const auto who = co_await sign_in_.who(token);
    if (!who) co_return unauthenticated();
    co_return co_await (this->*handler)(request, who->who);
  };
  server_.router().add(std::move(route));
}

void Api::add_session_routes() {
  server_.router().add(Route{.method = "POST",
                             .pattern = "/api/v1/login",
                             .handle = [this](HttpRequest& request) { return log_in(request); },
                             .body_limit = kLoginBytes});
  server_.router().add(Route{.method = "POST",
                             .pattern = "/api/v1/logout",
                             .handle = [this](HttpRequest& request) { return log_out(request); }});
}

Api::Answer Api::log_in(HttpRequest& request) {
  const auto body = parse_json(request.body);
  if (!body) co_return problem(400, "malformed_json", body.error());
  if (!body->is_object()) co_return problem(422, "invalid_body", "The body must be an object.");
  JsonReader reader(body->as_object());
  const std::string user = reader.text("user", 128);
  const std::string password = reader.text("password", PasswordHasher::kMaxBytes);
  const std::string code = reader.optional_text("code", 32).value_or("");
  if (!reader.ok()) co_return problem(422, "invalid_body", reader.error());
  const std::string network = client_network(request.client);
  const auto session = co_await sign_in_.log_in(
      user, password, code, {network, text::device_of(request.header("user-agent"))});
  if (!session) co_return refused(session.error());
  json::object out{{"token", session->token},
                   {"expires_at", wire::format_time(session->expires_at)},
                   {"user", json::object{{"id", session->who.id.value},
                                         {"user", session->who.user},
                                         {"name", session->who.name},
                                         {"role", name(session->who.role)}}}};
  const bool secure = server_.secure_cookies() || request.secure;
  HttpResponse answer = json_response(200, json::serialize(out));
  answer.set("set-cookie", cookie(session->token, session->expires_at, settings_.now(), secure));
  co_return answer;
}

Api::Answer Api::log_out(HttpRequest& request) {
  const std::string token = token_of(request);
  const auto who = co_await sign_in_.who(token);
  if (!who) co_return unauthenticated();
  co_await sign_in_.log_out(token);
  HttpResponse answer;
  answer.status = 204;
  answer.set("set-cookie",
             cookie("", {}, settings_.now(), server_.secure_cookies() || request.secure));
  co_return answer;
}

}  // namespace deskwire
