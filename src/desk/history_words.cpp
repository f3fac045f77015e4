// SPDX-License-Identifier: Apache-2.0
#include "desk/history_words.hpp"

#include <algorithm>
#include <cctype>
#include <string_view>
#include <variant>
#include <vector>

#include "deskwire/domain/history.hpp"

namespace deskwire::words {
namespace {

std::string in_words(std::string_view wire_name) {
  std::string out(wire_name);
  std::ranges::replace(out, '_', ' ');
  return out;
}

std::string listed(std::string_view one, std::string_view many,
                   const std::vector<std::string>& tags) {
  std::string out(tags.size() == 1 ? one : many);
  for (std::size_t i = 0; i < tags.size(); ++i) out += (i == 0 ? " " : ", ") + tags[i];
  return out;
}

/// Says each event as an act of whoever did it ("moved it to billing"), or, of the desk itself, as
/// what is so now ("it waits in billing"); empty: it goes without saying.
class Teller {
 public:
  Teller(const JournalEntry& entry, const People& people, const Policy& policy)
      : entry_(entry), people_(people), policy_(policy) {}

  [[nodiscard]] bool by_agent() const { return entry_.actor.kind == ActorKind::agent; }
  [[nodiscard]] std::string actor() const { return shown(entry_.actor.agent); }

  std::string operator()(const TicketQueued& e) const {
    const Queue* found = policy_.queue(e.queue);
    const std::string queue = found ? found->name : "a queue that is gone";
    if (by_agent())
      return (entry_.command == "TransferTicket" ? "moved it to " : "put it into ") + queue;
    const Rule* rule = policy_.rule(e.rule);
    return "it waits in " + queue + (rule ? ", by the rule " + rule->name : "");
  }
  std::string operator()(const TicketAssigned& e) const {
    if (!by_agent()) return "it is with " + shown(e.agent) + " again";
    if (entry_.actor.agent != e.agent) return "gave it to " + shown(e.agent);
    return entry_.command == "AcceptOffer" ? "accepted it" : "took it";
  }
  std::string operator()(const TicketStateChanged& e) const {
    const std::string state = in_words(name(e.to));
    if (!by_agent()) return "it is " + state;
    const std::string why = e.disposition.empty() ? "" : ": " + e.disposition;
    return (e.to == TicketState::resolved ? "resolved it" : "set it to " + state) + why;
  }
  std::string operator()(const PriorityChanged& e) const {
    const std::string priority(name(e.priority));
    return by_agent() ? "set the priority to " + priority : "its priority is " + priority;
  }
  std::string operator()(const TicketTagged& e) const {
    std::string out = e.added.empty() ? "" : listed("added the tag", "added the tags", e.added);
    if (e.removed.empty()) return out;
    if (!out.empty()) out += " and ";
    return out + listed("removed the tag", "removed the tags", e.removed);
  }
  std::string operator()(const TicketSnoozed&) const { return "snoozed it"; }
  std::string operator()(const TicketWoken& e) const {
    switch (e.cause) {
      case WakeCause::time:
        return "its snooze is over";
      case WakeCause::customer:
        return "the customer ended its snooze";
      case WakeCause::agent:
        return entry_.command == "UnsnoozeTicket" ? "ended its snooze" : "";
    }
    return "";
  }
  std::string operator()(const SlaBreached& e) const {
    return "the " + in_words(name(e.metric)) + " is late";
  }
  std::string operator()(const auto&) const { return ""; }

 private:
  [[nodiscard]] std::string shown(AgentId agent) const {
    const std::string_view known = people_.shown(agent);
    return known.empty() ? "somebody" : std::string(known);
  }

  const JournalEntry& entry_;
  const People& people_;
  const Policy& policy_;
};

}  // namespace

Happening happening(const JournalEntry& entry, TicketId ticket, const People& people,
                    const Policy& policy) {
  const Teller tell(entry, people, policy);
  Happening out;
  for (const Event& event : entry.events) {
    if (told_in_history(event) != ticket) continue;
    const std::string said = std::visit(tell, event);
    if (!said.empty()) out.text += (out.text.empty() ? "" : ", ") + said;
    if (const auto* snoozed = std::get_if<TicketSnoozed>(&event)) out.until = snoozed->until;
  }
  if (out.text.empty()) return out;
  if (tell.by_agent())
    out.text = tell.actor() + " " + out.text;
  else
    out.text.front() =
        static_cast<char>(std::toupper(static_cast<unsigned char>(out.text.front())));
  return out;
}

}  // namespace deskwire::words
