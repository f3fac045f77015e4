// SPDX-License-Identifier: Apache-2.0
#include "config/lint.hpp"

#include <array>

namespace deskwire::config {

namespace {

constexpr auto kKinds = std::to_array<WarningKind>({
    {"unreachable",
     "A rule or an SLA behind one that always holds, behind one that takes everything it would, or "
     "behind several that do so together."},
    {"never_holds",
     "A condition that no ticket can meet, such as one that compares with a queue there is none "
     "of."},
    {"skill_nobody_has", "A skill that none of the file's users has."},
    {"queue_nobody_works",
     "A queue that none of the file's users with a capacity takes tickets of."},
    {"skills_nobody_meets",
     "Skills of a queue, or of a rule or a channel on top of its queue, that nobody who takes "
     "tickets there has all of, at these levels."},
    {"late_warning", "An SLA's warning that comes less than a minute before the breach."},
    {"urgent_is_slower",
     "A target that is longer than that of a lower priority, or none at a priority that rules give "
     "while a lower one has one."},
    {"resolved_before_answered", "A resolution that is due before the first response."},
    {"level_beyond_wait",
     "A service level longer than the queue's `max_wait`, where not every ticket has an SLA."},
    {"never_open",
     "A calendar without hours that something depends on, and channels of a queue "
     "that is closed always."},
    {"alert_never_fires", "An alert whose threshold nothing can pass."},
});

}  // namespace

std::span<const WarningKind> warning_kinds() { return kKinds; }

void lint_alerts(Reader& reader, const Model& model) {
  for (std::size_t i = 0; i < model.alert_specs.size(); ++i) {
    const AlertSpec& alert = model.alert_specs[i];
    const std::string path = item("alerts", i);
    // Thresholds themselves are not beyond: "over 100%" would take 101% (AlertBook).
    if (alert.over && alert.when == AlertWhen::level && alert.over->value >= 100)
      reader.warn_at(path + ".over", "alert_never_fires", "a share is never over 100%");
    if (alert.under && alert.under->value <= 0)
      reader.warn_at(path + ".under", "alert_never_fires", "nothing is ever under 0");
  }
}

void lint(Reader& reader, const Model& model) {
  lint_conditions(reader, model);
  lint_staffing(reader, model);
  lint_promises(reader, model);
  lint_alerts(reader, model);
}

}  // namespace deskwire::config
