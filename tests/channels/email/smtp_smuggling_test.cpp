// SPDX-License-Identifier: Apache-2.0
// Sequences that some servers took for the end of a mail: none but CRLF.CRLF may end DATA here, in
// either mode.
#include <boost/json.hpp>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>

#include "channels/email/smtp_dialogue.hpp"

namespace deskwire::email {
namespace {

std::filesystem::path corpus() {
  const char* named = std::getenv("DESKWIRE_CORPUS");
  return named ? std::filesystem::path(named) : std::filesystem::path("../shared/corpus");
}

std::string unhex(std::string_view hex) {
  std::string out;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2)
    out.push_back(static_cast<char>(std::stoi(std::string(hex.substr(i, 2)), nullptr, 16)));
  return out;
}

std::string replace(std::string text, std::string_view what, std::string_view with) {
  text.replace(text.find(what), what.size(), with);
  return text;
}

std::string opened() { return "EHLO c\r\n" + kMail + kRcpt + "DATA\r\n"; }

SmtpRules rules_for(BareLineEnds mode) {
  SmtpRules rules;
  rules.bare_line_ends = mode;
  return rules;
}

std::vector<boost::json::object> records() {
  std::vector<boost::json::object> out;
  std::ifstream file(corpus() / "hostile/smtp_smuggling.jsonl");
  for (std::string line; std::getline(file, line);)
    if (!line.empty()) out.push_back(boost::json::parse(line).as_object());
  return out;
}

TEST_CASE("no known smuggling sequence ends DATA or runs the mail inside") {
  const auto all = records();
  if (all.empty()) {
    std::cout << "skipped: no corpus\n";
    return;
  }
  const std::string text =
      "From: alice@example.org\r\n\r\nouter body{EOD}MAIL FROM:<admin@example.net>\r\nRCPT "
      "TO:<support@demo.test>\r\n"
      "DATA\r\nSubject: smuggled\r\n\r\nsmuggled body\r\n.\r\n";
  for (const auto mode : {BareLineEnds::refuse, BareLineEnds::normalise}) {
    for (const auto& record : all) {
      if (!record.contains("sequence_hex") || record.at("name") == "correct") continue;
      const std::string sequence = unhex(record.at("sequence_hex").as_string());
      INFO(record.at("name").as_string().c_str()
           << (mode == BareLineEnds::refuse ? " refuse" : " normalise"));
      for (const std::size_t step : {std::string::npos, std::size_t{1}}) {
        Dialogue d(rules_for(mode));
        d.say(opened());
        const std::string heard = d.say(replace(text, "{EOD}", sequence), step);
        CHECK(heard.find("\r\n") + 2 == heard.size());  // One reply, so one mail at most.
        if (heard.starts_with("250")) {
          REQUIRE(d.mails.size() == 1);
          CHECK(d.mails[0].body.find("smuggled body") != std::string::npos);
          CHECK(d.mails[0].envelope.sender == "ann@example.org");
        } else {
          CHECK(heard.starts_with("550 5.6.11"));
          CHECK(mode == BareLineEnds::refuse);
          CHECK(d.mails.empty());
          CHECK(d.machine.want() == SmtpMachine::Want::close);
        }
      }
    }
  }
}

TEST_CASE("bare line ends refuse the mail by default and close, but only at its real end") {
  for (const char* text : {"a\nb\r\n", "a\rb\r\n", "\n.\n", "\r.\r", "a\r\r\n", ".\nx\r\n",
                           ".\r.\r\n", "a\n\r\n", "a\r\n\n"}) {
    Dialogue d;
    d.say(opened());
    CHECK(d.say(text).empty());
    CHECK(d.say("more\r\n").empty());
    CHECK(d.say(".\r\nNOOP\r\n") ==
          "550 5.6.11 Bare CR or LF in the mail; lines must end with CR LF\r\n");
    CHECK(d.machine.want() == SmtpMachine::Want::close);
    CHECK(d.mails.empty());
  }
}

TEST_CASE("normalising makes CRLF of each bare CR and LF") {
  const std::pair<std::string, std::string> rows[] = {{"a\nb", "a\r\nb"},
                                                      {"a\rb", "a\r\nb"},
                                                      {"a\r\r\nb", "a\r\n\r\nb"},
                                                      {"a\n\rb", "a\r\n\r\nb"},
                                                      {"a\n.\nb", "a\r\n.\r\nb"},
                                                      {"a\n..\nb", "a\r\n..\r\nb"},
                                                      {"a\r\n.\nb", "a\r\n\r\nb"},
                                                      {"a\r\n.\rb", "a\r\n\r\nb"},
                                                      {"a\n.\r\nb", "a\r\n.\r\nb"},
                                                      {"a\r.\r\nb", "a\r\n.\r\nb"},
                                                      {"a\r\n.\r\r\nb", "a\r\n\r\n\r\nb"}};
  for (const auto& [sent, kept] : rows) {
    Dialogue d(rules_for(BareLineEnds::normalise));
    d.say(opened());
    CHECK(d.say(sent + "\r\n.\r\n").starts_with("250"));
    REQUIRE(d.mails.size() == 1);
    CHECK(d.mails[0].body == kept + "\r\n");
  }
}

TEST_CASE("transparency dots are removed after CRLF alone") {
  Dialogue d;
  d.say(opened());
  CHECK(d.say("..\r\n...\r\n.x\r\na.\r\n..a\r\n.\r\n").starts_with("250"));
  CHECK(d.mails.at(0).body == ".\r\n..\r\nx\r\na.\r\n.a\r\n");
}

TEST_CASE("a bare line end at the end of the last chunk counts too") {
  Dialogue d;
  d.greeted().say(kMail + kRcpt);
  CHECK(d.say("BDAT 2 LAST\r\na\r").starts_with("550 5.6.11"));
  CHECK(d.machine.want() == SmtpMachine::Want::close);
}

TEST_CASE("a line beyond the bound refuses the mail, a long one does not") {
  SmtpRules rules;
  rules.max_text_line_bytes = 5000;
  Dialogue d(rules);
  d.say(opened());
  CHECK(d.say(std::string(5000, 'x') + "\r\n.\r\n").starts_with("250"));
  CHECK(d.say(kMail + kRcpt + "DATA\r\n" + std::string(5001, 'x') + "\r\n.\r\n")
            .ends_with("554 5.6.0 A line of the mail is too long\r\n"));
}

}  // namespace
}  // namespace deskwire::email
