// SPDX-License-Identifier: Apache-2.0
// Subjects, replies, languages and HTML, with samples of our own.
#include <catch2/catch.hpp>

#include "text/html_to_text.hpp"
#include "text/language.hpp"
#include "text/reply_view.hpp"
#include "text/subject.hpp"

using namespace deskwire::text;

TEST_CASE("a subject is what stays without its prefixes") {
  const Subject subject = read_subject("AW: Re[2]: Fwd:  My   Order");
  CHECK(subject.had_prefix);
  CHECK(subject.normalised == "my order");
  CHECK_FALSE(read_subject("Refund: order 8841").had_prefix);
  CHECK(read_subject("").normalised.empty());
}

TEST_CASE("a reply is shown without the mail it quotes") {
  CHECK(visible_reply("Yes.\n\nOn Mon, 3 Mar 2025, Ann wrote:\n> Shall we?\n> Soon?\n") == "Yes.");
  CHECK(visible_reply(
            "Ja.\n\n-----Original Message-----\nFrom: Ann\nTo: Bob\nSubject: x\n\nold\n") == "Ja.");
  CHECK(visible_reply("Done.\n-- \nBob\nSales\n") == "Done.");
  CHECK(visible_reply("Only this.") == "Only this.");
}

TEST_CASE("HTML becomes text, and scripts do not") {
  const std::string text = html_to_text(
      "<style>p{}</style><p>Hello&nbsp;<b>Ann</b>,</p><script>alert(1)</script><p>a &lt; b</p>");
  CHECK(text.find("Ann") != std::string::npos);
  CHECK(text.find("a < b") != std::string::npos);
  CHECK(text.find("alert") == std::string::npos);
  CHECK(text.find("p{}") == std::string::npos);
}

TEST_CASE("the language is told from enough text, and not from a word") {
  CHECK(
      detect_language("Guten Tag, ich habe meine Bestellung noch nicht erhalten und möchte wissen, "
                      "wann sie geliefert wird. Vielen Dank für Ihre Hilfe.") == "de");
  CHECK(
      detect_language("Xin chào, tôi chưa nhận được đơn hàng của mình và muốn biết khi nào sẽ được "
                      "giao. Cảm ơn anh chị đã giúp đỡ.") == "vi");
  CHECK(detect_language("ok").empty());
}
