// SPDX-License-Identifier: Apache-2.0
// REST over real connections: log-in and cookies, lists, who may see what, attachments, health.
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <catch2/catch.hpp>
#include <memory>

#include "api/api.hpp"
#include "auth/mail_keys.hpp"
#include "auth/phone_keys.hpp"
#include "http/quarantine.hpp"
#include "support/http_client.hpp"
#include "support/office.hpp"

using namespace deskwire;
using namespace deskwire::test;
namespace json = boost::json;

namespace {

constexpr EmbeddedFile kPages[] = {
    {"index.html", "<!doctype html>"}, {"mail.html", "<!doctype html>"}, {"assets/a.js", "1;"}};
constexpr EmbeddedFile kSchemas[] = {{"openapi.yaml", "openapi: 3.1.0"}};

/// The office with REST beside its console.
struct RestOffice {
  explicit RestOffice(HttpSettings http = {}, SignInSettings sign_in = {})
      : office(with_api(std::move(http), std::move(sign_in))) {}

  OfficeSettings with_api(HttpSettings http, SignInSettings sign_in) {
    OfficeSettings settings;
    settings.http = std::move(http);
    settings.sign_in = std::move(sign_in);
    settings.more = [this](HttpServer& server, FrontDesk& desk, Core& core) {
      ApiSettings rest;
      rest.attachment_bytes = 1000;
      rest.metrics_token = "metrics-token";
      rest.render_metrics = [] { return std::string("deskwire_up 1\n"); };
      rest.live = [] { return true; };
      rest.not_ready = [this] { return missing; };
      rest.pages = kPages;
      rest.schemas = kSchemas;
      rest.now = [&core] { return core.clock().now(); };
      rest.read_identity = [](std::string_view kind, std::string_view value) {
        const KeyHasher keys{KeyHasher::Secret{}};
        return kind == "phone" ? phone_identity(keys, value) : email_identity(keys, "", value);
      };
      api = std::make_unique<Api>(std::move(rest), server, desk.gateway(), desk.lookup(),
                                  desk.sign_in(), core.workers(), core.blobs());
    };
    return settings;
  }

  Answer log_in(const std::string& user, const std::string& password) {
    return ask(office.port, "POST", "/api/v1/login", "",
               json::serialize(json::object{{"user", user}, {"password", password}}));
  }
  std::string token(const std::string& user) {
    const json::value body = json::parse(log_in(user, "secret-" + user).body);
    return std::string(body.at("token").as_string());
  }
  Answer get(const std::string& user, std::string_view path) {
    return ask(office.port, "GET", "/api/v1" + std::string(path),
               "Authorization: Bearer " + token(user) + "\r\n");
  }
  json::value read(const std::string& user, std::string_view path) {
    const Answer answer = get(user, path);
    INFO(path << " -> " << answer.status << " " << answer.body);
    REQUIRE(answer.status == 200);
    return json::parse(answer.body);
  }

  std::vector<std::string> missing;
  std::unique_ptr<Api> api;
  Office office;
};

std::string code_of(const Answer& answer) {
  REQUIRE(answer.headers.at("content-type") == "application/problem+json");
  return std::string(json::parse(answer.body).at("code").as_string());
}

Mail refund() { return a_mail_from("kim").about("Order 12").saying("I want a refund."); }

/// A mail kept raw, with an image and a page in it.
Submission receive_files(Office& office) {
  const std::string raw =
      "Content-Type: multipart/mixed; boundary=b\r\n\r\n"
      "--b\r\nContent-Type: text/plain\r\n\r\nsee\r\n"
      "--b\r\nContent-Type: image/png\r\n\r\nPNGDATA\r\n"
      "--b\r\nContent-Type: text/html\r\n\r\n<script>alert(1)</script>\r\n--b--\r\n";
  ReceiveMessage mail = a_mail_from("kim").build();
  auto content = std::make_shared<MessageContent>(*mail.content);
  content->raw = office.core().blobs().keep(raw);
  content->attachments = {{.n = 1,
                           .name = "p.png",
                           .type = "image/png",
                           .size_bytes = 7,
                           .content_id = {},
                           .blob_sha256 = {},
                           .part = 1},
                          {.n = 2,
                           .name = "a \"b\"\xc3\xa4.html",
                           .type = "text/html",
                           .size_bytes = 25,
                           .content_id = {},
                           .blob_sha256 = {},
                           .part = 2}};
  mail.content = content;
  return office.submit({.actor = {}, .body = mail});
}

}  // namespace

