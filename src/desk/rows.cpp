// SPDX-License-Identifier: Apache-2.0
#include "desk/rows.hpp"

#include <boost/json/value_from.hpp>

#include "codec/wire.hpp"
#include "desk/deadline_words.hpp"
#include "desk/explain_words.hpp"
#include "desk/history_words.hpp"
#include "desk/totals.hpp"
#include "text/phone.hpp"
#include "text/reply_view.hpp"
#include "text/sms_segments.hpp"

namespace deskwire::rows {

namespace json = boost::json;

namespace {

json::value queue_name(QueueId id, const Policy& policy) {
  const Queue* queue = policy.queue(id);
  return queue ? json::value(queue->name) : json::value(nullptr);
}

json::value skill_name(SkillId id, const Policy& policy) {
  const Skill* skill = policy.skill(id);
  return skill ? json::value(skill->name) : json::value(nullptr);
}

json::array skills(const std::vector<SkillLevel>& levels, const Policy& policy) {
  json::array out;
  for (const SkillLevel& one : levels)
    out.push_back({{"skill", skill_name(one.skill, policy)}, {"level", one.level}});
  return out;
}

json::value rule(RuleId id, const Policy& policy) {
  const Rule* found = policy.rule(id);
  if (found == nullptr) return nullptr;
  return {{"name", found->name}, {"when", found->source}};
}

json::array verdicts(const std::vector<CandidateVerdict>& list, const People& people,
                     const Policy& policy) {
  json::array out;
  for (const CandidateVerdict& one : list)
    out.push_back({{"agent", wire::text_or_null(people.user(one.agent))},
                   {"verdict", name(one.verdict)},
                   {"skill", skill_name(one.skill, policy)},
                   {"load_percent", one.load_percent},
                   {"idle_since", wire::time(one.idle_since)}});
  return out;
}

std::string_view kind_name(TimelineRow::Kind kind) {
  switch (kind) {
    case TimelineRow::Kind::message:
      return "message";
    case TimelineRow::Kind::ticket:
      return "ticket";
    case TimelineRow::Kind::event:
      return "event";
  }
  return "event";
}

json::object ended_offer(const Offer& offer, const Ticket& ticket, const People& people,
                         const Policy& policy) {
  json::object why = decision(offer.why, people, policy);
  json::array& candidates = why.at("candidates").as_array();
  for (std::size_t i = 0; i < candidates.size(); ++i)
    candidates[i].as_object()["words"] =
        words::verdict_then(offer.why.candidates[i], ticket, policy);
  return {{"offer", offer.id.value},
          {"agent", wire::text_or_null(people.user(offer.agent))},
          {"made_at", wire::time(offer.made_at)},
          {"expires_at", wire::time(offer.expires_at)},
          {"end", name(offer.end)},
          {"reason", wire::text_or_null(offer.decline_reason)},
          {"ended_at", wire::time(offer.ended_at)},
          {"words", words::decision(offer.why)},
          {"why", std::move(why)}};
}

/// What a mail adds to the conversation; null when that is all of it.
json::value reply_text(const MessageRow& row) {
  const Message& message = row.message;
  if (message.direction != Direction::in || message.channel != Channel::email) return nullptr;
  std::string reply = text::visible_reply(row.content.text);
  if (reply.empty() || reply == row.content.text) return nullptr;
  return json::string(reply);
}

/// How a text message of ours is sent; null for everything else.
json::value sms_parts(const MessageRow& row) {
  const Message& message = row.message;
  if (message.direction != Direction::out || message.channel != Channel::sms) return nullptr;
  const text::SmsParts parts = text::count_sms_parts(row.content.text);
  return {{"parts", parts.parts},
          {"ucs2", parts.ucs2},
          {"forced_by", wire::text_or_null(parts.forced_by)}};
}

json::object level(const LevelFigures& figures) {
  return {{"percent", percent_of(figures.met, figures.total)},
          {"met", figures.met},
          {"total", figures.total},
          {"within_seconds", figures.promise.within.ms / 1000},
          {"target_percent", figures.promise.target_percent}};
}

json::value expected_wait(const std::optional<ExpectedWait>& wait) {
  if (!wait) return nullptr;
  return {{"p50_seconds", wait->half.ms / 1000}, {"p90_seconds", wait->most.ms / 1000}};
}

}  // namespace

/// Rounded down: a promise is not kept a little early.
json::value percent_of(std::size_t met, std::size_t total) {
  return total == 0 ? json::value(nullptr) : json::value(met * 100 / total);
}

json::object ticket(const TicketRow& row, const People& people, const Policy& policy) {
  return wire::ticket(row.ticket,
                      {.subject = row.subject,
                       .customer = row.customer_name,
                       .agent = people.user(row.ticket.agent)},
                      policy);
}

json::object message(const MessageRow& row, const People& people, const Policy& policy) {
  const bool by_agent = row.message.author_kind == AuthorKind::agent;
  const std::string_view author =
      by_agent ? people.shown(AgentId{row.message.author}) : std::string_view();
  json::object shown = wire::message(row.message, row.content, author, policy);
  shown["reply_text"] = reply_text(row);
  shown["sms"] = sms_parts(row);
  json::array mentions;
  for (const AgentId agent : row.message.mentions) mentions.emplace_back(people.user(agent));
  shown["mentions"] = std::move(mentions);
  return shown;
}

json::object customer(const Customer& row, const std::vector<IdentityContent>& identities,
                      const std::optional<Pinned>& pinned) {
  json::array list;
  std::string_view shown;
  for (const IdentityContent& one : identities) {
    if (shown.empty()) shown = one.name;
    const bool phone = one.kind == "phone";
    list.push_back(
        {{"kind", one.kind},
         {"value", one.value},
         {"shown", phone ? text::format_phone(one.value) : one.value},
         {"name", wire::text_or_null(one.name)},
         {"region", phone ? wire::text_or_null(text::phone_region(one.value)) : json::value()}});
  }
  if (shown.empty() && !identities.empty()) shown = identities.front().value;
  return {{"id", row.id.value},
          {"name", wire::text_or_null(shown)},
          {"tier", row.tier},
          {"created_at", wire::time(row.created_at)},
          {"identities", std::move(list)},
          {"pinned", pinned ? json::value{{"text", pinned->text},
                                          {"by", pinned->by},
                                          {"at", wire::time(pinned->at)}}
                            : json::value()}};
}

json::object timeline(const TimelineRow& row, const People& people) {
  json::object out{{"kind", kind_name(row.kind)},
                   {"at", wire::time(row.at)},
                   {"ticket", wire::id_or_null(row.ticket)},
                   {"message", wire::id_or_null(row.message)},
                   {"text", row.text}};
  if (row.kind != TimelineRow::Kind::message) return out;
  const bool by_agent = row.author_kind == AuthorKind::agent;
  out["direction"] = name(row.direction);
  out["author"] = wire::text_or_null(by_agent ? people.shown({row.author}) : "");
  return out;
}

json::object happening(const JournalEntry& entry, TicketId ticket, const People& people,
                       const Policy& policy) {
  const words::Happening told = words::happening(entry, ticket, people, policy);
  if (told.text.empty()) return {};
  return {{"seq", entry.seq},
          {"at", wire::time(entry.at)},
          {"text", told.text},
          {"until", told.until ? json::value(wire::time(told.until)) : json::value(nullptr)}};
}

json::object queue(const QueueFigures& figures, const Policy& policy) {
  return {{"id", figures.queue.value},
          {"queue", queue_name(figures.queue, policy)},
          {"waiting", figures.waiting},
          {"oldest_at", wire::time(figures.oldest_at)},
          {"next_due_at", wire::time(figures.next_due_at)},
          {"late", figures.late},
          {"due_in_30m", figures.due_soon},
          {"at_risk", figures.at_risk},
          {"level", level(figures.level)},
          {"expected_wait", expected_wait(figures.wait)},
          {"slot_at", wire::time(figures.slot_at)},
          {"arrivals", json::value_from(figures.arrivals)},
          {"answered", json::value_from(figures.answered)}};
}

json::object agent(const Agent& agent, const Board& board, const People& people,
                   const Policy& policy) {
  const BurdenFigures burden = board.burden(agent.id);
  json::array queues;
  for (const QueueId id : agent.queues) queues.push_back(queue_name(id, policy));
  return {{"id", agent.id.value},
          {"user", wire::text_or_null(people.user(agent.id))},
          {"name", wire::text_or_null(people.shown(agent.id))},
          {"role", name(agent.role)},
          {"enabled", agent.enabled},
          {"presence", name(agent.presence)},
          {"reason", wire::text_or_null(agent.presence_reason)},
          {"since", wire::time(agent.presence_since)},
          {"connected", agent.connected},
          {"load_percent", burden.load_percent},
          {"capacity_percent", agent.capacity_percent},
          {"free", is_free(board, agent)},
          {"tickets", burden.tickets},
          {"offers", burden.offers},
          {"answered_today", burden.answered_today},
          {"queues", std::move(queues)},
          {"skills", skills(agent.skills, policy)}};
}

json::object decision(const Decision& why, const People& people, const Policy& policy) {
  return {{"policy_version", why.policy_version},
          {"rule", rule(why.rule, policy)},
          {"step", why.step},
          {"rank", why.rank},
          {"strategy", name(why.strategy)},
          {"preferred", why.preferred},
          {"matched", skills(why.matched, policy)},
          {"candidates", verdicts(why.candidates, people, policy)},
          {"candidates_total", why.candidates_total},
          {"waiting_total", why.waiting_total}};
}

json::object explanation(const Explanation& explained, const Ticket& ticket,
                         const std::vector<Offer>& offers, const People& people,
                         const Policy& policy, Instant now) {
  json::array made, way;
  for (const Offer& offer : offers) made.push_back(ended_offer(offer, ticket, people, policy));
  for (const std::string& sentence : words::way(explained, policy)) way.emplace_back(sentence);
  json::array agents = verdicts(explained.agents, people, policy);
  for (std::size_t i = 0; i < agents.size(); ++i)
    agents[i].as_object()["words"] = words::verdict(explained.agents[i], ticket, policy, now);
  json::array deadlines = wire::deadlines(ticket, policy);
  for (std::size_t i = 0; i < deadlines.size(); ++i) {
    json::array lines;
    for (const std::string& line : words::derivation(ticket.clocks[i], policy))
      lines.emplace_back(line);
    deadlines[i].as_object()["words"] = std::move(lines);
  }
  return {{"ticket", explained.ticket.value},
          {"words", std::move(way)},
          {"queue", queue_name(explained.queue, policy)},
          {"rule", rule(explained.rule, policy)},
          {"policy_version", explained.policy_version},
          {"step", explained.step},
          {"rank", explained.rank},
          {"place", explained.place},
          {"required", skills(explained.required, policy)},
          {"agents", std::move(agents)},
          {"deadlines", std::move(deadlines)},
          {"offers", std::move(made)}};
}

}  // namespace deskwire::rows
