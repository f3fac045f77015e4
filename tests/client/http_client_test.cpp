// SPDX-License-Identifier: Apache-2.0
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <catch2/catch.hpp>
#include <cstdlib>

#include "client/fake_web.hpp"
#include "client/http_client.hpp"
#include "client/public_address.hpp"

using namespace deskwire;
using namespace deskwire::test;
namespace asio = boost::asio;

namespace {

struct Net {
  asio::io_context loop;
  FakeWeb web{loop};
  FakeWeb other{loop};
  HttpClient client{loop};

  ~Net() {
    client.stop();
    asio::post(loop, [this] {
      web.close();
      other.close();
    });
    loop.run_for(std::chrono::seconds(5));
  }

  /// Runs until every call is answered.
  std::vector<HttpAnswer> ask_all(const std::vector<HttpCall>& calls) {
    std::vector<HttpAnswer> out(calls.size());
    std::size_t left = calls.size();
    for (std::size_t i = 0; i < calls.size(); ++i)
      asio::co_spawn(
          loop,
          [](HttpClient& c, HttpCall call, HttpAnswer& answer) -> asio::awaitable<void> {
            answer = co_await c.fetch(std::move(call));
          }(client, calls[i], out[i]),
          [&](const std::exception_ptr& error) {
            REQUIRE(!error);
            --left;
          });
    while (left > 0) REQUIRE(loop.run_one_for(std::chrono::seconds(30)) > 0);
    return out;
  }
  HttpAnswer ask(const HttpCall& call) { return ask_all({call}).front(); }
};

HttpCall get(std::string url) {
  HttpCall call;
  call.url = std::move(url);
  return call;
}

HttpCall post(std::string url, std::string body) {
  HttpCall call = get(std::move(url));
  call.method = "POST";
  call.body = std::move(body);
  return call;
}

}  // namespace

TEST_CASE("an outbound request arrives whole and its answer comes back") {
  Net net;
  net.web.answer = [](const std::string&) { return ok_with("hello", "X-Kind: Test\r\n"); };
  HttpCall call = post(net.web.url("/send?x=1"), "To=%2B1");
  call.headers = {{"content-type", "application/x-www-form-urlencoded"},
                  {"authorization", "Basic x"}};
  const HttpAnswer answer = net.ask(call);
  CHECK(answer.reached);
  CHECK(answer.status == 200);
  CHECK(answer.body == "hello");
  CHECK(answer.header("x-kind") == "Test");
  CHECK(answer.error.empty());
  const std::string& request = net.web.requests.at(0);
  CHECK(request.starts_with("POST /send?x=1 HTTP/1.1\r\n"));
  CHECK(request.find("authorization: Basic x\r\n") != std::string::npos);
  CHECK(request.ends_with("\r\n\r\nTo=%2B1"));
}

TEST_CASE("only a connection that never came about counts as not reached") {
  Net net;
  std::uint16_t closed_port = 0;
  {
    const asio::ip::tcp::acceptor gone(
        net.loop, asio::ip::tcp::endpoint(asio::ip::address_v4::loopback(), 0));
    closed_port = gone.local_endpoint().port();
  }
  const HttpAnswer refused =
      net.ask(post("http://127.0.0.1:" + std::to_string(closed_port) + "/", "x"));
  CHECK_FALSE(refused.reached);
  CHECK_FALSE(refused.refused);
  CHECK_FALSE(refused.error.empty());
  CHECK_FALSE(net.ask(post("http://no-such-host.invalid/", "x")).reached);

  net.web.answer = [](const std::string&) { return std::string(); };
  const HttpAnswer broken = net.ask(post(net.web.url(), "x"));
  CHECK(broken.reached);
  CHECK(broken.status == 0);
  CHECK(net.web.requests.size() == 1);

  HttpCall tls = post("https://127.0.0.1:" + std::to_string(net.web.port()) + "/", "x");
  tls.timeout = std::chrono::seconds(2);
  CHECK_FALSE(net.ask(tls).reached);
}

