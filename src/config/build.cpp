// SPDX-License-Identifier: Apache-2.0
// From names to ids: the immutable Policy, the channels and the users to create.
#include <algorithm>
#include <cassert>
#include <chrono>
#include <utility>

#include "config/whole.hpp"

namespace deskwire::config {
namespace {

class Builder {
 public:
  Builder(Model& model, NameIds& ids, const LoadOptions& options)
      : model_(model), ids_(ids), options_(options) {}

  void run() {
    policy_.version = options_.policy_version;
    policy_.desk_name = model_.desk.name;
    for (const auto& name : model_.skill_names)
      policy_.skills.push_back({id<SkillId>("skill", name), name});
    for (const auto& spec : model_.calendar_specs) add_calendar(spec);
    for (const auto& spec : model_.team_specs)
      policy_.teams.push_back({id<TeamId>("team", spec.name), spec.name, {}});
    for (const auto& spec : model_.queue_specs) add_queue(spec);
    for (const auto& spec : model_.workflow.rules) add_rule(spec);
    policy_.default_queue = queue_id(model_.workflow.default_queue);
    for (const auto& spec : model_.sla_specs) add_sla(spec);
    for (const auto& spec : model_.alert_specs) add_alert(spec);
    add_midnights();
    add_routing();
    add_channels();
    for (auto& spec : model_.user_specs) add_user(spec);
    model_.policy = std::make_shared<const Policy>(std::move(policy_));
  }

 private:
  template <class IdType>
  IdType id(const char* kind, const std::string& name) {
    return {ids_.id_of(kind, name)};
  }
  QueueId queue_id(const std::string& name) {
    return name.empty() ? QueueId{} : id<QueueId>("queue", name);
  }
  CalendarId calendar_id(const std::string& name) {
    return name.empty() ? CalendarId{} : id<CalendarId>("calendar", name);
  }
  ChannelId channel_id(const std::string& name) {
    return name.empty() ? ChannelId{} : id<ChannelId>("channel", name);
  }

  /// Sorted by skill, as entities keep them.
  std::vector<SkillLevel> levels(const Skills& skills) {
    std::vector<SkillLevel> out;
    for (const auto& [name, level] : skills)
      out.push_back({id<SkillId>("skill", name), static_cast<std::uint8_t>(level)});
    std::ranges::sort(out, {}, &SkillLevel::skill);
    return out;
  }

  void add_calendar(const CalendarSpec& spec) {
    const auto zone = Zone::find(spec.zone);
    assert(zone && "zones were checked when they were read");
    policy_.calendars.push_back(
        make_calendar(calendar_id(spec.name), spec.name, spec.zone,
                      expand(spec, *zone, options_.first_year, options_.last_year)));
  }

  void add_queue(const QueueSpec& spec) {
    if (!spec.moved_to.empty()) {
      policy_.moves.push_back({queue_id(spec.name), queue_id(spec.moved_to)});
      return;
    }
    const QueueId queue = queue_id(spec.name);
    std::optional<ServiceLevel> level;
    if (spec.level)
      level = {.within = spec.level->within,
               .target_percent = static_cast<std::uint8_t>(spec.level->target_percent),
               .calendar = calendar_id(spec.calendar)};
    policy_.queues.push_back({.id = queue,
                              .name = spec.name,
                              .strategy = spec.strategy,
                              .required = levels(spec.skills),
                              .offer_timeout = spec.offer_timeout,
                              .auto_accept = spec.auto_accept,
                              .max_wait = spec.max_wait,
                              .preferred_for = spec.preferred_for,
                              .calendar = calendar_id(spec.calendar),
                              .level = level});
    for (auto& team : policy_.teams)
      if (std::ranges::find(spec.teams, team.name) != spec.teams.end())
        team.queues.push_back(queue);
  }

  void add_rule(const RuleSpec& spec) {
    policy_.workflow.push_back({.id = id<RuleId>("rule", spec.name),
                                .name = spec.name,
                                .source = spec.when.source,
                                .when = spec.when.program,
                                .queue = queue_id(spec.queue),
                                .priority = spec.priority,
                                .required = levels(spec.skills)});
  }