TEST_CASE("a log-in gives a token and a cookie that no script can read") {
  RestOffice rest;
  const Answer answer = rest.log_in("ann", "secret-ann");
  REQUIRE(answer.status == 200);
  const json::value body = json::parse(answer.body);
  CHECK(body.at("user") ==
        json::object({{"id", 1}, {"user", "ann"}, {"name", "The ann"}, {"role", "agent"}}));
  CHECK(body.at("expires_at").as_string().ends_with("Z"));
  const std::string cookie = answer.headers.at("set-cookie");
  CHECK(cookie.find("deskwire_session=") == 0);
  CHECK(cookie.find("; HttpOnly; SameSite=Strict") != std::string::npos);
  CHECK(cookie.find("Secure") == std::string::npos);
  const std::string pair = cookie.substr(0, cookie.find(';'));
  CHECK(ask(rest.office.port, "GET", "/api/v1/tickets", "Cookie: " + pair + "\r\n").status == 200);
  CHECK(ask(rest.office.port, "GET", "/api/v1/tickets").status == 401);
}

TEST_CASE("behind https the cookie is for https alone") {
  HttpSettings http;
  http.public_url = "https://desk.example";
  RestOffice rest(std::move(http));
  const Answer answer = rest.log_in("ann", "secret-ann");
  CHECK(answer.headers.at("set-cookie").find("; Secure") != std::string::npos);
}

TEST_CASE("a cookie changes something only from one of our own pages") {
  RestOffice rest;
  const std::string cookie = "Cookie: deskwire_session=" + rest.token("ann") + "\r\n";
  const auto upload = [&](const std::string& headers) {
    return ask(rest.office.port, "POST", "/api/v1/attachments?name=a.txt", headers, "x").status;
  };
  CHECK(upload(cookie) == 403);
  CHECK(upload(cookie + "Origin: https://evil.example\r\n") == 403);
  CHECK(upload(cookie + "Origin: http://127.0.0.1\r\n") == 201);
}

TEST_CASE("wrong log-ins say nothing about who exists, and are limited") {
  SignInSettings sign_in;
  sign_in.per_user = {.burst = 3, .refill = hours(1)};
  RestOffice rest({}, std::move(sign_in));
  const Answer wrong = rest.log_in("ann", "no"), unknown = rest.log_in("zoe", "no");
  CHECK(wrong.status == 401);
  CHECK(wrong.body == unknown.body);
  CHECK(rest.log_in("ann", "no").status == 401);
  CHECK(rest.log_in("ann", "no").status == 401);
  const Answer limited = rest.log_in("ann", "secret-ann");
  CHECK(limited.status == 429);
  CHECK(std::stoi(limited.headers.at("retry-after")) > 0);
  CHECK(ask(rest.office.port, "POST", "/api/v1/login", "", "{").status == 400);
  CHECK(ask(rest.office.port, "POST", "/api/v1/login", "", "[]").status == 422);
  CHECK(ask(rest.office.port, "POST", "/api/v1/login", "", std::string(9000, ' ')).status == 413);
}

TEST_CASE("a logged-out token is worth nothing") {
  RestOffice rest;
  const std::string header = "Authorization: Bearer " + rest.token("ann") + "\r\n";
  CHECK(ask(rest.office.port, "POST", "/api/v1/logout", header).status == 204);
  CHECK(ask(rest.office.port, "GET", "/api/v1/tickets", header).status == 401);
}

TEST_CASE("tickets are listed newest first, page by page, by state, queue and customer") {
  RestOffice rest;
  for (const char* who : {"a", "b"}) rest.office.receive(a_mail_from(who));
  rest.office.receive(refund());
  const json::value first = rest.read("sue", "/tickets?limit=2");
  CHECK(first.at("items").at(0).at("subject") == "Order 12");
  CHECK(first.at("items").at(0).at("deadlines").as_array().size() == 2);
  const std::string after = json::serialize(first.at("next"));
  CHECK(rest.read("sue", "/tickets?limit=2&after=" + after).at("items").as_array().size() == 1);
  CHECK(rest.read("sue", "/tickets?queue=billing").at("items").as_array().size() == 1);
  CHECK(rest.read("sue", "/tickets?snoozed=false").at("items").as_array().size() == 3);
  CHECK(rest.read("sue", "/tickets?snoozed=true").at("items").as_array().empty());
  CHECK(rest.read("sue", "/tickets?tag=vip").at("items").as_array().empty());
  CHECK(rest.read("sue", "/tickets?state=resolved").at("items").as_array().empty());
  const std::string customer = json::serialize(first.at("items").at(0).at("customer").at("id"));
  CHECK(rest.read("sue", "/tickets?customer=" + customer).at("items").as_array().size() == 1);
  for (const char* bad : {"limit=0", "limit=201", "limit=x", "after=-1", "state=asleep",
                          "snoozed=maybe", "tag=Ann%20Smith"})
    CHECK(rest.get("sue", "/tickets?" + std::string(bad)).status == 422);
  CHECK(rest.get("sue", "/tickets?queue=nowhere").status == 404);
}

