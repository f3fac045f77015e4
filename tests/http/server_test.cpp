// SPDX-License-Identifier: Apache-2.0
// The listener over loopback: what it answers, what it refuses, and that nothing makes it fall.
#include <catch2/catch.hpp>

#include "http/http_server.hpp"
#include "support/http_client.hpp"

using namespace deskwire;
using namespace deskwire::test;

namespace {
bool has(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}
}  // namespace

TEST_CASE("a request takes its route with decoded path parameters, and the connection lives on") {
  RunningServer server;
  HttpClient client(server.port);
  CHECK(client.ask("GET", "/hello/ann%20lee?x=1").body == "hello ann lee from 127.0.0.1");
  CHECK(client.ask("POST", "/echo", "", "some bytes").body == "some bytes");
  const Answer head = client.ask("HEAD", "/hello/bob");
  CHECK(head.status == 200);
  CHECK(head.headers.at("content-length") == "24");
  CHECK(client.ask("GET", "/hello/eve").status == 200);
}

TEST_CASE("every answer carries the headers that keep a browser safe") {
  RunningServer server;
  for (const char* target : {"/hello/x", "/nothing"}) {
    const Answer answer = ask(server.port, "GET", target);
    CHECK(answer.headers.at("x-content-type-options") == "nosniff");
    CHECK(answer.headers.at("referrer-policy") == "no-referrer");
    CHECK(answer.headers.at("content-security-policy") ==
          "default-src 'none'; frame-ancestors 'none'");
    CHECK(answer.headers.at("cache-control") == "no-store");
  }
}

TEST_CASE("what the table does not know is a problem document") {
  RunningServer server;
  HttpClient client(server.port);
  const Answer missing = client.ask("GET", "/nothing/here");
  CHECK(missing.status == 404);
  CHECK(missing.headers.at("content-type") == "application/problem+json");
  CHECK(
      missing.body ==
      R"({"type":"about:blank","title":"Not Found","status":404,)"
        R"("detail":"There is nothing at this address.","code":"not_found"})");
  const Answer wrong = client.ask("DELETE", "/echo");
  CHECK(wrong.status == 405);
  CHECK(wrong.headers.at("allow") == "POST, OPTIONS");
  CHECK(client.ask("OPTIONS", "/hello/x").headers.at("allow") == "GET, HEAD, OPTIONS");
  CHECK(client.ask("BREW", "/hello/x").status == 501);
  CHECK(client.ask("GET", "/socket").status == 426);
}

TEST_CASE("a handler that throws is a 500 without its reason, a full queue a 503") {
  RunningServer server;
  const Answer broken = ask(server.port, "GET", "/broken");
  CHECK(broken.status == 500);
  CHECK_FALSE(has(broken.body, "secret"));
  const Answer busy = ask(server.port, "GET", "/busy");
  CHECK(busy.status == 503);
  CHECK(busy.headers.at("retry-after") == "1");
}

TEST_CASE("a body over the route's limit is refused, announced or not") {
  RunningServer server;
  CHECK(ask(server.port, "POST", "/echo", "", std::string(4096, 'a')).status == 200);
  CHECK(ask(server.port, "POST", "/echo", "", std::string(4097, 'a')).status == 413);
  CHECK(ask(server.port, "GET", "/hello/x", "", "body").status == 413);
  HttpClient chunked(server.port);
  chunked.send("POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1001\r\n" +
               std::string(4097, 'a') + "\r\n0\r\n\r\n");
  CHECK(chunked.read().status == 413);
}

