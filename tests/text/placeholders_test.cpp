// SPDX-License-Identifier: Apache-2.0
#include "text/placeholders.hpp"

#include <array>
#include <catch2/catch.hpp>

using namespace deskwire;

namespace {

constexpr auto kKnown = std::to_array<std::string_view>({"a.b", "c"});

std::string complaint(std::string_view text) {
  const auto checked = text::check_placeholders(text, kKnown);
  return checked ? "" : checked.error();
}

std::string value_of(std::string_view name) { return name == "c" ? "{{a.b}}" : ""; }

}  // namespace

TEST_CASE("a placeholder nobody knows is named with its place") {
  CHECK(complaint("").empty());
  CHECK(complaint("no { place } }} at all").empty());
  CHECK(complaint("{{a.b}} and {{ c }}").empty());
  CHECK(complaint("Xin chào {{d}}") == "there is no placeholder {{d}}, at line 1, column 10");
  CHECK(complaint("{{c}}\nthen {{a.B}}") == "there is no placeholder {{a.B}}, at line 2, column 6");
  CHECK(complaint("{{}}") == "there is no placeholder {{}}, at line 1, column 1");
  CHECK(complaint("{{c}} {{a.b") == "the {{ at line 1, column 7 is never closed");
  CHECK(complaint("{{" + std::string(500, 'x') + "}}").size() < 120);
}

TEST_CASE("what is filled in is not read again, and what has no value stays") {
  const auto filled = text::fill_placeholders("<{{c}}|{{ a.b }}|{{c}}|{{a.b}}> {{", value_of);
  CHECK(filled.text == "<{{a.b}}|{{ a.b }}|{{a.b}}|{{a.b}}> {{");
  CHECK(filled.missing == std::vector<std::string>{"a.b"});
  CHECK(text::fill_placeholders("plain", value_of).text == "plain");
}

TEST_CASE("people are called by the name that is theirs alone") {
  CHECK(text::given_name("Jane Doe") == "Jane");
  CHECK(text::given_name("Doe, Jane") == "Jane");
  CHECK(text::given_name("Nguyễn Thị Lan") == "Lan");
  CHECK(text::given_name("Trần Minh ") == "Minh");
  CHECK(text::given_name("王小明") == "王小明");
  CHECK(text::given_name("Cher") == "Cher");
  CHECK(text::given_name("Acme,") == "Acme,");
  CHECK(text::given_name("").empty());
}
