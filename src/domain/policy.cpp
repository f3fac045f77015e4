// SPDX-License-Identifier: Apache-2.0
// Look-ups in a policy and the allocation of ids for names. A policy has tens of queues, not
// thousands, and a linear scan over a vector is the fastest map of that size.
#include "deskwire/domain/policy.hpp"

#include <algorithm>
#include <iterator>

namespace deskwire {
namespace {

template <class T, class IdType>
const T* by_id(const std::vector<T>& all, IdType id) {
  const auto found = std::ranges::find(all, id, &T::id);
  return found == all.end() ? nullptr : &*found;
}

template <class T>
const T* by_name(const std::vector<T>& all, std::string_view name) {
  const auto found = std::ranges::find_if(all, [&](const T& t) { return t.name == name; });
  return found == all.end() ? nullptr : &*found;
}

}  // namespace

const Queue* Policy::queue(QueueId id) const { return by_id(queues, id); }
const Queue* Policy::queue(std::string_view name) const { return by_name(queues, name); }
const Calendar* Policy::calendar(CalendarId id) const { return by_id(calendars, id); }
const SlaPolicy* Policy::sla(SlaId id) const { return by_id(slas, id); }
const ChannelPolicy* Policy::channel(ChannelId id) const { return by_id(channels, id); }
const ChannelPolicy* Policy::channel(std::string_view name) const {
  return by_name(channels, name);
}
const Skill* Policy::skill(SkillId id) const { return by_id(skills, id); }
const Rule* Policy::rule(RuleId id) const { return by_id(workflow, id); }

ServiceLevel Policy::level_of(const Queue& queue) const {
  if (queue.level) return *queue.level;
  Facts facts;
  facts.set(Fact::ticket_queue, std::string_view(queue.name));
  facts.set(Fact::ticket_priority, name(Priority::normal));
  const auto sla =
      std::ranges::find_if(slas, [&](const SlaPolicy& s) { return s.when.matches(facts); });
  if (sla != slas.end()) {
    const auto target = std::ranges::find(sla->targets, Metric::first_response, &SlaTarget::metric);
    const auto normal = static_cast<std::size_t>(Priority::normal);
    if (target != sla->targets.end() && target->by_priority.at(normal) > Duration{})
      return {.within = target->by_priority.at(normal), .calendar = sla->calendar};
  }
  return {.within = queue.max_wait, .calendar = queue.calendar};
}

Instant Policy::day_of(Instant at) const {
  const auto next = std::ranges::upper_bound(midnights, at);
  if (next != midnights.begin()) return *std::prev(next);
  return {at.ms - at.ms % days(1).ms};
}

std::uint64_t NameIds::id_of(const std::string& kind, const std::string& name) {
  const auto [place, fresh] = ids.try_emplace({kind, name}, 0);
  if (!fresh) return place->second;
  auto& counter = next.try_emplace(kind, 1).first->second;
  place->second = counter++;
  return place->second;
}

std::optional<std::uint64_t> NameIds::find(const std::string& kind, const std::string& name) const {
  const auto found = ids.find({kind, name});
  if (found == ids.end()) return std::nullopt;
  return found->second;
}

}  // namespace deskwire