TEST_CASE("an agent sees nothing of other queues, by any door") {
  RestOffice rest;
  const Submission done = rest.office.receive(refund());
  const std::string ticket = std::to_string(done.receipt.ticket.value);
  const std::string message = std::to_string(done.receipt.message.value);
  CHECK(rest.read("ann", "/tickets/" + ticket).at("subject") == "Order 12");
  CHECK(rest.read("ann", "/tickets/" + ticket + "/messages").at("items").as_array().size() == 1);
  CHECK(rest.read("ann", "/customers/1/timeline").at("items").as_array().size() == 2);
  CHECK(rest.read("ann", "/customers/1").at("identities").as_array().size() == 1);
  for (const std::string& path :
       {"/tickets/" + ticket, "/tickets/" + ticket + "/messages", std::string("/customers/1"),
        std::string("/customers/1/timeline"), "/messages/" + message + "/attachments/1"})
    CHECK(rest.get("bob", path).status == 404);
  CHECK(rest.read("bob", "/tickets").at("items").as_array().empty());
  CHECK(rest.get("bob", "/tickets?queue=billing").status == 404);
  CHECK(rest.read("bob", "/queues").at("items").as_array().size() == 1);
  CHECK(code_of(rest.get("bob", "/machine-mail")) == "forbidden");
  CHECK(rest.get("sue", "/machine-mail").status == 200);
}

TEST_CASE("queues and agents show what the board shows") {
  RestOffice rest;
  rest.office.receive(a_mail_from("kim"));
  const json::value queues = rest.read("sue", "/queues");
  CHECK(queues.at("items").at(0).at("queue") == "general");
  CHECK(queues.at("items").at(0).at("waiting") == 1);
  const json::value agents = rest.read("sue", "/agents");
  CHECK(agents.at("items").at(0).at("user") == "ann");
  CHECK(agents.at("items").at(0).at("presence") == "offline");
  CHECK(agents.at("items").at(0).at("skills").at(0).at("level") == 4);
}

TEST_CASE("attachments come out of the kept mail and never as active content") {
  RestOffice rest;
  const std::string id = std::to_string(receive_files(rest.office).receipt.message.value);
  const Answer image = rest.get("ann", "/messages/" + id + "/attachments/1");
  CHECK(image.status == 200);
  CHECK(image.body == "PNGDATA");
  CHECK(image.headers.at("content-type") == "image/png");
  CHECK(image.headers.at("content-disposition").starts_with("inline"));
  const Answer page = rest.get("ann", "/messages/" + id + "/attachments/2");
  CHECK(page.body == "<script>alert(1)</script>");
  CHECK(page.headers.at("content-type") == "application/octet-stream");
  CHECK(page.headers.at("content-disposition") ==
        "attachment; filename=\"a _b___.html\"; filename*=UTF-8''a%20%22b%22%C3%A4.html");
  CHECK(page.headers.at("content-security-policy") == "default-src 'none'; sandbox");
  CHECK(page.headers.at("x-content-type-options") == "nosniff");
  CHECK(rest.get("ann", "/messages/" + id + "/attachments/3").status == 404);
  CHECK(rest.get("ann", "/messages/" + id + "/attachments/x").status == 404);
}

