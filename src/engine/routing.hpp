// SPDX-License-Identifier: Apache-2.0
// Where a ticket goes: the workflow's first matching rule, what is required there, and the rank
// that orders waiting tickets (SEMANTICS §2).
#pragma once
#include <span>
#include <string>
#include <vector>

#include "engine/desk.hpp"

namespace deskwire {

/// What the workflow decided. (Not "Route": http/ has one, and the linker keeps one of two.)
struct Placement {
  QueueId queue;
  RuleId rule;  ///< Zero: the default rule.
  Priority priority = Priority::normal;
  std::vector<SkillLevel> required;  ///< Sorted by skill.
};

/// The facts of one message, and the texts that they point into.
class MessageFacts {
 public:
  struct About {
    Channel channel = Channel::email;
    const ChannelPolicy* address = nullptr;
    const IdentityContent* sender = nullptr;
    const MessageContent* content = nullptr;
    Machine machine = Machine::none;
    bool authenticated = false;
    bool customer_known = false;
    std::uint8_t customer_tier = 0;
  };
  explicit MessageFacts(const About& about);
  MessageFacts(const MessageFacts&) = delete;
  MessageFacts& operator=(const MessageFacts&) = delete;

  void set_priority(Priority priority) { facts_.set(Fact::ticket_priority, name(priority)); }
  void set_queue(std::string_view queue) { facts_.set(Fact::ticket_queue, queue); }
  [[nodiscard]] const Facts& get() const { return facts_; }

 private:
  void set_addresses(const About& about);
  void set_content(const MessageContent& content);

  std::string any_, from_, domain_;
  std::vector<std::string> recipients_;
  std::vector<std::string_view> recipient_views_;
  Facts facts_;
};

/// First match wins; else the address's queue, else the default queue.
[[nodiscard]] Placement route(const Desk& desk, const ChannelPolicy* address, const Facts& facts);
/// The first SLA policy that applies, or null.
[[nodiscard]] const SlaPolicy* choose_sla(const Desk& desk, const Facts& facts);
/// The union, with the higher level of a skill that both name; sorted by skill.
[[nodiscard]] std::vector<SkillLevel> union_of(std::vector<SkillLevel> a,
                                               std::span<const SkillLevel> b);
/// What a ticket that `rule` placed in `queue` asks for under the policy in force. Without a rule,
/// the address it came to adds its own skills in its own queue.
[[nodiscard]] std::vector<SkillLevel> required_by(const Desk& desk, QueueId queue, RuleId rule,
                                                  const ChannelPolicy* address);
/// The same for a ticket that the workflow placed before. A rule that is gone cannot say any more
/// what it asked for; what it asked for still holds.
[[nodiscard]] std::vector<SkillLevel> required_now(const Desk& desk, const Ticket& ticket,
                                                   QueueId queue);
/// Lower is served first.
[[nodiscard]] std::int64_t rank_of(const Desk& desk, const Ticket& ticket, QueueId queue,
                                   Priority priority, Instant queued_at);

/// How a ticket enters a queue.
struct Entry {
  QueueId queue;
  RuleId rule;
  Priority priority = Priority::normal;
  std::vector<SkillLevel> required;
  Instant queued_at;
  AgentId preferred;  ///< Held for this agent if that makes sense now.
};
/// Emits TicketQueued and leaves the ticket to be matched. Its clocks must be running already.
void enter_queue(Desk& desk, TicketId ticket, Entry entry);
/// Gives a waiting ticket the rank that it has by now, if that changed.
void rerank(Desk& desk, TicketId ticket);
/// The queue to fall back on when `queue` is not in the policy.
[[nodiscard]] QueueId existing_queue(const Desk& desk, QueueId queue);

}  // namespace deskwire
