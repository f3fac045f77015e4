// SPDX-License-Identifier: Apache-2.0
// However the network cuts the bytes, the machine says and keeps the same.
#include <catch2/catch.hpp>
#include <random>

#include "channels/email/smtp_dialogue.hpp"

namespace deskwire::email {
namespace {

struct Outcome {
  std::string heard;
  std::vector<std::string> bodies;
  bool closed = false;
  friend bool operator==(const Outcome&, const Outcome&) = default;
};

Outcome converse(const SmtpRules& rules, std::string_view bytes, std::size_t step) {
  Dialogue d(rules);
  Outcome out;
  out.heard = d.say(bytes, step);
  for (const TakenMail& mail : d.mails) out.bodies.push_back(mail.body);
  out.closed = d.machine.want() == SmtpMachine::Want::close;
  return out;
}

/// Sessions thrown together from pieces that matter to the framing, valid or not.
std::string random_session(std::mt19937& random, bool lmtp) {
  const std::string pieces[] = {lmtp ? "LHLO c\r\n" : "EHLO c\r\n",
                                kMail,
                                kMail,
                                kRcpt,
                                kRcpt,
                                "DATA\r\n",
                                "DATA\r\n",
                                "BDAT 5\r\n",
                                "BDAT 7 LAST\r\n",
                                "BDAT 0 LAST\r\n",
                                "\r\n.\r\n",
                                "\r\n.\r\n",
                                ".\r\n",
                                "\r\n",
                                "..\r\n",
                                "text line\r\n",
                                "\n",
                                "\r",
                                ".",
                                "\n.\n",
                                "\r.\r",
                                "\r\n.\r\r\n",
                                std::string("\0", 1),
                                "\xFF\x80",
                                "RSET\r\n",
                                "NOOP\r\n",
                                "QUIT\r\n",
                                std::string(5000, 'x'),
                                "RCPT TO:<no@demo.test>\r\n"};
  std::string out = pieces[0] + (random() % 2 ? kMail + kRcpt + "DATA\r\n" : "");
  for (auto n = random() % 30; n > 0; --n) out += pieces[random() % std::size(pieces)];
  return out;
}

TEST_CASE("byte by byte or in pieces, a session goes as when fed whole") {
  for (std::uint32_t seed = 0; seed < 1500; ++seed) {
    std::mt19937 random(seed);
    SmtpRules rules;
    rules.lmtp = random() % 4 == 0;
    rules.bare_line_ends = random() % 2 ? BareLineEnds::normalise : BareLineEnds::refuse;
    rules.max_message_bytes = random() % 3 ? 1 << 20 : 20;
    const std::string session = random_session(random, rules.lmtp);
    const Outcome whole = converse(rules, session, std::string::npos);
    INFO("seed " << seed);
    REQUIRE(converse(rules, session, 1) == whole);
    REQUIRE(converse(rules, session, 2 + random() % 50) == whole);
  }
}

TEST_CASE("no bytes at all can make the machine say anything but well-formed replies") {
  for (std::uint32_t seed = 0; seed < 300; ++seed) {
    std::mt19937 random(seed);
    std::string noise(random() % 3000, '\0');
    for (char& c : noise)
      c = static_cast<char>(random() % 8 ? random() % 256 : "\r\n. "[random() % 4]);
    Dialogue d;
    const std::string heard = d.say(noise, 1 + random() % 100);
    INFO("seed " << seed);
    std::string_view rest = heard;
    while (!rest.empty()) {
      const auto end = rest.find("\r\n");
      REQUIRE(end != std::string_view::npos);
      REQUIRE(end >= 4);
      REQUIRE((rest[0] >= '2' && rest[0] <= '5'));
      rest.remove_prefix(end + 2);
    }
  }
}

}  // namespace
}  // namespace deskwire::email
