// SPDX-License-Identifier: Apache-2.0
// What people type into the search box: everything means something.
#include <catch2/catch.hpp>
#include <random>
#include <string>

#include "search/query.hpp"

using namespace deskwire;
using namespace deskwire::search;

namespace {

/// Terms in a short form: words side by side with "+", "*" where the last may go on.
std::string shown(const std::vector<SearchTerm>& terms) {
  std::string out;
  for (const SearchTerm& term : terms) {
    out += out.empty() ? "" : " ";
    if (term.customer) out += "from:";
    for (std::size_t i = 0; i < term.words.size(); ++i) out += (i > 0 ? "+" : "") + term.words[i];
    if (term.prefix) out += "*";
    if (!term.marked.empty()) out += "=" + term.marked;
    if (!term.phone.empty()) out += "~" + term.phone;
  }
  return out;
}

Query ask(std::string_view text) { return parse_query(text, "VN"); }
std::string all(std::string_view text) { return shown(ask(text).all); }
std::string none(std::string_view text) { return shown(ask(text).none); }

}  // namespace

TEST_CASE("all words are looked for, and the last may go on") {
  CHECK(all("refund Order ") == "refund order");
  CHECK(all("refund ord") == "refund ord*");
  CHECK(all("a") == "a");
  CHECK(all("") == "");
  CHECK(all("   ") == "");
}

TEST_CASE("Vietnamese is asked with and without marks") {
  CHECK(all("hoa don ") == "hoa don");
  CHECK(all("hóa đơn ") == "hoa=hóa don=đơn");
}

TEST_CASE("Chinese runs are pairs side by side; one character begins a pair") {
  CHECK(all("退款") == "退款");
  CHECK(all("退款申请 ") == "退款+款申+申请");
  CHECK(all("退") == "退*");
  CHECK(all("退款\xe3\x80\x80手机 ") == "退款 手机");  // The wide space of Chinese keyboards.
  CHECK(all("iPhone手机 ") == "iphone+手机");
  CHECK(all("3月 ") == "3+月*");
}

TEST_CASE("quotes keep words side by side") {
  CHECK(all("\"where is it\" now ") == "where+is+it now");
  CHECK(all("“where is it” now ") == "where+is+it now");
  CHECK(all("\"not closed") == "not+closed");
  CHECK(all("kim@example.com ") == "kim+example+com");
}

TEST_CASE("a dash leaves out, a lone one means nothing") {
  CHECK(all("refund -paid ") == "refund");
  CHECK(none("refund -paid -\"no thanks\" ") == "paid no+thanks");
  CHECK(all("refund - paid ") == "refund paid");
  CHECK(none("refund - paid ") == "");
  CHECK(all("e-mail ") == "e+mail");
}

TEST_CASE("filters are told from words") {
  const Query query =
      ask("state:open QUEUE:\"night shift\" -tag:vip agent:me,none channel:web hello ");
  CHECK(shown(query.all) == "hello");
  CHECK(query.filters ==
        std::vector<NamedFilter>{{.key = "state", .value = "open", .negated = false},
                                 {.key = "queue", .value = "night shift", .negated = false},
                                 {.key = "tag", .value = "vip", .negated = true},
                                 {.key = "agent", .value = "me,none", .negated = false},
                                 {.key = "channel", .value = "web", .negated = false}});
}

TEST_CASE("what is no filter is words") {
  CHECK(ask("Re:hello http://x.test state: open ").filters.empty());
  CHECK(all("re:hello http://x.test state: open ") == "re+hello http+x+test state open");
}

TEST_CASE("from: looks at the customer alone") {
  CHECK(all("from:kim@example.com ") == "from:kim+example+com");
  CHECK(all("from:\"Kim Nguyễn\" ") == "from:kim+nguyen");
  CHECK(all("from:0912345678 ") == "from:0912345678~876543219");
  CHECK(none("-from:kim ") == "from:kim");
}

TEST_CASE("a telephone number is the same in every writing") {
  for (const char* written :
       {"0912345678 ", "0912 345 678 ", "+84 912 345 678 ", "+84-912-345-678 ",
        "(+84) 912.345.678 ", "0084912345678 ", "84912345678 "}) {
    CAPTURE(written);
    const Query query = ask(written);
    REQUIRE(query.all.size() == 1);
    CHECK(query.all[0].phone == "876543219");
  }
  CHECK(all("call 0912 345 678 now ") == "call 0912+345+678~876543219 now");
}

TEST_CASE("a number too short for a telephone is words") {
  CHECK(all("12 34 ") == "12 34");
  CHECK(all("order 1042 ") == "order 1042");
}

TEST_CASE("#1042 is that ticket and no other") {
  const Query query = ask("#1042 refund ");
  CHECK(query.ids == std::vector{TicketId{1042}});
  CHECK(shown(query.all) == "refund");
  CHECK(ask("-#7 ").not_ids == std::vector{TicketId{7}});
  CHECK(all("#refund ") == "refund");
  CHECK(ask("#0 ").ids.empty());
}

TEST_CASE("a number alone may be a ticket's") {
  CHECK(ask("1042").maybe_id == TicketId{1042});
  CHECK(ask("1042 refund ").maybe_id == TicketId{});
  CHECK(ask("\"1042\"").maybe_id == TicketId{});
  CHECK(ask("10421042104").maybe_id == TicketId{10421042104});
}

TEST_CASE("FTS5's own syntax is only words") {
  CHECK(all("NEAR(a b, 3) OR (text : x) AND NOT y* ^z ") == "near+a b 3 or text x and not y z");
  CHECK(all("a\" OR \"b ") == "a or b");
}

TEST_CASE("there is an end to how much is looked for") {
  std::string text;
  for (int i = 0; i < 100; ++i) text += "w" + std::to_string(i) + " ";
  const Query query = ask(text);
  CHECK(query.all.size() == kTerms);
  CHECK(query.too_long);
}

TEST_CASE("no bytes are a mistake") {
  std::mt19937 random(7);
  const std::string_view pieces[] = {"\"", "-",  ":",      "#",        "from:",    "state:", " ",
                                     "退", "ồ",  "\xff",   "\xe2",     "“",        "”",      "*",
                                     "(",  "09", "queue:", "\xcc\x81", "12345678", "a",      ","};
  for (int i = 0; i < 5'000; ++i) {
    std::string text;
    for (unsigned n = random() % 12; n > 0; --n) text += pieces[random() % std::size(pieces)];
    const Query query = ask(text);
    for (const std::vector<SearchTerm>* terms : {&query.all, &query.none})
      for (const SearchTerm& term : *terms) {
        CAPTURE(text);
        REQUIRE(!term.words.empty());
        for (const std::string& word : term.words) {
          REQUIRE(!word.empty());
          REQUIRE(word.find_first_of(" \"") == std::string::npos);
        }
      }
  }
}
