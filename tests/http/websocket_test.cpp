// SPDX-License-Identifier: Apache-2.0
// WebSockets over loopback: negotiation, limits, close codes, and a slow reader.
#include <catch2/catch.hpp>

#include "http/http_server.hpp"
#include "support/http_client.hpp"

using namespace deskwire;
using namespace deskwire::test;

TEST_CASE("text frames come back, fragments as one, pings as pongs") {
  RunningServer server;
  WsClient client(server.port, "/socket");
  REQUIRE(client.handshake.status == 101);
  CHECK(client.handshake.headers.at("sec-websocket-accept") == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
  client.send_text("hello");
  CHECK(client.read_text() == "hello");
  client.send_frame(1, "one ", false);
  client.send_frame(9, "are you there");
  client.send_frame(0, "two");
  const Frame pong = client.read_frame();
  CHECK(pong.opcode == 10);
  CHECK(pong.payload == "are you there");
  CHECK(client.read_text() == "one two");
}

TEST_CASE("the sub-protocol is ours by preference; an unknown one is refused, none is fine") {
  RunningServer server;
  WsClient both(server.port, "/socket", "Sec-WebSocket-Protocol: test.v1, test.v2\r\n");
  CHECK(both.handshake.status == 101);
  CHECK(both.handshake.headers.at("sec-websocket-protocol") == "test.v2");
  CHECK(WsClient(server.port, "/socket", "Sec-WebSocket-Protocol: other\r\n").handshake.status ==
        400);
  CHECK(WsClient(server.port, "/socket").handshake.headers.count("sec-websocket-protocol") == 0);
}

TEST_CASE("compression is not negotiated") {
  RunningServer server;
  WsClient client(server.port, "/socket", "Sec-WebSocket-Extensions: permessage-deflate\r\n");
  CHECK(client.handshake.headers.count("sec-websocket-extensions") == 0);
}

TEST_CASE("a socket opens for our pages and for programs, not for other sites") {
  RunningServer server({.public_url = "http://desk.example"});
  const auto status = [&](std::string_view headers) {
    return WsClient(server.port, "/socket", headers).handshake.status;
  };
  CHECK(status("") == 101);
  CHECK(status("Origin: http://desk.example\r\n") == 101);
  CHECK(status("Origin: http://evil.example\r\n") == 403);
  CHECK(status("Cookie: deskwire_session=x\r\n") == 403);
  CHECK(status("Cookie: deskwire_session=x\r\nOrigin: http://desk.example\r\n") == 101);
}

TEST_CASE("an upgrade that is none stays HTTP") {
  RunningServer server;
  HttpClient client(server.port);
  CHECK(client.ask("GET", "/socket", "Connection: Upgrade\r\nUpgrade: h2c\r\n").status == 426);
  CHECK(client
            .ask("GET", "/hello/x",
                 "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: "
                 "13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n")
            .status == 200);
}

TEST_CASE("a binary frame closes with 1003, one too large with 1009, bad UTF-8 with 1007") {
  RunningServer server({.frame_bytes = 1000});
  WsClient binary(server.port, "/socket");
  binary.send_frame(2, "bytes");
  CHECK(binary.read_close() == 1003);
  WsClient large(server.port, "/socket");
  large.send_text(std::string(1001, 'a'));
  CHECK(large.read_close() == 1009);
  WsClient broken(server.port, "/socket");
  broken.send_text("\xff\xfe");
  CHECK(broken.read_close() == 1007);
  WsClient reserved(server.port, "/socket");
  reserved.send_frame(3, "");
  CHECK(reserved.read_close() == 1002);
}

TEST_CASE("a handler that returns closes normally, one that throws with 1011") {
  RunningServer server;
  WsClient leaves(server.port, "/socket");
  leaves.send_text("leave");
  CHECK(leaves.read_close() == 1000);
  WsClient breaks(server.port, "/socket");
  breaks.send_text("break");
  CHECK(breaks.read_close() == 1011);
}

TEST_CASE("a deadline that nobody clears closes with its own code") {
  RunningServer server;
  WsClient client(server.port, "/socket");
  client.send_text("deadline");
  CHECK(client.read_close() == 4401);
}

TEST_CASE("a slow reader is told to resync and closed with 4009, with all that was queued before") {
  RunningServer server({.socket_queue_bytes = 64u << 10, .socket_send_buffer = 4096});
  WsClient client(server.port, "/socket", "", 4096);
  REQUIRE(client.handshake.status == 101);
  client.send_text("flood 2000");
  int frames = 0;
  std::string last;
  Frame frame;
  while ((frame = client.read_frame()).opcode == 1) {
    ++frames;
    last = frame.payload;
  }
  CHECK(frames >= 64);
  CHECK(frames < 2000);
  CHECK(last == R"({"jsonrpc":"2.0","method":"resync","params":{"reason":"overflow"}})");
  CHECK(frame.close_code() == 4009);
}

TEST_CASE("a slow reader loses nothing while its queue has room") {
  RunningServer server({.socket_send_buffer = 4096});
  WsClient client(server.port, "/socket", "", 4096);
  client.send_text("flood 1000");
  client.send_text("and then");
  for (int n = 1; n <= 1000; ++n) REQUIRE(std::stoi(client.read_text()) == n);
  CHECK(client.read_text() == "and then");
}

TEST_CASE("a silent peer is asked whether it is there, and cut when it does not answer") {
  RunningServer patient({.socket_idle = std::chrono::milliseconds(1000)});
  WsClient answers(patient.port, "/socket");
  // It stays for longer than a silent one could.
  for (int i = 0; i < 3; ++i) {
    const Frame ping = answers.read_frame();
    REQUIRE(ping.opcode == 9);
    answers.send_frame(10, ping.payload);
  }
  RunningServer server({.socket_idle = std::chrono::milliseconds(40)});
  WsClient silent(server.port, "/socket");
  Frame frame;
  int pings = 0;
  while ((frame = silent.read_frame()).opcode == 9) ++pings;
  CHECK(pings >= 1);
  CHECK(frame.opcode == 0);
}

TEST_CASE("both sides say goodbye, then the server closes") {
  RunningServer server;
  WsClient polite(server.port, "/socket");
  polite.send_frame(8, "\x0f\xa1 done");
  const Frame echo = polite.read_frame();
  CHECK(echo.opcode == 8);
  CHECK(echo.payload == "\x0f\xa1 done");
  CHECK(polite.at_end());
  WsClient dismissed(server.port, "/socket");
  dismissed.send_text("leave");
  CHECK(dismissed.read_frame().close_code() == 1000);
  dismissed.send_text("still talking");
  dismissed.send_frame(8, "\x03\xe8");
  CHECK(dismissed.at_end());
}

TEST_CASE("a handshake without a proper key, or of another version, is refused") {
  RunningServer server;
  const auto upgrade = [&](std::string_view headers) {
    return HttpClient(server.port)
        .ask("GET", "/socket",
             std::string("Connection: Upgrade\r\nUpgrade: websocket\r\n").append(headers));
  };
  CHECK(upgrade("Sec-WebSocket-Version: 13\r\n").status == 400);
  CHECK(upgrade("Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: c2hvcnQ=\r\n").status == 400);
  const Answer old =
      upgrade("Sec-WebSocket-Version: 8\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n");
  CHECK(old.status == 426);
  CHECK(old.headers.at("sec-websocket-version") == "13");
}

TEST_CASE("a peer that vanishes frees its connection") {
  RunningServer server({.max_connections = 1});
  {
    WsClient gone(server.port, "/socket");
  }
  // The slot comes back as soon as the reader notices.
  int status = 503;
  while (status == 503) status = HttpClient(server.port).ask("GET", "/hello/x").status;
  CHECK((status == 200 || status == 0));
}
