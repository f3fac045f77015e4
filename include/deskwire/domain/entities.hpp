// SPDX-License-Identifier: Apache-2.0
// The entities the engine decides over. Each is one whole row in the store (rows are the start-up
// truth). They hold ids and pseudonymous keys, never names, addresses or text: those are content
// (content.hpp).
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "deskwire/base/id.hpp"
#include "deskwire/base/instant.hpp"
#include "deskwire/base/key.hpp"
#include "deskwire/domain/names.hpp"

namespace deskwire {

/// A skill with a proficiency from 1 to 5: what an agent has, or the least that a ticket asks for.
struct SkillLevel {
  SkillId skill;
  std::uint8_t level = 1;
  friend bool operator==(const SkillLevel&, const SkillLevel&) = default;
};

/// One SLA measurement on one ticket. `due_at` is derived and re-derived; a verdict stays.
struct Clock {
  Metric metric = Metric::first_response;
  ClockState state = ClockState::running;
  SlaId sla;
  CalendarId calendar;  ///< Zero: 24/7.
  Duration target;      ///< Business time on `calendar`.
  Instant started_at;
  Instant resumed_at;  ///< Start of the running stretch.
  Duration used;       ///< Business time consumed before `resumed_at`.
  Instant due_at;      ///< Meaningful while running; when paused, what it was.
  Instant warn_at;     ///< kNever without a warning.
  bool warned = false;
  Instant stopped_at;  ///< When met, or when the stopping event came after a breach.
  /// While answered: what the clock would be without the answer. It goes on pausing and resuming,
  /// so that taking the answer back leaves no trace; `met` once another answer surely left in time.
  ClockState under = ClockState::running;
  Instant sent_at;  ///< While answered: when another answer was written that surely left.
  friend bool operator==(const Clock&, const Clock&) = default;
};

/// Whether it still asks for something: it runs, or its deadline passed and nobody has done it yet.
[[nodiscard]] inline bool unmet(const Clock& clock) {
  return clock.state == ClockState::running ||
         (clock.state == ClockState::breached && !clock.stopped_at);
}

/// An agent who may not be offered this ticket again before `until`.
struct Exclusion {
  AgentId agent;
  Instant until;
  OfferEnd because = OfferEnd::declined;
  friend bool operator==(const Exclusion&, const Exclusion&) = default;
};

struct Ticket {
  TicketId id;
  TicketState state = TicketState::queued;
  QueueId queue;
  Channel channel = Channel::email;
  ChannelId channel_name;
  Priority priority = Priority::normal;
  CustomerId customer;
  TicketId linked_to;                ///< The ticket this one follows up, or zero.
  std::uint64_t policy_version = 0;  ///< The policy and rule that routed it last.
  RuleId rule;                       ///< Zero: the default rule, or placed by hand.
  SlaId sla;                         ///< Zero: no SLA policy matched.
  Instant created_at;                ///< Receipt of the first message.
  Instant updated_at;
  Instant queued_at;  ///< Age: kept over offers, declines and transfers.
  Instant state_since;
  std::int64_t rank =
      0;  ///< Lower is served first; fixed on entering the queue and on changes (SEMANTICS §2).
  std::vector<SkillLevel> required;  ///< Sorted by skill.
  AgentId agent;                     ///< Assignee; kept while pending, on hold and resolved.
  Instant assigned_at;
  std::uint16_t weight_percent = 0;  ///< Of the assignee's capacity while state is `assigned`.
  bool manual = false;               ///< Assigned by hand beyond capacity.
  AgentId preferred;                 ///< Offered to this agent alone until `preferred_until`.
  Instant preferred_until;
  AgentId last_agent;
  OfferId offer;  ///< The one live offer, or zero.
  std::vector<Exclusion> exclusions;
  std::vector<Clock> clocks;
  std::uint32_t last_seq = 0;        ///< Sequence of the ticket's last message, dense from 1.
  std::uint32_t last_in_seq = 0;     ///< Of the last customer message.
  Key subject_key;                   ///< Of the normalised subject; zero if unknown.
  std::vector<Key> participants;     ///< Identity keys of people who may write here; at most 64.
  std::vector<ChannelId> addressed;  ///< Every one of our addresses that was written to.
  std::string disposition;
  TicketId conversation;  ///< The first ticket of a chain of follow-ups; zero: this one.
  /// In a chat: of the last message of the conversation that the visitor sees; goes on in
  /// follow-ups.
  std::uint32_t visible_seq = 0;
  Instant snoozed_until;          ///< While assigned: costs its agent nothing until then.
  std::vector<std::string> tags;  ///< Words of the desk (tag.hpp), sorted, each once.
  /// The agent who wrote last, where, and where anyone else among the agents did: enough to say to
  /// each of them whether somebody wrote after what they have read.
  AgentId last_writer;
  std::uint32_t last_writer_seq = 0;
  std::uint32_t other_writer_seq = 0;
  std::uint16_t held = 0;  ///< Replies whose hold has not ended in being sent or withdrawn.
  /// The customer's first message and where it came in; zero: an agent opened the ticket, and
  /// nobody waits for a first answer.
  Instant asked_at;
  QueueId asked_in;
  /// The first answer by a person, or who took the call; zero: none yet, or it never arrived.
  Instant answered_at;
  QueueId answered_in;
  AgentId answered_by;
  friend bool operator==(const Ticket&, const Ticket&) = default;
};

struct Agent {
  AgentId id;
  Role role = Role::agent;
  bool enabled = true;
  std::vector<SkillLevel> skills;  ///< Sorted by skill.
  std::vector<QueueId> queues;     ///< Sorted. The queues the agent is offered from and may see.
  std::uint16_t capacity_percent = 100;
  Presence presence = Presence::offline;
  std::string presence_reason;  ///< A policy's word such as "lunch", or "missed offers"; never free
                                ///< text from a customer.
  Instant presence_since;
  bool connected = false;  ///< At least one console session.
  Instant
      grace_until;  ///< Connection lost: still counted as present until then; zero if not in grace.
  /// Since the agent's last turn: an offer made, an assignment begun or ended, presence begun.
  /// "Longest idle" orders by it, so a burst goes round the team instead of filling one agent.
  Instant idle_since;
  std::uint16_t missed_in_row = 0;
  Instant last_offer_at;  ///< Zero: none yet. "Round robin" orders by it.
  friend bool operator==(const Agent&, const Agent&) = default;
};

/// One line of a decision record: an agent and why (not).
struct CandidateVerdict {
  AgentId agent;
  Verdict verdict = Verdict::chosen;
  SkillId skill;  ///< With missing_skill: which.
  std::uint16_t load_percent = 0;
  Instant idle_since;
  friend bool operator==(const CandidateVerdict&, const CandidateVerdict&) = default;
};

/// Why an offer was made as it was: enough to explain it later without replaying.
struct Decision {
  std::uint64_t policy_version = 0;
  RuleId rule;
  std::uint16_t step = 0;  ///< 0: the first step; more with relaxation steps.
  std::int64_t rank = 0;
  Strategy strategy = Strategy::longest_idle;
  bool preferred = false;                    ///< Chosen as the preferred agent.
  std::vector<SkillLevel> matched;           ///< Required skills with the agent's own level.
  std::vector<CandidateVerdict> candidates;  ///< The chosen first, then the order; at most 32.
  std::uint32_t candidates_total = 0;
  std::uint32_t waiting_total = 0;  ///< Tickets waiting in the queue at that moment.
  friend bool operator==(const Decision&, const Decision&) = default;
};

struct Offer {
  OfferId id;
  TicketId ticket;
  AgentId agent;
  Instant made_at;
  Instant expires_at;
  OfferEnd end = OfferEnd::pending;
  RescindCause cause = RescindCause::none;
  std::string decline_reason;
  Instant ended_at;
  std::uint16_t weight_percent = 0;
  Decision why;
  friend bool operator==(const Offer&, const Offer&) = default;
};

struct Message {
  MessageId id;
  TicketId ticket;  ///< Zero: machine mail that belongs to no ticket.
  std::uint32_t seq = 0;
  Direction direction = Direction::in;
  Channel channel = Channel::email;
  ChannelId channel_name;
  AuthorKind author_kind = AuthorKind::customer;
  std::uint64_t author = 0;  ///< CustomerId or AgentId, by kind.
  Instant at;
  Machine machine = Machine::none;
  bool unverified = false;  ///< From someone who is no participant and showed no valid token:
                            ///< shown, never mailed to.
  bool sender_authenticated =
      false;  ///< DMARC or aligned DKIM/SPF pass from a trusted authserv-id.
  DeliveryState delivery = DeliveryState::none;  ///< Outbound only.
  std::string delivery_detail;                   ///< "550 5.1.1 …" or the like, at most 200 bytes.
  std::uint32_t visible_seq = 0;  ///< In a chat: what the visitor counts by, dense from 1.
  Instant held_until;             ///< May be taken back until its sending begins; zero: may not.
  std::vector<AgentId> mentions;  ///< In a note: whom it calls by name.
  friend bool operator==(const Message&, const Message&) = default;
};

struct Customer {
  CustomerId id;
  Instant created_at;
  std::uint8_t tier = 0;  ///< 0 none, higher is more valuable.
  AgentId last_agent;
  CustomerId merged_into;
  friend bool operator==(const Customer&, const Customer&) = default;
};

/// A message on its way out. Live while `state` is queued or sending.
struct OutboxItem {
  MessageId message;
  TicketId ticket;
  Channel channel = Channel::email;
  ChannelId channel_name;
  DeliveryState state = DeliveryState::queued;
  std::uint32_t attempts = 0;
  Instant created_at;
  Instant next_attempt_at;
  // Of a reply that may be taken back: until when nothing begins, and what to put back then.
  Instant held_until;
  bool took_ticket = false;  ///< The ticket waited in its queue before.
  Instant snoozed_until;     ///< The ticket was snoozed before.
  bool late = false;         ///< First response was overdue when it was written.
  friend bool operator==(const OutboxItem&, const OutboxItem&) = default;
};

/// It may still be taken back.
[[nodiscard]] constexpr bool is_held(const OutboxItem& item) {
  return item.held_until && item.attempts == 0;
}

}  // namespace deskwire