TEST_CASE("the HTML of a mail comes in a document that can do nothing") {
  RestOffice rest;
  const auto receive = [&](std::string html, std::string_view raw) {
    ReceiveMessage mail = refund().without_duplicate_check().build();
    auto content = std::make_shared<MessageContent>(*mail.content);
    content->html = std::move(html);
    if (!raw.empty()) content->raw = rest.office.core().blobs().keep(raw);
    mail.content = content;
    const auto done = rest.office.submit({.actor = {}, .body = mail});
    return "/messages/" + std::to_string(done.receipt.message.value) + "/html";
  };
  const std::string small = receive("<p>hello<script>alert(1)</script>", "");
  const Answer answer = rest.get("ann", small);
  CHECK(answer.status == 200);
  CHECK(answer.body == "<p>hello<script>alert(1)</script>");
  CHECK(answer.headers.at("content-type") == "text/html; charset=utf-8");
  CHECK(answer.headers.at("content-security-policy") ==
        "default-src 'none'; frame-ancestors 'none'; sandbox");
  CHECK(answer.headers.at("x-content-type-options") == "nosniff");
  const std::string whole(100'000, 'x');
  const std::string large =
      receive(whole.substr(0, 64 * 1024), "Content-Type: text/html\r\n\r\n" + whole);
  CHECK(rest.get("ann", large).body == whole);
  CHECK(rest.get("ann", receive("", "")).status == 404);
  CHECK(rest.get("ann", "/messages/x/html").status == 404);
  CHECK(rest.get("bob", small).status == 404);
  CHECK(ask(rest.office.port, "GET", "/api/v1" + small).status == 401);
}

TEST_CASE("an upload is kept under an id, within its limit") {
  RestOffice rest;
  const std::string header = "Authorization: Bearer " + rest.token("ann") + "\r\n";
  const auto upload = [&](std::string_view bytes) {
    return ask(rest.office.port, "POST", "/api/v1/attachments?name=..%2Fa.txt", header, bytes);
  };
  const Answer kept = upload("some bytes");
  CHECK(kept.status == 201);
  CHECK(json::parse(kept.body).at("id").to_number<int>() > 0);
  CHECK(upload(std::string(1001, 'x')).status == 413);
  CHECK(upload("").status == 422);
}

TEST_CASE("health, metrics, pages and schemas are there without a log-in") {
  RestOffice rest;
  const std::uint16_t port = rest.office.port;
  CHECK(ask(port, "GET", "/livez").status == 200);
  CHECK(ask(port, "GET", "/readyz").body == R"({"ready":true,"reasons":[]})");
  CHECK(ask(port, "GET", "/metrics").body == "deskwire_up 1\n");
  CHECK(ask(port, "GET", "/metrics", "X-Forwarded-For: 203.0.113.1\r\n").status == 403);
  CHECK(ask(port, "GET", "/metrics",
            "X-Forwarded-For: 203.0.113.1\r\nAuthorization: Bearer metrics-token\r\n")
            .status == 200);
  const Answer page = ask(port, "GET", "/");
  CHECK(page.headers.at("content-type") == "text/html; charset=utf-8");
  CHECK(page.headers.at("content-security-policy").find("script-src 'self'") != std::string::npos);
  CHECK(page.headers.at("content-security-policy").find("unsafe") == std::string::npos);
  const std::string tag = "If-None-Match: " + page.headers.at("etag") + "\r\n";
  CHECK(ask(port, "HEAD", "/", tag).status == 304);
  CHECK(ask(port, "GET", "/assets/a.js").headers.at("content-type") ==
        "text/javascript; charset=utf-8");
  CHECK(ask(port, "GET", "/assets/a.js").headers.at("cache-control") ==
        "public, max-age=31536000, immutable");
  CHECK(ask(port, "GET", "/openapi.yaml").status == 200);
}

TEST_CASE("the document for a mail runs nothing and loads pictures from elsewhere only if asked") {
  RestOffice rest;
  const auto policy = [&](const std::string& path) {
    return ask(rest.office.port, "GET", path).headers.at("content-security-policy");
  };
  for (const std::string& path : {"/mail.html", "/mail.html?pictures"}) {
    CHECK(policy(path).starts_with("default-src 'none'; "));
    CHECK(policy(path).find("script-src") == std::string::npos);
    CHECK(policy(path).find("sandbox ") != std::string::npos);
    CHECK(policy(path).find("allow-scripts") == std::string::npos);
    CHECK(policy(path).find("frame-ancestors 'self'") != std::string::npos);
  }
  CHECK(policy("/mail.html").find("https:") == std::string::npos);
  CHECK(policy("/mail.html?pictures").find("img-src data: https: http:;") != std::string::npos);
}

TEST_CASE("a desk that is not ready says why") {
  RestOffice rest;
  rest.office.on_loop([&] {
    rest.missing = {"intake: the disk is full"};
    return 0;
  });
  const Answer answer = ask(rest.office.port, "GET", "/readyz");
  CHECK(answer.status == 503);
  CHECK(answer.body == R"({"ready":false,"reasons":["intake: the disk is full"]})");
}
