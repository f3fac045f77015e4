// SPDX-License-Identifier: Apache-2.0
// Phone numbers of every country as their national plans write them, and what is none.
#include <catch2/catch.hpp>
#include <set>
#include <thread>

#include "support/corpus_facts.hpp"
#include "text/phone.hpp"

using namespace deskwire;
using text::format_phone;
using text::phone_region;
using text::to_e164;

TEST_CASE("a national number becomes E.164 by its region") {
  CHECK(to_e164("0912 345 678", "VN") == "+84912345678");
  CHECK(to_e164("(030) 901820", "DE") == "+4930901820");
  CHECK(to_e164(" (650) 253-0000 ", "us") == "+16502530000");
  CHECK(to_e164("02 1234 5678", "IT") == "+390212345678");
  CHECK(to_e164("\xEF\xBC\x8B\xEF\xBC\x98\xEF\xBC\x94 912345678", "") == "+84912345678");
}

TEST_CASE("a number with its country ignores the region") {
  CHECK(to_e164("+44 (0)20 7946 0018", "VN") == "+442079460018");
  CHECK(to_e164("tel:+1-650-253-0000", "VN") == "+16502530000");
  CHECK(to_e164("+84 0912 345 678", "US") == "+84912345678");
  CHECK(to_e164("00 44 20 7946 0018", "VN") == "+442079460018");
  CHECK(to_e164("447400123456", "US") == "+447400123456");
  CHECK_FALSE(to_e164("0912345678", ""));
}

TEST_CASE("a possible number that no plan has allotted is taken") {
  CHECK(to_e164("+15005550006", "VN") == "+15005550006");
  CHECK(to_e164("500-555-0006", "US") == "+15005550006");
}

TEST_CASE("an extension is dropped") {
  CHECK(to_e164("+1 650 253 0000 ext. 12", "") == "+16502530000");
  CHECK(to_e164("030 901820 x7", "DE") == "+4930901820");
}

TEST_CASE("short codes, senders of letters and other texts are no phones") {
  for (const auto* text : {"",
                           "+",
                           "12345",
                           "72000",
                           "911",
                           "113",
                           "8088",
                           "DESKWIRE",
                           "Amazon",
                           "1-800-FLOWERS",
                           "+1 800 FLOWERS",
                           "WhatsApp:+",
                           "+1",
                           "+12",
                           "123",
                           "order 12345678",
                           "0",
                           "++",
                           "+84 9",
                           "+999999999999999999",
                           "007",
                           "-",
                           "3 of 5",
                           "2026-01-01 08:00:00"})
    for (const auto* region : {"US", "VN", "DE"}) {
      INFO(text << " " << region);
      CHECK_FALSE(to_e164(text, region));
    }
  CHECK_FALSE(to_e164("253-0000", "US"));
  CHECK_FALSE(to_e164(std::string(100'000, '1'), "US"));
  CHECK_FALSE(to_e164("\xff\xfe", "US"));
}

TEST_CASE("people read the international form") {
  CHECK(format_phone("+442079460018") == "+44 20 7946 0018");
  CHECK(format_phone("+16502530000") == "+1 650-253-0000");
  CHECK(format_phone("72000") == "72000");
  CHECK(format_phone("DESKWIRE").find("DESK") == 0);
}

TEST_CASE("a number has a country, if it has one") {
  CHECK(phone_region("+84912345678") == "VN");
  CHECK(phone_region("+12684601234") == "AG");
  CHECK(phone_region("+15005550006") == "US");
  CHECK(phone_region("+80012345678").empty());
  CHECK(phone_region("72000").empty());
}

TEST_CASE("many threads may ask at once") {
  std::set<std::optional<std::string>> all[4];
  {
    std::vector<std::jthread> threads;
    for (auto& mine : all)
      threads.emplace_back([&mine] {
        for (int i = 0; i < 200; ++i) mine.insert(to_e164("0912 345 678", "VN"));
      });
  }
  for (const auto& mine : all) CHECK(mine == std::set<std::optional<std::string>>{"+84912345678"});
}

TEST_CASE("every national number of the corpus becomes its E.164", "[corpus]") {
  const auto file = test::corpus("phone_vectors.jsonl");
  if (!file) return;
  test::Tally formats("international forms of the newest plans");
  int count = 0;
  for (const auto& vector : test::read_jsonl(*file)) {
    const auto field = [&](const char* key) { return std::string(vector.at(key).as_string()); };
    INFO(field("input") << " " << field("region"));
    CHECK(to_e164(field("input"), field("region")) == field("e164"));
    CHECK(to_e164(field("international"), "US") == field("e164"));
    CHECK(to_e164(field("rfc3966"), "") == field("e164"));
    // How digits are grouped changes with every release of the plans, and Debian's is of 2022.
    const std::string formatted = format_phone(field("e164"));
    formats.check(formatted == field("international"), field("input"), formatted,
                  field("international"));
    CHECK(to_e164(formatted, "") == field("e164"));
    ++count;
  }
  CHECK(count == 489);
  CHECK(formats.rate() >= 95);
}
