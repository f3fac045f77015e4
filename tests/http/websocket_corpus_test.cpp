// SPDX-License-Identifier: Apache-2.0
// A conformance suite's frames against the real socket. Cases with binary messages are left out
// (this socket takes text only), and those that expect to wait.
#include <algorithm>
#include <boost/json/parse.hpp>
#include <catch2/catch.hpp>
#include <sstream>
#include <vector>

#include "http/http_server.hpp"
#include "support/corpus.hpp"
#include "support/hex.hpp"
#include "support/http_client.hpp"

using namespace deskwire;
using namespace deskwire::test;
namespace json = boost::json;

namespace {

using Event = std::pair<std::string, std::string>;  ///< "message" or "pong", and its payload.

std::string payload_of(const json::value& value) {
  const json::object& object = value.as_object();
  if (const auto* hex = object.if_contains("hex")) return from_hex(hex->as_string());
  const std::string piece = from_hex(object.at("repeat_hex").as_string());
  std::string out;
  for (const auto size = object.at("len").to_number<std::size_t>(); out.size() < size;)
    out += piece;
  return out;
}

bool truth(const json::object& options, std::string_view key, bool absent) {
  const auto* value = options.if_contains(key);
  return value == nullptr || value->is_null() ? absent : value->as_bool();
}

std::string close_payload(const json::array& arguments, const json::object& options) {
  std::string out;
  if (!arguments.empty() && !arguments[0].is_null()) {
    const int code = arguments[0].to_number<int>();
    out += {static_cast<char>(code >> 8), static_cast<char>(code)};
  }
  if (arguments.size() > 1) out += payload_of(arguments[1]);
  if (const auto* reason = options.if_contains("reasonUtf8")) out += payload_of(*reason);
  return out;
}

void send_frame(WsClient& client, const json::object& options) {
  const auto* payload = options.if_contains("payload");
  const auto* rsv = options.if_contains("rsv");
  const int reserved = rsv == nullptr ? 0 : rsv->to_number<int>();
  client.send_frame(options.at("opcode").to_number<int>() | reserved << 4,
                    payload == nullptr ? "" : payload_of(*payload), truth(options, "fin", true));
}

void send_message(WsClient& client, const std::string& payload, const json::object& options) {
  const auto* fragment = options.if_contains("fragmentSize");
  const std::size_t size = fragment == nullptr || fragment->is_null()
                               ? std::max<std::size_t>(payload.size(), 1)
                               : fragment->to_number<std::size_t>();
  std::size_t at = 0;
  do {
    const bool last = at + size >= payload.size();
    client.send_frame(at == 0 ? 1 : 0, payload.substr(at, size), last);
    at += size;
  } while (at < payload.size());
}

/// True for what this socket is not made for.
bool left_out(const json::object& row) {
  for (const json::value& action : row.at("actions").as_array()) {
    const std::string name(action.at(0).as_string());
    if (name == "beginMessage" || name == "wait_seconds") return true;
    const json::object& options = action.at(2).as_object();
    if (name == "sendFrame" && options.at("opcode") == 2) return true;
    if (truth(options, "isBinary", false)) return true;
    if (name == "sendFrame" && options.contains("payload_len")) return true;
  }
  return false;
}

/// Sends what the case says; true if it closed by itself.
bool act(WsClient& client, const json::array& actions) {
  bool closed = false;
  for (const json::value& action : actions) {
    const std::string name(action.at(0).as_string());
    const json::array& arguments = action.at(1).as_array();
    const json::object& options = action.at(2).as_object();
    if (name == "sendFrame") send_frame(client, options);
    if (name == "sendMessage") send_message(client, payload_of(arguments.at(0)), options);
    if (name == "sendClose" || name == "sendCloseFrame") {
      client.send_frame(8, close_payload(arguments, options));
      closed = true;
    }
  }
  return closed;
}

std::vector<Event> expected_events(const json::object& row) {
  std::vector<Event> out;
  for (const json::value& event : row.at("expected").at("OK").as_array())
    out.emplace_back(payload_of(event.at(0)), payload_of(event.at(1)));
  return out;
}

struct Seen {
  std::vector<Event> events;
  int close_code = 0;  ///< 0: the connection just ended.
  bool clean = false;
};

/// Reads to the end; after `close_after` events the client closes.
Seen read_all(WsClient& client, std::size_t close_after) {
  Seen out;
  for (;;) {
    if (out.events.size() == close_after) client.send_frame(8, std::string("\x03\xe8"));
    Frame frame = client.read_frame();
    if (frame.opcode == 0) return out;
    if (frame.opcode == 8) {
      out.clean = true;
      out.close_code = frame.payload.empty() ? 1000 : frame.close_code();
      return out;
    }
    out.events.emplace_back(frame.opcode == 10 ? "pong" : "message", frame.payload);
  }
}

}  // namespace

TEST_CASE("a conformance suite's frames get the answers and the ends that it expects") {
  const auto file = corpus("websocket_cases.jsonl");
  if (!file) return;
  RunningServer server;
  std::istringstream lines(read_file(*file));
  int tried = 0;
  for (std::string line; std::getline(lines, line);) {
    const json::object row = json::parse(line).as_object();
    if (left_out(row)) continue;
    ++tried;
    WsClient client(server.port, "/socket");
    REQUIRE(client.handshake.status == 101);
    const bool closed = act(client, row.at("actions").as_array());
    const json::object& end = row.at("expectedClose").as_object();
    const bool by_us = end.at("closedByMe").as_bool();
    const std::vector<Event> expected = expected_events(row);
    const Seen seen = read_all(client, by_us && !closed ? expected.size() : SIZE_MAX);
    INFO(row.at("id") << ": " << row.at("description") << " -> " << seen.events.size()
                      << " events, close " << seen.close_code);
    // A connection that was failed may have been so before the answers to earlier frames left.
    if (by_us)
      CHECK(seen.events == expected);
    else
      CHECK(std::ranges::mismatch(expected, seen.events).in2 == seen.events.end());
    const auto& codes = end.at("closeCode").as_array();
    const bool code_fits = std::ranges::any_of(
        codes, [&](const json::value& code) { return code.to_number<int>() == seen.close_code; });
    CHECK((code_fits || (!end.at("requireClean").as_bool() && !seen.clean)));
  }
  CHECK(tried > 200);
}