TEST_CASE("a request that changes something never goes out twice over a kept connection") {
  Net net;
  std::size_t count = 0;
  net.web.answer = [&](const std::string&) { return ++count == 1 ? ok_with("a") : std::string(); };
  CHECK(net.ask(get(net.web.url())).status == 200);
  const HttpAnswer second = net.ask(post(net.web.url(), "x"));
  CHECK(second.reached);
  CHECK(second.status == 0);
  CHECK(net.web.requests.size() == 2);
}

TEST_CASE("a silent peer ends with the call's time, and a stop does not wait for it") {
  Net net;
  net.web.answer = [](const std::string&) { return std::string("silent"); };
  HttpCall call = post(net.web.url(), "x");
  call.timeout = std::chrono::milliseconds(200);
  const HttpAnswer late = net.ask(call);
  CHECK(late.reached);
  CHECK(late.status == 0);
  CHECK(late.error == "it took too long");

  asio::steady_timer soon(net.loop, std::chrono::milliseconds(100));
  soon.async_wait([&](boost::system::error_code) { net.client.stop(); });
  const HttpAnswer cut = net.ask(post(net.web.url(), "x"));
  CHECK(cut.reached);
  CHECK(cut.error == "we are stopping");
  const HttpAnswer after = net.ask(get(net.web.url()));
  CHECK_FALSE(after.reached);
}

TEST_CASE("connections are kept, and more calls than the bound are answered at once") {
  Net net;
  net.web.answer = [](const std::string&) { return ok_with("a"); };
  CHECK(net.ask(get(net.web.url())).status == 200);
  CHECK(net.ask(get(net.web.url())).status == 200);
  CHECK(net.web.connections == 1);
  std::size_t told = 0;
  for (const HttpAnswer& answer : net.ask_all(std::vector(600, get(net.web.url()))))
    told += answer.status == 200 || answer.error == "too many requests are on their way";
  CHECK(told == 600);
}