TEST_CASE("a body comes in chunks, or after a promise to take it") {
  RunningServer server;
  HttpClient client(server.port);
  client.send(
      "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: "
      "chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n");
  CHECK(client.read().body == "abcde");
  client.send(
      "POST /echo HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
  CHECK(client.read(true).status == 100);
  client.send("ok");
  CHECK(client.read().body == "ok");
}

TEST_CASE("a head without end or over its limit is refused") {
  RunningServer server;
  CHECK(
      ask(server.port, "GET", "/hello/x", "X-Long: " + std::string(17'000, 'a') + "\r\n").status ==
      431);
  CHECK(ask(server.port, "GET", "/hello/" + std::string(17'000, 'a')).status == 431);
}

TEST_CASE("requests that two readers could split differently are refused and the connection ends") {
  RunningServer server;
  const auto first = [&](std::string_view bytes) {
    HttpClient client(server.port);
    client.send(bytes);
    const Answer answer = client.read();
    const bool ended = client.at_end();
    return ended ? answer.status : -answer.status;
  };
  CHECK(first("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nTransfer-Encoding: "
              "chunked\r\n\r\n0\r\n\r\nGET /hello/smuggled HTTP/1.1\r\n\r\n") == 400);
  CHECK(first("POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nContent-Length: "
              "3\r\n\r\n0\r\n\r\n") == 400);
  CHECK(
      first(
          "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd") ==
      400);
  CHECK(
      first(
          "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nContent-Length: 3\r\n\r\nabc") ==
      400);
  CHECK(first("POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n") ==
        400);
  CHECK(first("POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked, "
              "identity\r\n\r\n0\r\n\r\n") == 400);
  CHECK(first("POST /echo HTTP/1.0\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n") ==
        400);
  CHECK(first("POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n") ==
        400);
  CHECK(first("GET /hello/x HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n") == 400);
  CHECK(first("GET /hello/x HTTP/1.1\r\n\r\n") == 400);
  CHECK(first("GET http://x/hello/x HTTP/1.1\r\nHost: x\r\n\r\n") == 400);
  CHECK(first("GET /hello/%0d%0aX HTTP/1.1\r\nHost: x\r\n\r\n") == 400);
  CHECK(first("GET /hello/%zz HTTP/1.1\r\nHost: x\r\n\r\n") == 400);
  CHECK(first("GET /../etc/passwd HTTP/1.1\r\nHost: x\r\n\r\n") == 400);
  CHECK(first("GET /hello/x HTTP/2.0\r\nHost: x\r\n\r\n") == 505);
}

TEST_CASE("pipelined requests are answered in order") {
  RunningServer server;
  HttpClient client(server.port);
  client.send(
      "GET /hello/a HTTP/1.1\r\nHost: x\r\n\r\nGET /hello/b HTTP/1.1\r\nHost: x\r\nConnection: "
      "close\r\n\r\n");
  CHECK(has(client.read().body, "hello a"));
  CHECK(has(client.read().body, "hello b"));
  CHECK(client.at_end());
}

TEST_CASE("a page of another site cannot make a browser change anything") {
  RunningServer server(
      {.public_url = "https://desk.example", .allowed_origins = {"https://shop.example:444"}});
  const auto post = [&](std::string_view headers) {
    return ask(server.port, "POST", "/echo", headers, "x").status;
  };
  CHECK(post("") == 200);
  CHECK(post("Origin: https://desk.example\r\n") == 200);
  CHECK(post("Origin: https://DESK.example:443\r\n") == 200);
  CHECK(post("Origin: https://shop.example:444\r\n") == 200);
  CHECK(post("Origin: https://shop.example\r\n") == 403);
  CHECK(post("Origin: http://desk.example\r\n") == 403);
  CHECK(post("Origin: null\r\n") == 403);
  CHECK(post("Origin: http://127.0.0.1\r\n") == 200);
  CHECK(post("Cookie: deskwire_session=abc\r\n") == 403);
  CHECK(post("Cookie: deskwire_session=abc\r\nOrigin: https://desk.example\r\n") == 200);
  CHECK(ask(server.port, "POST", "/hook", "Origin: https://evil.example\r\n", "x").status == 200);
  CHECK(ask(server.port, "GET", "/hello/x", "Origin: https://evil.example\r\n").status == 200);
}

TEST_CASE("a name that only points at us is not our origin") {
  RunningServer server;
  HttpClient client(server.port);
  client.send(
      "POST /echo HTTP/1.1\r\nHost: evil.example\r\nOrigin: http://evil.example\r\nContent-Length: "
      "1\r\n\r\nx");
  CHECK(client.read().status == 403);
}

TEST_CASE("only a trusted proxy's word about the client counts") {
  RunningServer plain;
  CHECK(has(ask(plain.port, "GET", "/hello/x", "X-Forwarded-For: 203.0.113.9\r\n").body,
            "from 127.0.0.1"));
  RunningServer behind({.trusted_proxies = {"127.0.0.0/8", "10.0.0.0/8"}});
  const auto seen = [&](std::string_view list) {
    return ask(behind.port, "GET", "/hello/x", "X-Forwarded-For: " + std::string(list) + "\r\n")
        .body;
  };
  CHECK(has(seen("203.0.113.9"), "from 203.0.113.9"));
  CHECK(has(seen("1.2.3.4, 203.0.113.9, 10.1.1.1"), "from 203.0.113.9"));
  CHECK(has(seen("rubbish"), "from 127.0.0.1"));
}

TEST_CASE("a full house turns the next connection away with a 503") {
  RunningServer server({.max_connections = 2});
  HttpClient one(server.port), two(server.port);
  CHECK(one.ask("GET", "/hello/x").status == 200);
  CHECK(two.ask("GET", "/hello/x").status == 200);
  HttpClient three(server.port);
  CHECK(three.read().status == 503);
  CHECK(one.ask("GET", "/hello/x").status == 200);
}

TEST_CASE("one address cannot take every connection") {
  RunningServer server({.max_per_address = 1});
  HttpClient one(server.port);
  CHECK(one.ask("GET", "/hello/x").status == 200);
  CHECK(HttpClient(server.port).read().status == 503);
}

TEST_CASE("a silent connection ends by itself") {
  RunningServer server({.idle = std::chrono::milliseconds(20)});
  HttpClient client(server.port);
  client.send("GET /hel");
  CHECK(client.at_end());
}

TEST_CASE("stopping ends idle connections and sockets in order") {
  RunningServer server({.stop_grace = std::chrono::milliseconds(100)});
  HttpClient idle(server.port);
  CHECK(idle.ask("GET", "/hello/x").status == 200);
  WsClient socket(server.port, "/socket");
  REQUIRE(socket.handshake.status == 101);
  server.stop();
  CHECK(idle.at_end());
  CHECK(socket.read_close() == 1001);
}
