// SPDX-License-Identifier: Apache-2.0
// Promises in time that contradict each other, and calendars in whose hours nothing is promised.
#include <algorithm>
#include <array>

#include "config/lint.hpp"
#include "deskwire/base/quantity.hpp"
#include "deskwire/domain/names.hpp"

namespace deskwire::config {
namespace {

/// A warning that leaves less than this is a warning to nobody.
constexpr Duration kLeastNotice = minutes(1);

std::string shown(Duration d) { return format_duration(d); }

/// One metric of an SLA, wherever its figures stand in the file.
struct Target {
  std::string path;
  const TargetSpec* spec = nullptr;
};

class Promises {
 public:
  Promises(Reader& reader, const Model& model) : reader_(reader), model_(model) {
    for (const RuleSpec& rule : model.workflow.rules)
      if (rule.priority) given_[static_cast<std::size_t>(*rule.priority)] = true;
    for (const CalendarSpec& calendar : model.calendar_specs)
      if (never_open(calendar)) closed_.push_back(calendar.name);
  }

  void lint() {
    for (std::size_t i = 0; i < model_.sla_specs.size(); ++i) lint_sla(i);
    for (std::size_t i = 0; i < model_.queue_specs.size(); ++i) lint_queue(i);
    lint_channels("email", model_.channel_specs.email);
    lint_channels("sms", model_.channel_specs.sms);
    lint_channels("chat", model_.channel_specs.chat);
    lint_channels("cti", model_.channel_specs.cti);
    lint_channels("voice", model_.channel_specs.voice);
    lint_hours("chat", model_.channel_specs.chat);
    lint_hours("voice", model_.channel_specs.voice);
  }

 private:
  static bool never_open(const CalendarSpec& calendar) {
    const auto none = [](const auto& spans) { return spans.empty(); };
    return std::ranges::all_of(calendar.hours, none) &&
           std::ranges::all_of(calendar.shifts, [&](const auto& day) { return none(day.second); });
  }

  [[nodiscard]] bool closed(const std::string& calendar) const {
    return std::ranges::find(closed_, calendar) != closed_.end();
  }

  void lint_sla(std::size_t i) {
    const SlaSpec& sla = model_.sla_specs[i];
    const std::string path = item("slas", i);
    const auto lint_one = [&](const std::string& key, const std::optional<TargetSpec>& spec) {
      if (!spec) return;
      const Target target{path + ".targets." + key, &*spec};
      lint_warning(target, sla.warn_percent);
      lint_order(target);
    };
    lint_one("first_response", sla.targets.first_response);
    lint_one("resolution", sla.targets.resolution);
    lint_answer_first(path + ".targets.resolution", sla.targets);
    if (closed(sla.calendar))
      reader_.warn_at(path + ".calendar", "never_open",
                      "the calendar \"" + sla.calendar +
                          "\" has no hours, so that no time passes and nothing is ever due");
  }

  /// The figure of one priority; of one for all, that one.
  [[nodiscard]] std::string path_of(const std::string& path, std::size_t priority) const {
    const std::string own = path + "." + std::string(name(static_cast<Priority>(priority)));
    return reader_.was_read(own) ? own : path;
  }
  [[nodiscard]] bool one_for_all(const std::string& path) const { return path_of(path, 0) == path; }

  void lint_warning(const Target& target, std::uint16_t percent) {
    if (percent == 0 || percent >= 100) return;
    for (std::size_t p = 0; p < target.spec->by_priority.size(); ++p) {
      const Duration whole = target.spec->by_priority[p];
      // As the clocks do: rounded up, never warned before the share is used.
      const Duration notice = whole - Duration{(whole.ms * percent + 99) / 100};
      if (whole <= Duration{} || notice >= kLeastNotice) continue;
      reader_.warn_at(path_of(target.path, p), "late_warning",
                      "of " + shown(whole) + ", the warning at " + std::to_string(percent) +
                          "% leaves " + shown(notice) + ", which is too late to act");
      if (one_for_all(target.path)) return;
    }
  }