TEST_CASE("an answer over its bound is given up") {
  Net net;
  net.web.answer = [](const std::string&) { return ok_with(std::string(100'000, 'x')); };
  HttpCall call = get(net.web.url());
  call.max_answer_bytes = 1000;
  const HttpAnswer answer = net.ask(call);
  CHECK(answer.too_large);
  CHECK(answer.status == 200);
  CHECK(answer.body.empty());
  call.max_answer_bytes = 100'000;
  CHECK(net.ask(call).body.size() == 100'000);
}

TEST_CASE("nothing but http and https is asked, and headers cannot be smuggled") {
  Net net;
  net.web.answer = [](const std::string&) { return ok_with("a"); };
  for (const char* url : {"file:///etc/passwd", "gopher://127.0.0.1/", "ftp://127.0.0.1/", "x", "",
                          "http://user:secret@127.0.0.1/"}) {
    const HttpAnswer answer = net.ask(get(url));
    CHECK_FALSE(answer.reached);
    CHECK(answer.refused);
  }
  HttpCall call = get(net.web.url());
  call.headers = {{"x-a", "1\r\nx-b: 2"}};
  CHECK(net.ask(call).refused);
  CHECK(net.web.requests.empty());
}

TEST_CASE("the environment's proxy is not used") {
  Net net;
  net.web.answer = [](const std::string&) { return ok_with("a"); };
  ::setenv("http_proxy", "http://127.0.0.1:1", 1);
  CHECK(net.ask(get(net.web.url())).status == 200);
  ::unsetenv("http_proxy");
}

TEST_CASE("what others name is fetched from public addresses only") {
  Net net;
  FakeWeb& inner = net.other;
  net.web.answer = [](const std::string&) { return ok_with("a"); };
  inner.answer = [](const std::string&) { return ok_with("secret"); };
  const std::string port = ":" + std::to_string(inner.port()) + "/";
  for (const std::string host : {"127.0.0.1", "localhost", "0.0.0.0", "[::1]", "2130706433",
                                 "[::ffff:127.0.0.1]", "0x7f.1", "169.254.169.254"}) {
    HttpCall call = get("http://" + host + port);
    call.public_only = true;
    call.trusted_origins = {net.web.url()};
    const HttpAnswer answer = net.ask(call);
    CAPTURE(host);
    CHECK_FALSE(answer.reached);
    CHECK(answer.refused);
    CHECK(answer.error == "the address is not a public one");
  }
  HttpCall trusted = get(net.web.url("/media"));
  trusted.public_only = true;
  trusted.trusted_origins = {net.web.url()};
  CHECK(net.ask(trusted).status == 200);

  SECTION("also behind a redirect") {
    net.web.answer = [&](const std::string&) { return redirect_to(inner.url()); };
    trusted.max_redirects = 3;
    const HttpAnswer answer = net.ask(trusted);
    CHECK(answer.refused);
    CHECK(answer.body.empty());
  }
  SECTION("also over a connection that is kept") {
    CHECK(net.ask(get(inner.url())).body == "secret");
    HttpCall again = get(inner.url());
    again.public_only = true;
    CHECK(net.ask(again).refused);
  }
  CHECK(inner.requests.size() <= 1);
}

TEST_CASE("a redirect keeps headers at home and ends somewhere") {
  Net net;
  FakeWeb& other = net.other;
  other.answer = [](const std::string&) { return ok_with("there"); };
  HttpCall call = get(net.web.url("/a"));
  call.headers = {{"authorization", "Basic secret"}};
  call.max_redirects = 2;
  SECTION("to the same origin they go along") {
    net.web.answer = [](const std::string& request) {
      return request.starts_with("GET /a ") ? redirect_to("/b") : ok_with("here");
    };
    CHECK(net.ask(call).body == "here");
    CHECK(net.web.requests.at(1).find("Basic secret") != std::string::npos);
  }
  SECTION("to another they do not") {
    net.web.answer = [&](const std::string&) { return redirect_to(other.url()); };
    CHECK(net.ask(call).body == "there");
    CHECK(other.requests.at(0).find("secret") == std::string::npos);
  }
  SECTION("a circle is left") {
    net.web.answer = [](const std::string&) { return redirect_to("/a"); };
    const HttpAnswer answer = net.ask(call);
    CHECK(answer.refused);
    CHECK(net.web.requests.size() == 3);
  }
  SECTION("without leave none is followed") {
    net.web.answer = [&](const std::string&) { return redirect_to(other.url()); };
    call.max_redirects = 0;
    CHECK(net.ask(call).status == 302);
    CHECK(other.requests.empty());
  }
}

TEST_CASE("origins are compared as browsers do") {
  CHECK(http_origin("HTTPS://API.Example.com:443/x?y") == "https://api.example.com");
  CHECK(http_origin("http://127.0.0.1:2580") == "http://127.0.0.1:2580");
  CHECK(http_origin("https://a@b.example/").empty());
  CHECK(http_origin("mailto:a@b.example").empty());
}

TEST_CASE("addresses that are not public are known in every form") {
  for (const char* closed : {"127.0.0.1",
                             "10.1.2.3",
                             "172.31.255.255",
                             "192.168.0.1",
                             "169.254.169.254",
                             "100.64.0.1",
                             "100.127.255.255",
                             "0.0.0.0",
                             "224.0.0.1",
                             "255.255.255.255",
                             "198.18.0.1",
                             "192.0.2.1",
                             "::",
                             "::1",
                             "fe80::1",
                             "fc00::1",
                             "fd12::1",
                             "ff02::1",
                             "::ffff:10.0.0.1",
                             "::7f00:1",
                             "64:ff9b::7f00:1",
                             "64:ff9b::a9fe:a9fe",
                             "64:ff9b:1::1",
                             "2002:7f00:1::",
                             "2002:a00:1::1",
                             "2001::1",
                             "2001:db8::1",
                             "fec0::1",
                             "x",
                             "",
                             "127.1"}) {
    CAPTURE(closed);
    CHECK_FALSE(is_public_address(std::string(closed)));
  }
  for (const char* open :
       {"8.8.8.8", "172.32.0.1", "172.15.0.1", "100.128.0.1", "11.0.0.1", "2606:4700::1111",
        "::ffff:8.8.8.8", "64:ff9b::808:808", "2002:808:808::1", "2a00::1"}) {
    CAPTURE(open);
    CHECK(is_public_address(std::string(open)));
  }
}
