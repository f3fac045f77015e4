// SPDX-License-Identifier: Apache-2.0
#include "desk/explain_words.hpp"

#include <algorithm>

#include "text/local_time.hpp"

namespace deskwire::words {
namespace {

std::string queue_name(QueueId id, const Policy& policy) {
  const Queue* queue = policy.queue(id);
  return queue ? queue->name : "a queue that is gone";
}

std::string skill_in_words(const SkillLevel& wanted, const Policy& policy) {
  const Skill* skill = policy.skill(wanted.skill);
  return (skill ? skill->name : "a skill that is gone") + " at level " +
         std::to_string(wanted.level);
}

/// The level that was asked for; what is asked for may have changed since the verdict.
std::string missing(SkillId id, const std::vector<SkillLevel>& required, const Policy& policy) {
  const auto wanted = std::ranges::find(required, id, &SkillLevel::skill);
  if (wanted != required.end()) return skill_in_words(*wanted, policy);
  const Skill* skill = policy.skill(id);
  return skill ? skill->name : "a skill that was asked for";
}

std::string_view reason(Strategy strategy) {
  switch (strategy) {
    case Strategy::longest_idle:
      return "idle for the longest";
    case Strategy::least_loaded:
      return "the least loaded";
    case Strategy::best_skilled:
      return "the best skilled";
    case Strategy::round_robin:
      return "the one whose last offer was longest ago";
  }
  return "";
}

/// "; may be asked again in 4 m 12 s".
std::string asked_again(AgentId agent, const Ticket& ticket, Instant now) {
  Instant until{};
  for (const Exclusion& kept : ticket.exclusions)
    if (kept.agent == agent) until = std::max(until, kept.until);
  if (until <= now) return "";
  return "; may be asked again in " + text::time_in_words(until - now + milliseconds(999));
}

bool could_take_it(const CandidateVerdict& one) {
  return one.verdict == Verdict::chosen || one.verdict == Verdict::eligible_but_later;
}

}  // namespace

std::string verdict(const CandidateVerdict& one, const Ticket& ticket, const Policy& policy,
                    Instant now) {
  const bool waits = ticket.state == TicketState::queued;
  if (!waits && ticket.agent && ticket.agent == one.agent) return "has it";
  switch (one.verdict) {
    case Verdict::chosen:
      return "is asked now";
    case Verdict::eligible_but_later:
      return waits ? "could take it, and comes later in the order" : "could take it";
    case Verdict::not_in_queue:
      return "does not work in " + queue_name(ticket.queue, policy);
    case Verdict::missing_skill:
      return "lacks " + missing(one.skill, ticket.required, policy);
    case Verdict::at_capacity:
      return "has no room for it: " + std::to_string(one.load_percent) + " % busy";
    case Verdict::away:
      return "is away";
    case Verdict::offline:
      return "is offline";
    case Verdict::disabled:
      return "may not log in";
    case Verdict::delayed_after_decline:
      return "declined it" + asked_again(one.agent, ticket, now);
    case Verdict::delayed_after_ignore:
      return "let an offer of it run out" + asked_again(one.agent, ticket, now);
    case Verdict::delayed_after_connection_loss:
      return "lost the connection while it was offered" + asked_again(one.agent, ticket, now);
    case Verdict::held_for_preferred:
      return "could take it; it is held for who knows it";
    case Verdict::has_live_offer:
      return "could take it; somebody else is asked now";
  }
  return "";
}

std::string verdict_then(const CandidateVerdict& one, const Ticket& ticket, const Policy& policy) {
  switch (one.verdict) {
    case Verdict::chosen:
      return "was asked";
    case Verdict::eligible_but_later:
      return "could have taken it, and came later in the order";
    case Verdict::not_in_queue:
      return "did not work in the queue";
    case Verdict::missing_skill:
      return "lacked " + missing(one.skill, ticket.required, policy);
    case Verdict::at_capacity:
      return "had no room for it";
    case Verdict::away:
      return "was away";
    case Verdict::offline:
      return "was offline";
    case Verdict::disabled:
      return "could not log in";
    case Verdict::delayed_after_decline:
      return "had declined it";
    case Verdict::delayed_after_ignore:
      return "had let an offer of it run out";
    case Verdict::delayed_after_connection_loss:
      return "had lost the connection while it was offered";
    case Verdict::held_for_preferred:
      return "could have taken it; it was held for who knows it";
    case Verdict::has_live_offer:
      return "could have taken it; somebody else was asked";
  }
  return "";
}

std::string decision(const Decision& why) {
  if (why.preferred) return "kept for them, who know the ticket or the customer";
  const auto able = std::ranges::count_if(why.candidates, could_take_it);
  std::string out(able > 1 ? reason(why.strategy) : "the only one who could take it");
  if (able > 1) out += " of " + std::to_string(able) + " who could take it";
  if (why.waiting_total > 1)
    out += "; " + std::to_string(why.waiting_total) + " waited in the queue";
  return out;
}

std::vector<std::string> way(const Explanation& explained, const Policy& policy) {
  std::vector<std::string> out;
  const std::string queue = queue_name(explained.queue, policy);
  if (const Rule* rule = policy.rule(explained.rule))
    out.push_back("The rule " + rule->name + " put it into " + queue + ".");
  else
    out.push_back("No rule placed it: it is in " + queue +
                  " by the address it came to, or by hand.");
  if (!explained.required.empty()) {
    std::string asked = "It asks for ";
    for (std::size_t i = 0; i < explained.required.size(); ++i)
      asked += (i == 0 ? "" : ", ") + skill_in_words(explained.required[i], policy);
    out.push_back(asked + ".");
  }
  if (explained.place > 0)
    out.push_back("It is number " + std::to_string(explained.place) + " in line.");
  return out;
}

}  // namespace deskwire::words