  /// More urgent is never later.
  void lint_order(const Target& target) {
    const auto& by = target.spec->by_priority;
    for (std::size_t p = 1; p < by.size(); ++p) {
      // The nearest below that has one: what is wrong there is told there.
      std::size_t below = p;
      while (below > 0 && by[below - 1] <= Duration{}) --below;
      if (below-- == 0) continue;
      const std::string here(name(static_cast<Priority>(p))),
          there(name(static_cast<Priority>(below)));
      if (by[p] > by[below])
        reader_.warn_at(path_of(target.path, p), "urgent_is_slower",
                        here + " tickets have " + shown(by[p]) + ", " + there + " ones only " +
                            shown(by[below]));
      else if (by[p] <= Duration{} && given_[p])
        reader_.warn_at(path_of(target.path, p), "urgent_is_slower",
                        here + " tickets have no target here, though rules make tickets " + here +
                            " and " + there + " ones have " + shown(by[below]));
    }
  }

  void lint_answer_first(const std::string& path, const TargetsSpec& targets) {
    if (!targets.first_response || !targets.resolution) return;
    for (std::size_t p = 0; p < targets.resolution->by_priority.size(); ++p) {
      const Duration answer = targets.first_response->by_priority[p],
                     end = targets.resolution->by_priority[p];
      if (end <= Duration{} || answer <= end) continue;
      reader_.warn_at(
          path_of(path, p), "resolved_before_answered",
          "tickets are to be resolved in " + shown(end) + " and answered only in " + shown(answer));
      if (one_for_all(path)) return;
    }
  }

  /// Every ticket has a deadline of an SLA, so that max_wait never stands in for one.
  [[nodiscard]] bool always_due() const {
    return std::ranges::any_of(model_.sla_specs, [](const SlaSpec& sla) {
      const auto complete = [](const std::optional<TargetSpec>& target) {
        return target &&
               std::ranges::all_of(target->by_priority, [](Duration d) { return d > Duration{}; });
      };
      return sla.when.program.always() &&
             (complete(sla.targets.first_response) || complete(sla.targets.resolution));
    });
  }

  void lint_queue(std::size_t i) {
    const QueueSpec& queue = model_.queue_specs[i];
    const std::string path = item("queues", i);
    if (queue.level && queue.level->within > queue.max_wait && !always_due())
      reader_.warn_at(
          path + ".service_level.within", "level_beyond_wait",
          "answers are promised within " + shown(queue.level->within) +
              ", but a ticket without an SLA stands in line as if due after max_wait, " +
              shown(queue.max_wait));
    if (closed(queue.calendar))
      reader_.warn_at(
          path + ".calendar", "never_open",
          "the calendar \"" + queue.calendar + "\" has no hours: this queue is closed always");
  }

  template <class Spec>
  void lint_channels(const std::string& kind, const std::vector<Spec>& specs) {
    for (std::size_t i = 0; i < specs.size(); ++i) {
      const std::string& own = specs[i].queue;
      const std::string& to = own.empty() ? model_.workflow.default_queue : own;
      const auto queue = std::ranges::find(model_.queue_specs, to, &QueueSpec::name);
      if (queue == model_.queue_specs.end() || !closed(queue->calendar)) continue;
      reader_.warn_at(item("channels." + kind, i) + (own.empty() ? ".name" : ".queue"),
                      "never_open", "its queue \"" + to + "\" is closed always");
    }
  }

  template <class Spec>
  void lint_hours(const std::string& kind, const std::vector<Spec>& specs) {
    for (std::size_t i = 0; i < specs.size(); ++i)
      if (closed(specs[i].calendar))
        reader_.warn_at(item("channels." + kind, i) + ".hours", "never_open",
                        "the calendar \"" + specs[i].calendar +
                            "\" has no hours: this channel is closed always");
  }

  Reader& reader_;
  const Model& model_;
  std::array<bool, 4> given_{};  ///< Priorities that a rule sets.
  std::vector<std::string> closed_;
};

}  // namespace

void lint_promises(Reader& reader, const Model& model) { Promises(reader, model).lint(); }

}  // namespace deskwire::config
