// SPDX-License-Identifier: Apache-2.0
// Frames as bytes: what is written, and what is made of whatever a client sends.
#include <catch2/catch.hpp>

#include "http/websocket_frames.hpp"

using namespace deskwire;
using namespace std::string_literals;

namespace {

constexpr std::size_t kMost = 100'000;

/// As a client sends it.
std::string masked(unsigned first, std::string_view payload) {
  const std::string mask = "\x12\x34\x56\x78";
  std::string out = frame_head(Opcode::text, payload.size());
  out[0] = static_cast<char>(first);
  out[1] = static_cast<char>(static_cast<unsigned char>(out[1]) | 0x80);
  out += mask;
  for (std::size_t i = 0; i < payload.size(); ++i)
    out += static_cast<char>(payload[i] ^ mask[i % mask.size()]);
  return out;
}

struct Read {
  std::vector<std::string> texts;
  std::vector<std::string> pings;
  std::optional<std::string> close;
  std::optional<CloseCode> refused;
  bool operator==(const Read&) const = default;
};

/// Everything that is in `bytes`, fed in steps of that many.
Read read(std::string_view bytes, std::size_t step, std::size_t most = kMost) {
  FrameReader reader(most);
  Read out;
  while (!bytes.empty()) {
    reader.feed(bytes.substr(0, step));
    bytes.remove_prefix(std::min(step, bytes.size()));
    for (;;) {
      auto message = reader.next();
      if (!message) {
        out.refused = message.error();
        return out;
      }
      if (!*message) break;
      const auto& [opcode, payload] = **message;
      if (opcode == Opcode::text) out.texts.push_back(payload);
      if (opcode == Opcode::ping) out.pings.push_back(payload);
      if (opcode == Opcode::close) out.close = payload;
    }
  }
  return out;
}

std::optional<CloseCode> refusal(std::string_view bytes, std::size_t most = kMost) {
  return read(bytes, bytes.size(), most).refused;
}

}  // namespace

TEST_CASE("a frame tells its length in as few bytes as it takes") {
  CHECK(frame_head(Opcode::text, 0) == "\x81\x00"s);
  CHECK(frame_head(Opcode::text, 125) == "\x81\x7d");
  CHECK(frame_head(Opcode::text, 126) == "\x81\x7e\x00\x7e"s);
  CHECK(frame_head(Opcode::text, 65'535) == "\x81\x7e\xff\xff");
  CHECK(frame_head(Opcode::pong, 65'536) == "\x8a\x7f\0\0\0\0\0\x01\0\0"s);
  Frames frames;
  frames.add({"ab", "", "c"});
  frames.add({"d"});
  CHECK(frames.bytes == "\x81\x03"s + "abc" + "\x81\x01" + "d");
  CHECK(frames.count == 2);
}

TEST_CASE("messages of any length come out whole, wherever the bytes are cut") {
  std::string bytes;
  std::vector<std::string> texts;
  for (const std::size_t size : {0u, 1u, 125u, 126u, 65'535u, 65'536u}) {
    texts.emplace_back(size, 'x');
    bytes += masked(0x81, texts.back());
  }
  bytes += masked(0x01, "\xc3") + masked(0x89, "there?") + masked(0x00, "") + masked(0x80, "\xbc");
  texts.emplace_back("\xc3\xbc");
  bytes += masked(0x88, close_payload(CloseCode::normal, "bye"));
  for (const std::size_t step : {1u, 2u, 7u, 4'096u, 1'000'000u}) {
    const Read got = read(bytes, step);
    CHECK(got.texts == texts);
    CHECK(got.pings == std::vector<std::string>{"there?"});
    CHECK(got.close == "\x03\xe8"s + "bye");
    CHECK(!got.refused);
  }
}

TEST_CASE("what RFC 6455 forbids is a protocol error") {
  const std::string unmasked = "\x81\x01x";
  const std::string wide = "\x81\xfe\x00\x01\0\0\0\0"s;
  const std::string wider = "\x81\xff\0\0\0\0\0\0\xff\xff\0\0\0\0"s;
  for (const std::string& bytes :
       {unmasked, wide, wider, masked(0xc1, "reserved bit"), masked(0x83, "no such opcode"),
        masked(0x8b, "no such control"), masked(0x80, "goes on from nothing"),
        masked(0x01, "begun") + masked(0x81, "begun again"), masked(0x09, "half a ping"),
        masked(0x89, std::string(126, 'p')), masked(0x88, "\x03"), masked(0x88, "\x03\xed"),
        masked(0x88, "\x03\xee"), masked(0x88, "\x0b\xb7")})
    CHECK(refusal(bytes) == CloseCode::protocol_error);
}

TEST_CASE("each kind of refusal has its code") {
  CHECK(refusal(masked(0x82, "bytes")) == CloseCode::unsupported);
  CHECK(refusal(masked(0x81, "\xff")) == CloseCode::bad_text);
  CHECK(refusal(masked(0x88, "\x03\xe8\xff")) == CloseCode::bad_text);
  CHECK(refusal(masked(0x81, "abcd"), 3) == CloseCode::too_big);
  CHECK(refusal(masked(0x01, "ab") + masked(0x80, "cd"), 3) == CloseCode::too_big);
  // It is refused by its head: nothing of it is waited for.
  CHECK(refusal("\x81\xff\x7f\xff\xff\xff\xff\xff\xff\xff\0\0\0\0"s) == CloseCode::too_big);
}

TEST_CASE("the reason of a close is cut to what a control frame holds, between code points") {
  std::string reason;
  while (reason.size() < 200) reason += "\xe2\x82\xac";
  const std::string payload = close_payload(CloseCode::policy, reason);
  CHECK(payload.size() == 125);
  CHECK(read(masked(0x88, payload), 1'000).close == payload);
}
