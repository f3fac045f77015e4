// SPDX-License-Identifier: Apache-2.0
// The visible part of replies as three other libraries see it. They disagree with each other, so a
// rate is asked of each.
#include <catch2/catch.hpp>
#include <regex>

#include "support/corpus_facts.hpp"
#include "text/reply_view.hpp"

using namespace deskwire;
using text::visible_reply;
namespace json = boost::json;

namespace {

/// Line by line without trailing blanks, trimmed: what the sources compare.
std::string plain(std::string_view text) {
  std::string out, line;
  const auto end_line = [&] {
    line.resize(line.find_last_not_of(" \t\r") + 1);
    out += line + "\n";
    line.clear();
  };
  for (const char c : text) {
    if (c == '\n')
      end_line();
    else
      line += c;
  }
  end_line();
  const std::size_t begin = out.find_first_not_of("\n "), last = out.find_last_not_of("\n ");
  return begin == std::string::npos ? "" : out.substr(begin, last - begin + 1);
}

bool flag(const json::value& expect, std::size_t i, const char* key) {
  if (const auto* flags = expect.as_object().if_contains("flags"))
    if (const auto* of = flags->as_object().if_contains(std::to_string(i)))
      if (const auto* value = of->as_object().if_contains(key)) return value->as_bool();
  if (const auto* list = expect.as_object().if_contains(key))
    if (list->is_array() && i < list->as_array().size()) return list->as_array()[i].as_bool();
  return false;
}

/// A fragment's text must be visible unless the source hides it, quotes it, or it comes after the
/// first one without saying so.
void check_fragments(test::Tally& tally, const std::string& file, const json::value& expect,
                     const std::string& view) {
  if (const auto* wanted = expect.as_object().if_contains("visible_reply"))
    tally.check(view == plain(wanted->as_string()), file, view, plain(wanted->as_string()));
  if (const auto* wanted = expect.as_object().if_contains("first_fragment_trimmed"))
    tally.check(view == plain(wanted->as_string()), file, view, plain(wanted->as_string()));
  if (const auto* equals = expect.as_object().if_contains("fragment_equals"))
    for (const auto& [index, value] : equals->as_object()) {
      const std::string text = plain(value.as_string());
      if (text.empty()) continue;
      const bool visible = index == "0" && !flag(expect, 0, "hidden");
      tally.check((view.find(text) != std::string::npos) == visible,
                  file + " fragment " + std::string(index), view, text);
    }
  if (const auto* regexes = expect.as_object().if_contains("fragment_regex"))
    if (const auto* first = regexes->as_object().if_contains("0")) {
      std::vector<std::string> patterns;
      if (first->is_string())
        patterns.emplace_back(first->as_string());
      else
        for (const auto& p : first->as_array()) patterns.emplace_back(p.as_string());
      for (const std::string& p : patterns)
        if (!flag(expect, 0, "quoted"))
          tally.check(std::regex_search(view, std::regex(p)), file + " regex", view, p);
    }
}

double rate_of(const std::string& source) {
  const auto corpus = test::corpus("reply");
  if (!corpus) return 100;
  test::Tally tally("replies of " + source);
  for (const json::value& line : test::read_jsonl(*corpus / (source + ".expect.jsonl"))) {
    const std::string file(line.at("file").as_string());
    const std::string view = plain(visible_reply(test::read_file(*corpus / file)));
    if (const auto* expect = line.as_object().if_contains("expect"))
      check_fragments(tally, file, *expect, view);
  }
  return tally.rate();
}

}  // namespace

TEST_CASE("the reply trimmer's replies are seen as it sees them") {
  CHECK(rate_of("reply-trimmer") >= 80);
}
TEST_CASE("the reply parser's replies are seen as it sees them") {
  CHECK(rate_of("github-erp") >= 80);
}
TEST_CASE("the other reply parser's replies are seen as it sees them") {
  CHECK(rate_of("crisp-erp") >= 60);
}
