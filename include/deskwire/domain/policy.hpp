// SPDX-License-Identifier: Apache-2.0
// Policy is data: what the configuration says about routing and service levels, immutable, replaced
// as a whole by a journaled command. Names map to ids that are never reused (NameIds).
#pragma once
#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "deskwire/domain/calendar.hpp"
#include "deskwire/domain/entities.hpp"
#include "deskwire/domain/expr.hpp"

namespace deskwire {

struct Skill {
  SkillId id;
  std::string name;
};

/// What a queue promises its customers as a whole: a share of first answers within a time.
struct ServiceLevel {
  Duration within;
  std::uint8_t target_percent = 80;
  CalendarId calendar;  ///< In whose hours `within` counts; zero: 24/7.
};

struct Queue {
  QueueId id;
  std::string name;
  Strategy strategy = Strategy::longest_idle;
  std::vector<SkillLevel> required;  ///< Every ticket in this queue asks for these.
  Duration offer_timeout = seconds(30);
  bool auto_accept = false;
  Duration max_wait = hours(24);  ///< Stands in for a deadline in `rank` where no clock runs.
  Duration preferred_for = seconds(60);  ///< Hold for the preferred agent; 0 turns it off.
  CalendarId calendar;                   ///< Zero: always open.
  std::optional<ServiceLevel> level;     ///< Unset: see Policy::level_of.
};

struct Team {
  TeamId id;
  std::string name;
  std::vector<QueueId> queues;
};

struct Rule {
  RuleId id;
  std::string name;
  std::string source;  ///< As written, for explain.
  Program when;
  QueueId queue;
  std::optional<Priority> priority;
  std::vector<SkillLevel> required;
};

struct SlaTarget {
  Metric metric = Metric::first_response;
  std::array<Duration, 4> by_priority{};  ///< Index: Priority; 0 means no target.
};

struct SlaPolicy {
  SlaId id;
  std::string name;
  Program when;
  CalendarId calendar;  ///< Zero: 24/7.
  std::uint8_t warn_percent =
      80;  ///< Share of the target after which a warning fires; 0 or 100 and above: none.
  std::vector<SlaTarget> targets;
};

struct ChannelPolicy {
  ChannelId id;
  std::string name;
  Channel channel = Channel::email;
  QueueId queue;                     ///< Where the default rule puts its tickets.
  std::vector<SkillLevel> required;  ///< Added when the default rule placed the ticket.
};

/// A queue that the new policy no longer has, and where its tickets go.
struct QueueMove {
  QueueId from, to;
};

/// Something a supervisor wants to be told: a figure beyond a threshold for a time.
struct Alert {
  std::string name;
  AlertWhen when = AlertWhen::waiting;
  QueueId queue;               ///< Zero: all queues together.
  bool over = true;            ///< Above the threshold, else below it.
  std::int64_t threshold = 0;  ///< Tickets, milliseconds (oldest) or percent (level).
  Duration hold;               ///< For so long at a stretch.
};

struct Policy {
  std::uint64_t version = 1;
  std::string desk_name;
  std::vector<Skill> skills;
  std::vector<Queue> queues;
  std::vector<Team> teams;
  std::vector<Rule> workflow;
  QueueId default_queue;
  std::vector<SlaPolicy> slas;
  std::vector<Calendar> calendars;
  std::vector<ChannelPolicy> channels;
  std::vector<QueueMove> moves;
  std::vector<Alert> alerts;
  std::vector<Instant>
      midnights;  ///< Where days begin in the desk's zone; sorted. Empty: as UTC's.
  std::array<std::uint16_t, 4> weight_percent{20, 33, 100, 33};  ///< Index: Channel.
  std::array<Duration, 4> priority_credit{Duration{0}, hours(1), hours(8),
                                          hours(24)};  ///< Index: Priority.
  std::array<Duration, 4> tier_credit{};               ///< Index: tier, clamped to 3.
  Duration close_after = days(7);
  Duration decline_delay = minutes(5);
  Duration ignored_delay = minutes(2);
  Duration lost_delay = seconds(30);
  Duration connection_grace = seconds(20);
  std::uint16_t missed_before_away = 3;

  [[nodiscard]] const Queue* queue(QueueId id) const;
  [[nodiscard]] const Queue* queue(std::string_view name) const;
  [[nodiscard]] const Calendar* calendar(CalendarId id) const;
  [[nodiscard]] const SlaPolicy* sla(SlaId id) const;
  [[nodiscard]] const ChannelPolicy* channel(ChannelId id) const;
  [[nodiscard]] const ChannelPolicy* channel(std::string_view name) const;
  [[nodiscard]] const Skill* skill(SkillId id) const;
  [[nodiscard]] const Rule* rule(RuleId id) const;
  /// The queue's own service level, else the first response that a ticket of normal priority is
  /// promised there, else `max_wait`.
  [[nodiscard]] ServiceLevel level_of(const Queue& queue) const;
  /// When the desk's day began in which `at` lies.
  [[nodiscard]] Instant day_of(Instant at) const;
};

using PolicyPtr = std::shared_ptr<const Policy>;

/// Names of one kind ("queue", "skill", "channel", "calendar", "rule", "sla", "team") to ids that
/// are never reused; persisted whole beside the policy.
struct NameIds {
  std::map<std::pair<std::string, std::string>, std::uint64_t> ids;       ///< (kind, name) → id
  std::map<std::string, std::uint64_t> next;                              ///< per kind, starts at 1
  std::uint64_t id_of(const std::string& kind, const std::string& name);  ///< Allocates if new.
  [[nodiscard]] std::optional<std::uint64_t> find(const std::string& kind,
                                                  const std::string& name) const;
};

}  // namespace deskwire