  void add_sla(const SlaSpec& spec) {
    SlaPolicy sla{.id = id<SlaId>("sla", spec.name),
                  .name = spec.name,
                  .when = spec.when.program,
                  .calendar = calendar_id(spec.calendar),
                  .warn_percent = static_cast<std::uint8_t>(spec.warn_percent),
                  .targets = {}};
    if (const auto& target = spec.targets.first_response)
      sla.targets.push_back({Metric::first_response, target->by_priority});
    if (const auto& target = spec.targets.resolution)
      sla.targets.push_back({Metric::resolution, target->by_priority});
    policy_.slas.push_back(std::move(sla));
  }

  void add_alert(const AlertSpec& spec) {
    const ThresholdSpec& threshold = spec.over ? *spec.over : *spec.under;
    policy_.alerts.push_back({.name = spec.name,
                              .when = spec.when,
                              .queue = queue_id(spec.queue),
                              .over = spec.over.has_value(),
                              .threshold = threshold.value,
                              .hold = spec.hold});
  }

  void add_midnights() {
    using std::chrono::January, std::chrono::sys_days;
    const auto zone = Zone::find(model_.desk.zone);
    assert(zone && "zones were checked when they were read");
    const sys_days end{std::chrono::year{options_.last_year + 1} / January / 1};
    for (sys_days day{std::chrono::year{options_.first_year} / January / 1}; day < end;
         day += std::chrono::days(1)) {
      const std::int64_t local_s = std::chrono::seconds(day.time_since_epoch()).count();
      policy_.midnights.push_back({zone->to_utc(local_s) * 1000});
    }
  }

  void add_routing() {
    const RoutingSpec& r = model_.routing;
    policy_.weight_percent = {r.capacity.email, r.capacity.sms, r.capacity.voice, r.capacity.chat};
    policy_.priority_credit = {r.priority_credit.low, r.priority_credit.normal,
                               r.priority_credit.high, r.priority_credit.urgent};
    for (std::size_t tier = 0; tier < policy_.tier_credit.size() && !r.tier_credit.empty(); ++tier)
      policy_.tier_credit[tier] = r.tier_credit[std::min(tier, r.tier_credit.size() - 1)];
    policy_.close_after = r.close_after;
    policy_.decline_delay = r.decline_delay;
    policy_.ignored_delay = r.ignored_delay;
    policy_.lost_delay = r.lost_delay;
    policy_.connection_grace = r.connection_grace;
    policy_.missed_before_away = static_cast<std::uint16_t>(r.missed_before_away);
  }

  template <class Spec, class Out>
  void add_channels_of(Channel channel, std::vector<Spec>& specs, std::vector<Out>& out) {
    for (Spec& spec : specs) {
      spec.id = id<ChannelId>("channel", spec.name);
      policy_.channels.push_back(
          {spec.id, spec.name, channel, queue_id(spec.queue), levels(spec.skills)});
      out.push_back(std::move(static_cast<Out&>(spec)));
    }
  }

  void add_channels() {
    for (ChatSpec& chat : model_.channel_specs.chat) {
      chat.hours = calendar_id(chat.calendar);
      chat.answer_by_mail = channel_id(chat.mailbox);
    }
    for (VoiceSpec& voice : model_.channel_specs.voice) voice.hours = calendar_id(voice.calendar);
    add_channels_of(Channel::email, model_.channel_specs.email, model_.channels.email);
    add_channels_of(Channel::sms, model_.channel_specs.sms, model_.channels.sms);
    add_channels_of(Channel::chat, model_.channel_specs.chat, model_.channels.chat);
    add_channels_of(Channel::voice, model_.channel_specs.cti, model_.channels.cti);
    add_channels_of(Channel::voice, model_.channel_specs.voice, model_.channels.voice);
  }

  void add_user(UserSpec& spec) {
    spec.skills = levels(spec.skill_levels);
    for (const auto& name : spec.queue_names) spec.queues.push_back(queue_id(name));
    for (const auto& team : policy_.teams)
      if (std::ranges::find(spec.team_names, team.name) != spec.team_names.end())
        spec.queues.insert(spec.queues.end(), team.queues.begin(), team.queues.end());
    std::ranges::sort(spec.queues);
    const auto [first, last] = std::ranges::unique(spec.queues);
    spec.queues.erase(first, last);
    model_.users.push_back(std::move(static_cast<SeedUser&>(spec)));
  }

  Model& model_;
  NameIds& ids_;
  const LoadOptions& options_;
  Policy policy_;
};

}  // namespace

Config build(Model model, NameIds& ids, const LoadOptions& options) {
  Builder(model, ids, options).run();
  return std::move(static_cast<Config&>(model));
}

}  // namespace deskwire::config
