// SPDX-License-Identifier: Apache-2.0
// A conversation with the SMTP machine as text: what the client says goes in, what the server says
// comes back. Mails that arrive are kept and answered "queued" unless a test says otherwise.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "channels/email/smtp_machine.hpp"

namespace deskwire::email {

struct FakeHost : SmtpHost {
  std::optional<SmtpReply> full;
  bool tls_free = true;

  std::optional<SmtpReply> refuse_mail() override { return full; }
  bool may_start_tls() override { return tls_free; }
  RecipientVerdict recipient(std::string_view address) override {
    using Kind = RecipientVerdict::Kind;
    if (address == "postmaster") return {Kind::ours, "support@demo.test"};
    if (address == "support@demo.test" || address == "billing@demo.test" ||
        address == "büro@demo.test") {
      return {Kind::ours, std::string(address)};
    }
    return {address.ends_with("@demo.test") ? Kind::unknown : Kind::relay, {}};
  }
};

struct TakenMail {
  SmtpTransaction envelope;
  std::string body;
};

class Dialogue {
 public:
  using Want = SmtpMachine::Want;

  explicit Dialogue(SmtpRules rules = {}) : machine(named(std::move(rules)), host) {
    machine.greet();
    greeting = machine.take_replies();
  }

  /// Feeds everything, `step` bytes at a time, and returns all that the server says meanwhile.
  std::string say(std::string_view bytes, std::size_t step = std::string_view::npos) {
    std::string heard;
    while (!bytes.empty() && machine.want() == Want::input) {
      std::string_view part = bytes.substr(0, step);
      bytes.remove_prefix(part.size());
      while (!part.empty() && machine.want() == Want::input) {
        machine.feed(part);
        body += machine.take_body();
        if (machine.want() == Want::delivery) deliver();
      }
      heard += machine.take_replies();
    }
    heard += machine.take_replies();
    unread = bytes;
    return heard;
  }

  /// EHLO (LHLO) done, nothing of it heard.
  Dialogue& greeted(bool lmtp = false) {
    say(lmtp ? "LHLO client.test\r\n" : "EHLO client.test\r\n");
    return *this;
  }

  FakeHost host;
  SmtpMachine machine;
  std::string greeting;
  std::string body;
  std::string_view unread;  ///< What the machine did not want any more.
  SmtpReply verdict{250, "2.0.0", "Ok: queued"};
  std::vector<TakenMail> mails;

 private:
  static SmtpRules named(SmtpRules rules) {
    rules.hostname = "mx.demo.test";
    return rules;
  }
  void deliver() {
    mails.push_back({machine.transaction(), std::move(body)});
    body.clear();
    machine.delivered(verdict);
  }
};

inline const std::string kMail = "MAIL FROM:<ann@example.org>\r\n";
inline const std::string kRcpt = "RCPT TO:<support@demo.test>\r\n";

}  // namespace deskwire::email
