// SPDX-License-Identifier: Apache-2.0
#include "desk/board_rows.hpp"

#include "codec/wire.hpp"
#include "desk/rows.hpp"

namespace deskwire::rows {

namespace json = boost::json;

namespace {

/// More than anyone acts on before the list is another one.
constexpr std::size_t kRisks = 50;

constexpr std::string_view kFormula =
    "first answers in time ÷ (first answers + given up after that time), since midnight; each "
    "queue has its own time";

/// In the unit of what it watches: tickets, seconds or percent.
json::value in_unit(AlertWhen when, std::int64_t value) {
  return when == AlertWhen::oldest ? value / 1000 : value;
}

json::value queue_name(QueueId id, const Policy& policy) {
  const Queue* queue = policy.queue(id);
  return queue ? json::value(queue->name) : json::value(nullptr);
}

}  // namespace

json::object totals(const TotalFigures& figures) {
  return {{"waiting", figures.waiting},
          {"oldest_at", wire::time(figures.oldest_at)},
          {"level",
           {{"percent", percent_of(figures.met, figures.total)},
            {"met", figures.met},
            {"total", figures.total},
            {"formula", kFormula}}},
          {"late", figures.late},
          {"due_in_30m", figures.due_soon},
          {"at_risk", figures.at_risk},
          {"agents_on", figures.agents_on},
          {"agents_free", figures.agents_free}};
}

json::array risks(const Board& board, const Sight& sight, const People& people) {
  json::array out;
  if (!sight.all()) return out;
  for (const Risk& risk : risks_seen(board, sight, kRisks)) {
    const Remedy help = remedy(board, risk, people);
    out.push_back({{"ticket", risk.ticket.value},
                   {"due_at", wire::time(risk.due_at)},
                   {"queue", queue_name(risk.queue, *board.policy())},
                   {"place", risk.place},
                   {"expected_at", wire::time(risk.starts_at)},
                   {"remedy", help.words},
                   {"act", wire::text_or_null(help.act)},
                   {"agent", wire::text_or_null(people.user(help.agent))}});
  }
  return out;
}

json::object alert(const AlertBook::Entry& entry, const Policy& policy) {
  const Alert& alert = entry.alert;
  const json::value threshold = in_unit(alert.when, alert.threshold);
  return {{"name", alert.name},
          {"state", entry.raised_at ? "raised" : "cleared"},
          {"when", name(alert.when)},
          {"queue", queue_name(alert.queue, policy)},
          {"over", alert.over ? threshold : json::value(nullptr)},
          {"under", alert.over ? json::value(nullptr) : threshold},
          {"for_seconds", alert.hold.ms / 1000},
          {"value", entry.value ? in_unit(alert.when, *entry.value) : json::value(nullptr)},
          {"since", wire::time(entry.since)},
          {"raised_at", wire::time(entry.raised_at)}};
}

json::array alerts(const AlertBook& book, const Sight& sight, const Policy& policy) {
  json::array out;
  if (!sight.all()) return out;
  for (const AlertBook::Entry& entry : book.entries())
    if (entry.raised_at) out.push_back(alert(entry, policy));
  return out;
}

}  // namespace deskwire::rows
