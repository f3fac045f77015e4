// SPDX-License-Identifier: Apache-2.0
// Rules over facts, and the one integer that orders a line.
#include "engine/routing.hpp"

#include <algorithm>

#include "engine/clocks.hpp"
#include "engine/matching.hpp"

namespace deskwire {
namespace {

std::string lower_case(std::string_view text) {
  std::string lower(text);
  for (char& c : lower)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return lower;
}

/// Where the default rule puts what came to `address`.
QueueId own_queue(const Desk& desk, const ChannelPolicy* address) {
  const QueueId own = address ? address->queue : QueueId{};
  return existing_queue(desk, own ? own : desk.policy().default_queue);
}

Duration credit(const std::array<Duration, 4>& credits, std::size_t level) {
  return credits.at(std::min(level, credits.size() - 1));
}

}  // namespace

MessageFacts::MessageFacts(const About& about) {
  facts_.set(Fact::channel, name(about.channel));
  if (about.address) facts_.set(Fact::channel_name, std::string_view(about.address->name));
  facts_.set(Fact::message_machine, std::int64_t{about.machine != Machine::none});
  facts_.set(Fact::message_authenticated, std::int64_t{about.authenticated});
  facts_.set(Fact::customer_tier, std::int64_t{about.customer_tier});
  facts_.set(Fact::customer_known, std::int64_t{about.customer_known});
  set_priority(Priority::normal);
  set_addresses(about);
  if (about.content) set_content(*about.content);
}

void MessageFacts::set_addresses(const About& about) {
  if (about.sender && !about.sender->value.empty())
    from_ = about.sender->value;
  else if (about.content)
    from_ = lower_case(about.content->from.address);
  if (const auto at = from_.rfind('@'); at != std::string::npos) domain_ = from_.substr(at + 1);
  facts_.set(Fact::message_from, std::string_view(from_));
  facts_.set(Fact::message_from_domain, std::string_view(domain_));
  if (!about.content) return;
  const MessageContent& content = *about.content;
  recipients_.reserve(content.to.size() + content.cc.size());
  for (const auto& to : content.to) recipients_.push_back(lower_case(to.address));
  for (const auto& cc : content.cc) recipients_.push_back(lower_case(cc.address));
  recipient_views_.assign(recipients_.begin(), recipients_.end());
  facts_.set(Fact::message_to, std::span<const std::string_view>(recipient_views_));
}

void MessageFacts::set_content(const MessageContent& content) {
  any_.reserve(content.subject.size() + 1 + content.text.size());
  any_.append(content.subject).append(1, '\n').append(content.text);
  facts_.set(Fact::message_subject, std::string_view(content.subject));
  facts_.set(Fact::message_text, std::string_view(content.text));
  facts_.set(Fact::message_any, std::string_view(any_));
  facts_.set(Fact::message_language, std::string_view(content.language));
  const std::uint64_t size = content.raw ? content.raw->size_bytes : any_.size();
  facts_.set(Fact::message_size, static_cast<std::int64_t>(size));
  facts_.set(Fact::message_attachments, static_cast<std::int64_t>(content.attachments.size()));
}

std::vector<SkillLevel> union_of(std::vector<SkillLevel> a, std::span<const SkillLevel> b) {
  for (const SkillLevel& s : b) {
    const auto found = std::ranges::find(a, s.skill, &SkillLevel::skill);
    if (found == a.end())
      a.push_back(s);
    else
      found->level = std::max(found->level, s.level);
  }
  std::ranges::sort(a, {}, &SkillLevel::skill);
  return a;
}

QueueId existing_queue(const Desk& desk, QueueId queue) {
  if (desk.queue(queue)) return queue;
  const auto& moves = desk.policy().moves;
  const auto move = std::ranges::find(moves, queue, &QueueMove::from);
  if (move != moves.end() && desk.queue(move->to)) return move->to;
  return desk.policy().default_queue;
}

std::vector<SkillLevel> required_by(const Desk& desk, QueueId queue, RuleId rule,
                                    const ChannelPolicy* address) {
  std::vector<SkillLevel> required;
  if (const Queue* q = desk.queue(queue)) required = union_of(std::move(required), q->required);
  if (const Rule* r = rule ? desk.policy().rule(rule) : nullptr)
    required = union_of(std::move(required), r->required);
  else if (!rule && address && queue == own_queue(desk, address))
    required = union_of(std::move(required), address->required);
  return required;
}

std::vector<SkillLevel> required_now(const Desk& desk, const Ticket& ticket, QueueId queue) {
  const ChannelPolicy* address = desk.policy().channel(ticket.channel_name);
  std::vector<SkillLevel> required = required_by(desk, queue, ticket.rule, address);
  if (ticket.rule && !desk.policy().rule(ticket.rule))
    required = union_of(std::move(required), ticket.required);
  return required;
}

Placement route(const Desk& desk, const ChannelPolicy* address, const Facts& facts) {
  Placement to;
  to.queue = own_queue(desk, address);
  for (const Rule& rule : desk.policy().workflow) {
    if (!rule.when.matches(facts)) continue;
    to.rule = rule.id;
    if (rule.queue) to.queue = existing_queue(desk, rule.queue);
    to.priority = rule.priority.value_or(Priority::normal);
    break;
  }
  to.required = required_by(desk, to.queue, to.rule, address);
  return to;
}

const SlaPolicy* choose_sla(const Desk& desk, const Facts& facts) {
  const auto& all = desk.policy().slas;
  const auto found =
      std::ranges::find_if(all, [&](const SlaPolicy& sla) { return sla.when.matches(facts); });
  return found == all.end() ? nullptr : &*found;
}

std::int64_t rank_of(const Desk& desk, const Ticket& ticket, QueueId queue, Priority priority,
                     Instant queued_at) {
  Instant due = nearest_deadline(ticket);
  if (due == kNever) {
    const Queue* q = desk.queue(queue);
    due = queued_at + (q ? q->max_wait : hours(24));
  }
  const Customer* customer = desk.state.customer(ticket.customer);
  const Duration priority_credit =
      credit(desk.policy().priority_credit, static_cast<std::size_t>(priority));
  const Duration tier_credit = credit(desk.policy().tier_credit, customer ? customer->tier : 0);
  return due.ms - priority_credit.ms - tier_credit.ms;
}

void enter_queue(Desk& desk, TicketId id, Entry entry) {
  const Ticket& ticket = *desk.state.ticket(id);
  TicketQueued e;
  e.ticket = id;
  e.queue = entry.queue;
  e.policy_version = desk.policy().version;
  e.rule = entry.rule;
  e.priority = entry.priority;
  e.required = std::move(entry.required);
  e.queued_at = entry.queued_at;
  e.rank = rank_of(desk, ticket, entry.queue, entry.priority, entry.queued_at);
  e.at = desk.now;
  const Queue* queue = desk.queue(entry.queue);
  const bool holds = queue && queue->preferred_for > Duration{} && entry.preferred;
  if (holds && worth_holding(desk, entry.preferred, entry.queue, e.required)) {
    e.preferred = entry.preferred;
    e.preferred_until = desk.now + queue->preferred_for;
  }
  desk.emit(std::move(e));
  desk.unmatched_tickets.push_back(id);
}

void rerank(Desk& desk, TicketId id) {
  const Ticket& ticket = *desk.state.ticket(id);
  const auto rank = rank_of(desk, ticket, ticket.queue, ticket.priority, ticket.queued_at);
  if (rank != ticket.rank) desk.emit(TicketReranked{id, rank});
  desk.unmatched_tickets.push_back(id);
}

}  // namespace deskwire
