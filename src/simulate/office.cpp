// SPDX-License-Identifier: Apache-2.0
#include "simulate/office.hpp"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>

namespace deskwire::sim {
namespace {

constexpr CalendarId kOfficeHours{1};
constexpr std::array kAllQueues{kGeneral, kInvoices, kRepairs, kContracts, kSeasonal};
constexpr std::array kAllSkills{kBilling, kTechnical, kGerman};

class NoPatterns final : public MatcherFactory {
 public:
  std::expected<std::shared_ptr<const Matcher>, std::string> compile(
      std::string_view) const override {
    return std::unexpected("the simulated office writes no patterns");
  }
};

Program compiled(const std::string& source) {
  auto program = compile(source, NoPatterns());
  assert(program && "the simulated office writes valid rules");
  return *program;
}

/// Monday to Friday, 09:00–12:30 and 13:30–17:00, for two years. The same for everyone.
const Calendar& office_hours() {
  static const Calendar calendar = [] {
    std::vector<std::pair<Instant, Instant>> open;
    for (std::int64_t day = 0; day < 730; ++day) {
      if (day % 7 >= 5) continue;
      const Instant midnight = kEpoch + days(day);
      open.emplace_back(midnight + hours(9), midnight + minutes(12 * 60 + 30));
      open.emplace_back(midnight + minutes(13 * 60 + 30), midnight + hours(17));
    }
    return make_calendar(kOfficeHours, "office hours", "Etc/UTC", std::move(open));
  }();
  return calendar;
}

Queue draw_queue(Random& random, QueueId id) {
  Queue queue;
  queue.id = id;
  queue.name = "queue" + std::to_string(id.value);
  if (id == kInvoices)
    queue.required = {{kBilling, static_cast<std::uint8_t>(random.between(1, 3))}};
  if (id == kRepairs)
    queue.required = {{kTechnical, static_cast<std::uint8_t>(random.between(1, 2))}};
  queue.offer_timeout = random.between(seconds(15), seconds(90));
  queue.auto_accept = random.one_in(6);
  queue.strategy = static_cast<Strategy>(random.below(count_of<Strategy>()));
  queue.max_wait = random.between(hours(2), hours(24));
  queue.preferred_for = random.chance(40) ? Duration{} : random.between(seconds(20), minutes(5));
  return queue;
}

std::vector<Rule> draw_workflow(Random& random, bool seasonal) {
  std::vector<Rule> rules;
  constexpr std::array targets{kInvoices, kRepairs, kContracts, kSeasonal};
  for (std::size_t i = 0; i < kRuleWords.size(); ++i) {
    if (targets[i] == kSeasonal && !seasonal) continue;
    Rule rule;
    rule.id = {i + 1};
    rule.name = std::string(kRuleWords[i]);
    rule.source = "message.any contains \"" + rule.name + "\"";
    rule.when = compiled(rule.source);
    rule.queue = targets[i];
    if (random.chance(40)) rule.priority = static_cast<Priority>(random.below(4));
    if (random.chance(30)) rule.required.push_back({kGerman, 1});
    rules.push_back(std::move(rule));
  }
  for (std::size_t i = rules.size(); i > 1; --i) std::swap(rules[i - 1], rules[random.below(i)]);
  return rules;
}

SlaTarget draw_target(Random& random, Metric metric, Duration low, Duration high) {
  SlaTarget target{.metric = metric, .by_priority = {}};
  Duration longest = high;
  for (Duration& by_priority : target.by_priority) {
    by_priority = random.between(low, longest);
    longest = by_priority;
  }
  if (random.one_in(5)) target.by_priority[0] = Duration{};
  return target;
}

SlaPolicy draw_sla(Random& random, SlaId id, CalendarId calendar, const std::string& when) {
  SlaPolicy sla;
  sla.id = id;
  sla.name = "sla" + std::to_string(id.value);
  if (!when.empty()) sla.when = compiled(when);
  sla.calendar = calendar;
  sla.warn_percent = random.one_in(4) ? 0 : static_cast<std::uint8_t>(random.between(50, 95));
  if (!random.one_in(6))
    sla.targets.push_back(draw_target(random, Metric::first_response, minutes(5), hours(6)));
  if (!random.one_in(4))
    sla.targets.push_back(draw_target(random, Metric::resolution, hours(1), hours(40)));
  return sla;
}

std::vector<SlaPolicy> draw_slas(Random& random) {
  std::vector<SlaPolicy> slas;
  if (!random.one_in(5))
    slas.push_back(draw_sla(random, {1}, kOfficeHours, "ticket.queue == \"queue2\""));
  if (!random.one_in(4)) slas.push_back(draw_sla(random, {2}, {}, ""));
  return slas;
}

std::vector<ChannelPolicy> channels() {
  return {
      {.id = {1}, .name = "support", .channel = Channel::email, .queue = kGeneral, .required = {}},
      {.id = {2}, .name = "repairs", .channel = Channel::email, .queue = kRepairs, .required = {}},
      {.id = {3}, .name = "text", .channel = Channel::sms, .queue = kGeneral, .required = {}},
      {.id = {4},
       .name = "web",
       .channel = Channel::chat,
       .queue = kGeneral,
       .required = {{kGerman, 1}}}};
}

}  // namespace

Office::Office(Random& random) : agent_count_(4 + random.below(6)) {}

Policy Office::draw_policy(Random& random, std::uint64_t version, bool seasonal) const {
  Policy policy;
  policy.version = version;
  policy.desk_name = "simulated";
  policy.skills = {{kBilling, "billing"}, {kTechnical, "technical"}, {kGerman, "german"}};
  for (QueueId id : kAllQueues) {
    if (id != kSeasonal || seasonal) policy.queues.push_back(draw_queue(random, id));
  }
  policy.workflow = draw_workflow(random, seasonal);
  policy.default_queue = kGeneral;
  policy.slas = draw_slas(random);
  policy.calendars = {office_hours()};
  policy.channels = channels();
  if (!seasonal) policy.moves = {{kSeasonal, kGeneral}};
  policy.weight_percent = {static_cast<std::uint16_t>(random.between(15, 50)), 33, 100,
                           static_cast<std::uint16_t>(random.between(20, 60))};
  policy.priority_credit = {Duration{0}, hours(random.between(0, 2)), hours(random.between(2, 8)),
                            hours(random.between(8, 24))};
  policy.close_after = days(random.between(1, 7));
  policy.decline_delay = random.between(seconds(30), minutes(10));
  policy.ignored_delay = random.between(seconds(20), minutes(5));
  policy.lost_delay = random.between(seconds(10), minutes(1));
  policy.connection_grace = random.between(seconds(5), seconds(40));
  policy.missed_before_away = static_cast<std::uint16_t>(random.between(1, 4));
  return policy;
}

PolicyPtr Office::next_policy(Random& random) {
  ++version_;
  const bool seasonal = version_ == 1 || random.chance(60);
  return std::make_shared<const Policy>(draw_policy(random, version_, seasonal));
}

PolicyPtr Office::careless_policy(Random& random) {
  Policy policy = draw_policy(random, ++version_, false);
  policy.moves.clear();
  return std::make_shared<const Policy>(std::move(policy));
}

PutAgent Office::draw_agent(Random& random, AgentId agent) const {
  PutAgent put;
  put.agent = agent;
  put.role = agent == supervisor() ? Role::supervisor : Role::agent;
  put.enabled = !random.one_in(12);
  for (SkillId skill : kAllSkills) {
    if (random.chance(60))
      put.skills.push_back({skill, static_cast<std::uint8_t>(random.between(1, 5))});
  }
  for (QueueId queue : kAllQueues) {
    if (random.chance(70)) put.queues.push_back(queue);
  }
  put.capacity_percent = static_cast<std::uint16_t>(random.between(3, 20) * 10);
  return put;
}

const Rule* expected_rule(const Policy& policy, std::string_view text) {
  const auto found = std::ranges::find_if(policy.workflow, [&](const Rule& rule) {
    return text.contains(kRuleWords[rule.id.value - 1]);
  });
  return found == policy.workflow.end() ? nullptr : &*found;
}

}  // namespace deskwire::sim
