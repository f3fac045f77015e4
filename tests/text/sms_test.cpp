// SPDX-License-Identifier: Apache-2.0
// Parts of a text message and plain forms of typographic characters.
#include <catch2/catch.hpp>
#include <map>

#include "deskwire/base/utf8.hpp"
#include "support/corpus_facts.hpp"
#include "text/smart_encode.hpp"
#include "text/sms_segments.hpp"

using namespace deskwire;
using text::count_sms_parts;
using text::smart_encode;

namespace {

std::string times(std::size_t count, std::string_view text) {
  std::string out;
  while (count-- > 0) out += text;
  return out;
}

std::string as_text(const boost::json::value& value) { return std::string(value.as_string()); }

/// Bits on the air: septets or 16, and 6 bytes of header in each of several parts.
std::int64_t bits(const text::SmsParts& parts, bool with_headers) {
  const std::int64_t headers = with_headers && parts.parts > 1 ? 48LL * parts.parts : 0;
  return std::int64_t{parts.units_used} * (parts.ucs2 ? 16 : 7) + headers;
}

}  // namespace

TEST_CASE("a text of the GSM alphabet has 160 septets alone and 153 in company") {
  const auto none = count_sms_parts("");
  CHECK(none.parts == 0);
  CHECK(none.units_left == 160);
  const auto full = count_sms_parts(times(160, "a"));
  CHECK(full.parts == 1);
  CHECK(full.units_left == 0);
  const auto two = count_sms_parts(times(161, "a"));
  CHECK(two.parts == 2);
  CHECK(two.units_per_part == 153);
  CHECK(two.units_left == 153 - 8);
  CHECK(two.forced_by.empty());
}

TEST_CASE("an escape is never parted from its character") {
  const auto parts = count_sms_parts(times(152, "a") + "€" + times(7, "a"));
  CHECK(parts.units_used == 161);
  CHECK(parts.parts == 2);
  CHECK(parts.units_left == 153 - 9);
  CHECK(count_sms_parts(times(152, "a") + "€" + times(151, "a")).parts == 2);
  CHECK(count_sms_parts(times(152, "a") + "€" + times(152, "a")).parts == 3);
}

TEST_CASE("a surrogate pair is never parted") {
  const auto parts = count_sms_parts(times(66, "ạ") + "😀" + times(3, "ạ"));
  CHECK(parts.units_used == 71);
  CHECK(parts.parts == 2);
  CHECK(parts.units_left == 67 - 5);
  CHECK(count_sms_parts(times(66, "ạ") + "😀" + times(65, "ạ")).parts == 2);
  CHECK(count_sms_parts(times(66, "ạ") + "😀" + times(66, "ạ")).parts == 3);
}

TEST_CASE("the first character outside the GSM alphabet is told") {
  const auto parts = count_sms_parts("Your parcel “8841” ạ");
  CHECK(parts.ucs2);
  CHECK(parts.forced_by == "“");
  CHECK(parts.units_left == 50);
  CHECK(count_sms_parts("a\xff").forced_by == "\uFFFD");
  CHECK(count_sms_parts("ok\tso").forced_by == "\t");
}

TEST_CASE("typographic characters become plain ones") {
  CHECK(smart_encode("“Hello” – it’s me…") == "\"Hello\" - it's me...");
  CHECK(smart_encode("Ｏｋ？") == "Ok?");
  CHECK(smart_encode("Grüße, 5 €") == "Grüße, 5 €");
}

TEST_CASE("a text that stays outside the GSM alphabet is not touched") {
  CHECK(smart_encode("“Xin chào” – mười") == "“Xin chào” – mười");
  CHECK(smart_encode("好。") == "好。");
  CHECK(smart_encode("a\xff“") == "a\xff“");
}

TEST_CASE("a mark upon a letter is no character of its own") {
  CHECK(smart_encode("nga\u0303") == "nga\u0303");
  CHECK(smart_encode(" \u0303") == " ~");
}

TEST_CASE("every text of the corpus has its parts", "[corpus]") {
  const auto file = test::corpus("sms_segments.jsonl");
  if (!file) return;
  int count = 0;
  for (const auto& line : test::read_jsonl(*file)) {
    const auto& vector = line.as_object();
    INFO(as_text(vector.at("name")) << ": " << as_text(vector.at("text")));
    const auto parts = count_sms_parts(as_text(vector.at("text")));
    const auto same = [&](const char* key, std::int64_t got) {
      if (const auto* wanted = vector.if_contains(key)) CHECK(got == wanted->as_int64());
    };
    if (const auto* encoding = vector.if_contains("encoding"))
      CHECK(parts.ucs2 == (encoding->as_string() == "UCS-2"));
    same("segments", parts.parts);
    same("message_bits", bits(parts, false));
    same("total_bits_with_udh", bits(parts, true));
    ++count;
  }
  CHECK(count == 51);
}

TEST_CASE("the GSM alphabet is the corpus's and nothing else", "[corpus]") {
  const auto file = test::corpus("gsm0338_map.json");
  if (!file) return;
  std::map<char32_t, std::size_t> septets;
  for (const auto& entry : boost::json::parse(test::read_file(*file)).as_array())
    septets[static_cast<char32_t>(std::stoul(as_text(entry.at("codepoint")), nullptr, 16))] =
        entry.at("gsm_septets").as_array().size();
  CHECK(septets.size() == 137);
  for (char32_t c = 0; c < 0x110000; ++c) {
    const auto known = septets.find(c);
    if (text::gsm7_septets(c) == (known == septets.end() ? 0 : known->second)) continue;
    FAIL_CHECK("U+" << std::hex << std::uint32_t{c});
  }
}

TEST_CASE("typographic characters become what the corpus says", "[corpus]") {
  const auto file = test::corpus("sms_smart_encoding.json");
  if (!file) return;
  const auto pairs = boost::json::parse(test::read_file(*file)).as_array();
  CHECK(pairs.size() == 270);
  std::string all, plain;
  for (const auto& pair : pairs) {
    CHECK(smart_encode(as_text(pair.at("from"))) == as_text(pair.at("to")));
    all += as_text(pair.at("from"));
    plain += as_text(pair.at("to"));
  }
  CHECK(smart_encode(all) == plain);
}
