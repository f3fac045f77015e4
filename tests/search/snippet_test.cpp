// SPDX-License-Identifier: Apache-2.0
// The stretch of a text that is shown for a question.
#include <catch2/catch.hpp>
#include <string>

#include "deskwire/base/utf8.hpp"
#include "search/query.hpp"
#include "search/snippet.hpp"

using namespace deskwire;
using namespace deskwire::search;

namespace {

std::string shown(std::string_view text, std::string_view question, bool is_customer = false) {
  const Query query = parse_query(question, "VN");
  std::string out;
  for (const SnippetPart& part : snippet_of(text, hits_in(text, query.all, is_customer)))
    out += part.hit ? "[" + part.text + "]" : part.text;
  return out;
}

}  // namespace

TEST_CASE("hits are marked where they stand, in any writing") {
  CHECK(shown("Tôi cần hóa đơn cho đơn hàng.", "hoa don ") ==
        "Tôi cần [hóa] [đơn] cho [đơn] hàng.");
  CHECK(shown("我想退款申请", "退款") == "我想[退款]申请");
  CHECK(shown("我想退款申请", "退款申") == "我想[退款申]请");
  CHECK(shown("Please refund my order", "\"my ord") == "Please refund my order");
  CHECK(shown("Please refund my order", "my ord") == "Please refund [my] [order]");
  CHECK(shown("Call +84 912 345 678 now", "0912345678 ") == "Call +[84 912 345 678] now");
}

TEST_CASE("lines become one") {
  CHECK(shown("a\n\n  refund\r\n\tplease", "refund ") == "a [refund] please");
}

TEST_CASE("the stretch with most of the words is shown") {
  const std::string text =
      "refund " + std::string(400, 'x') + " my refund of order 12 " + std::string(400, 'y');
  const std::string found = shown(text, "refund order 12 ");
  CHECK(found.find("my [refund] of [order] [12]") != std::string::npos);
  CHECK(found.starts_with("…"));
  CHECK(found.ends_with("…"));
  CHECK(found.size() < 2 * kSnippetBytes);
}

TEST_CASE("a snippet never cuts a character") {
  std::string text;
  for (int i = 0; i < 200; ++i) text += "退款申请订单";
  for (const char* question : {"退款", "请订", "无"}) {
    const Query query = parse_query(question, "");
    for (const SnippetPart& part : snippet_of(text, hits_in(text, query.all, false)))
      CHECK(is_utf8(part.text));
  }
}

TEST_CASE("without hits the beginning is shown") {
  CHECK(shown("Hello there", "refund ") == "Hello there");
  CHECK(shown("", "refund ") == "");
}

TEST_CASE("what is looked for at the customer is no hit in a text") {
  CHECK(shown("kim wrote", "from:kim ") == "kim wrote");
  CHECK(shown("Kim Nguyen", "from:kim ", true) == "[Kim] Nguyen");
}
