// SPDX-License-Identifier: Apache-2.0
// The file as it was written, names still unresolved: what the tables fill and build_policy turns
// into a Config.
#pragma once
#include <array>
#include <optional>
#include <string>
#include <vector>

#include "config/calendar_spec.hpp"
#include "config/config.hpp"
#include "config/kinds.hpp"

namespace deskwire::config {

struct TeamSpec {
  std::string name;
};

struct ServiceLevelSpec {
  Duration within;
  std::uint16_t target_percent = 0;
};

struct QueueSpec {
  std::string name;
  std::vector<std::string> teams;
  Skills skills;
  Duration offer_timeout, max_wait, preferred_for;
  bool auto_accept = false;
  Strategy strategy = Strategy::longest_idle;
  std::string calendar;  ///< Empty: always open.
  std::optional<ServiceLevelSpec> level;
  std::string moved_to;  ///< Set: the queue is gone, its tickets wait there.
};

struct RuleSpec {
  std::string name;
  When when;
  std::string queue;
  std::optional<Priority> priority;
  Skills skills;
};

struct WorkflowSpec {
  std::string default_queue;
  std::vector<RuleSpec> rules;
};

/// One duration for every priority, or one each; 0 is no target.
struct TargetSpec {
  std::array<Duration, 4> by_priority{};
};

struct TargetsSpec {
  std::optional<TargetSpec> first_response, resolution;
};

struct SlaSpec {
  std::string name;
  When when;             ///< Without a source: always.
  std::string calendar;  ///< Empty: 24/7.
  std::uint16_t warn_percent = 0;
  TargetsSpec targets;
};

/// Tickets, a time or a share: which of them fits depends on what the alert watches.
struct ThresholdSpec {
  enum class Unit : std::uint8_t { tickets, time, percent };
  Unit unit = Unit::tickets;
  std::int64_t value = 0;  ///< A time in milliseconds.
};

struct AlertSpec {
  std::string name;
  AlertWhen when = AlertWhen::waiting;
  std::string queue;  ///< Empty: all together.
  std::optional<ThresholdSpec> over, under;
  Duration hold;
};

struct CapacitySpec {
  std::uint16_t email = 0, sms = 0, voice = 0, chat = 0;
};

struct PriorityCreditSpec {
  Duration low, normal, high, urgent;
};

struct RoutingSpec {
  CapacitySpec capacity;
  PriorityCreditSpec priority_credit;
  std::vector<Duration> tier_credit;
  Duration close_after, decline_delay, ignored_delay, lost_delay, connection_grace;
  std::uint32_t missed_before_away = 0;
};

/// What every channel has for routing.
struct ChannelRouting {
  std::string queue;
  Skills skills;
};
struct EmailSpec : EmailChannel, ChannelRouting {};
struct SmsSpec : SmsChannel, ChannelRouting {};
struct ChatSpec : ChatChannel, ChannelRouting {
  std::string calendar, mailbox;  ///< Empty: none.
};
struct CtiSpec : CtiChannel, ChannelRouting {};
struct VoiceSpec : VoiceChannel, ChannelRouting {
  std::string calendar;  ///< Empty: always open.
};

struct ChannelsSpec {
  std::vector<EmailSpec> email;
  std::vector<SmsSpec> sms;
  std::vector<ChatSpec> chat;
  std::vector<CtiSpec> cti;
  std::vector<VoiceSpec> voice;
};

struct UserSpec : SeedUser {
  Skills skill_levels;
  std::vector<std::string> queue_names, team_names;
};

struct Model : Config {
  std::vector<CalendarSpec> calendar_specs;
  std::vector<std::string> skill_names;
  std::vector<TeamSpec> team_specs;
  std::vector<QueueSpec> queue_specs;
  WorkflowSpec workflow;
  std::vector<SlaSpec> sla_specs;
  std::vector<AlertSpec> alert_specs;
  RoutingSpec routing;
  ChannelsSpec channel_specs;
  std::vector<UserSpec> user_specs;
};

}  // namespace deskwire::config
