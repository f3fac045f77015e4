// SPDX-License-Identifier: Apache-2.0
// Builders for the engine's tests: one small desk's policy and the mails that come to it.
#pragma once
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "deskwire/domain/calendar.hpp"
#include "deskwire/domain/commands.hpp"
#include "deskwire/domain/expr.hpp"

namespace deskwire::test {

inline constexpr QueueId general{1}, billing{2}, calls{3};
inline constexpr SkillId invoices{1}, german{2};
inline constexpr ChannelId support_address{1}, billing_address{2};
inline constexpr RuleId refund_rule{1}, german_rule{2};
inline constexpr SlaId standard_sla{1};
inline constexpr CalendarId office_hours{1};

/// Monday, 2024-01-01, 09:00 UTC.
inline constexpr Instant monday_nine{1'704'099'600'000};

/// A pseudonym for any word, the same every time.
inline Key key_of(std::string_view word) {
  std::uint64_t h = 0xcbf29ce484222325ULL;
  for (const char c : word) h = (h ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
  return {h, ~h};
}

inline Program compiled(std::string_view source) {
  struct NoPatterns final : MatcherFactory {
    std::expected<std::shared_ptr<const Matcher>, std::string> compile(
        std::string_view) const override {
      return std::unexpected("patterns are not needed here");
    }
  };
  auto program = compile(source, NoPatterns{});
  if (!program) throw std::logic_error("bad expression in a test: " + std::string(source));
  return *program;
}

/// Monday to Friday 09:00–17:00 UTC for twelve weeks from `monday_nine`.
inline Calendar office_calendar() {
  std::vector<std::pair<Instant, Instant>> open;
  for (int week = 0; week < 12; ++week)
    for (int day = 0; day < 5; ++day) {
      const Instant begin = monday_nine + days(week * 7 + day);
      open.emplace_back(begin, begin + hours(8));
    }
  return make_calendar(office_hours, "office", "UTC", std::move(open));
}

inline Rule a_rule(RuleId id, std::string_view when, QueueId queue) {
  Rule rule;
  rule.id = id;
  rule.name = "rule";
  rule.source = std::string(when);
  rule.when = compiled(when);
  rule.queue = queue;
  return rule;
}

inline Queue a_queue(QueueId id, std::string name) {
  Queue queue;
  queue.id = id;
  queue.name = std::move(name);
  return queue;
}

inline ChannelPolicy an_address(ChannelId id, std::string name, QueueId queue) {
  ChannelPolicy address;
  address.id = id;
  address.name = std::move(name);
  address.queue = queue;
  return address;
}

/// First response in 4 h and resolution in 24 h at normal priority, half of it when high.
inline SlaPolicy a_sla() {
  SlaPolicy sla;
  sla.id = standard_sla;
  sla.name = "standard";
  sla.targets = {{Metric::first_response, {hours(8), hours(4), hours(2), hours(1)}},
                 {Metric::resolution, {hours(48), hours(24), hours(12), hours(6)}}};
  return sla;
}

/// Two mailboxes, a rule for refunds, no service levels: tests add what they are about.
inline Policy a_policy() {
  Policy policy;
  policy.desk_name = "test";
  policy.skills = {{invoices, "invoices"}, {german, "german"}};
  policy.queues = {a_queue(general, "general"), a_queue(billing, "billing")};
  policy.default_queue = general;
  Rule refund = a_rule(refund_rule, "message.any contains 'refund'", billing);
  refund.priority = Priority::high;
  refund.required = {{invoices, 2}};
  policy.workflow = {refund};
  policy.channels = {an_address(support_address, "support", general),
                     an_address(billing_address, "billing", billing)};
  policy.channels[1].required = {{invoices, 1}};
  return policy;
}

/// One mail on its way in.
class Mail {
 public:
  explicit Mail(const std::string& who) {
    m_.addressed = {support_address};
    m_.sender = {key_of("email:" + who), "email", who + "@example.test", who};
    content_.from = {who, who + "@example.test"};
    content_.subject = "help";
    content_.text = "please";
    m_.subject_key = key_of("help");
    id("mail of " + who);
  }
  /// Its own Message-ID, which is also what makes it a duplicate of itself.
  Mail& id(const std::string& message_id) {
    m_.own_key = key_of("thread:" + message_id);
    m_.dedupe = key_of("dedupe:" + message_id);
    return *this;
  }
  Mail& to(std::vector<ChannelId> addresses) { return m_.addressed = std::move(addresses), *this; }
  Mail& about(const std::string& subject) {
    content_.subject = subject;
    m_.subject_key = key_of(subject);
    return *this;
  }
  Mail& saying(std::string text) { return content_.text = std::move(text), *this; }
  Mail& in_reply_to(const std::string& message_id) {
    m_.references.push_back(key_of("thread:" + message_id));
    m_.reply_subject = true;
    return *this;
  }
  Mail& with_fresh_subject() { return m_.reply_subject = false, *this; }
  Mail& with_token(TicketId ticket) { return m_.token_ticket = ticket, *this; }
  Mail& received_at(Instant at) { return m_.received_at = at, *this; }
  Mail& by_machine(Machine machine = Machine::auto_reply) { return m_.machine = machine, *this; }
  Mail& without_sender() { return m_.sender = {}, *this; }
  Mail& without_duplicate_check() { return m_.dedupe = {}, *this; }
  Mail& bouncing(MessageId message, bool permanent, const std::string& dead = {}) {
    m_.machine = Machine::bounce;
    m_.bounce = BounceReport{message, {}, permanent, "5.1.1 no such user", {}};
    if (!dead.empty()) m_.bounce->dead_address = key_of("email:" + dead);
    return *this;
  }
  [[nodiscard]] ReceiveMessage build() const {
    ReceiveMessage m = m_;
    m.content = std::make_shared<MessageContent>(content_);
    return m;
  }

 private:
  ReceiveMessage m_;
  MessageContent content_;
};

inline Mail a_mail_from(const std::string& who) { return Mail(who); }

inline ContentPtr text(std::string words, std::string subject = {}) {
  auto content = std::make_shared<MessageContent>();
  content->subject = std::move(subject);
  content->text = std::move(words);
  return content;
}

}  // namespace deskwire::test
