// SPDX-License-Identifier: Apache-2.0
#include "storage/sqlite/timeline.hpp"

#include <algorithm>
#include <functional>
#include <iterator>
#include <tuple>
#include <utility>

#include "storage/sqlite/rows.hpp"

namespace deskwire::sqlite {
namespace {

constexpr std::size_t kExcerptBytes = 200;

/// The beginning of a text, never cutting a UTF-8 character in two.
std::string excerpt(std::string_view text) {
  if (text.size() <= kExcerptBytes) return std::string(text);
  std::size_t end = kExcerptBytes;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return std::string(text.substr(0, end));
}

/// Puts a run that is newest first into a list that is; of one instant, messages come first and
/// the rows of a run keep their order.
void merge_in(std::vector<TimelineRow>& list, const std::vector<TimelineRow>& run) {
  const auto place = [](const TimelineRow& row) {
    return std::tuple(row.at, row.message, row.ticket, row.kind);
  };
  std::vector<TimelineRow> merged;
  merged.reserve(list.size() + run.size());
  std::ranges::merge(list, run, std::back_inserter(merged), std::ranges::greater(), place, place);
  list = std::move(merged);
}

TimelineRow message_in(const Rows& rows) {
  const auto message = entity_in<Message>(rows, 0, "messages");
  return {.kind = TimelineRow::Kind::message,
          .at = message.at,
          .ticket = message.ticket,
          .message = message.id,
          .text = excerpt(rows.bytes(1)),
          .direction = message.direction,
          .author_kind = message.author_kind,
          .author = message.author};
}

TimelineRow event_in(const Rows& rows) {
  const auto from = enum_in<TicketState>(rows, 2, "history");
  const auto to = enum_in<TicketState>(rows, 3, "history");
  return {.kind = TimelineRow::Kind::event,
          .at = rows.instant(0),
          .ticket = rows.id<TicketId>(1),
          .message = {},
          .text = std::string(name(from)) + " to " + std::string(name(to))};
}

TimelineRow ticket_in(const Rows& rows) {
  return {.kind = TimelineRow::Kind::ticket,
          .at = rows.instant(0),
          .ticket = rows.id<TicketId>(1),
          .message = {},
          .text = rows.text(2)};
}

std::vector<TimelineRow> run_of(Rows rows, TimelineRow (*row_in)(const Rows&)) {
  std::vector<TimelineRow> out;
  while (rows.next()) out.push_back(row_in(rows));
  return out;
}

}  // namespace

Timeline::Timeline(const Database& database)
    : messages_(database,
                "SELECT m.row, (SELECT substr(text, 1, 200) FROM contents "
                "WHERE message = m.id) FROM tickets t JOIN messages m "
                "ON m.ticket = t.id AND m.ticket <> 0 "
                "WHERE t.customer = ?1 AND t.customer <> 0 AND m.at < ?2 "
                "ORDER BY m.at DESC, m.id DESC LIMIT ?3"),
      tickets_(database,
               "SELECT created_at, id, subject FROM tickets WHERE customer = ?1 AND customer <> 0 "
               "AND created_at < ?2 ORDER BY created_at DESC, id DESC LIMIT ?3"),
      events_(database,
              "SELECT h.at, h.ticket, h.from_state, h.to_state FROM tickets t JOIN history h "
              "ON h.ticket = t.id WHERE t.customer = ?1 AND t.customer <> 0 AND h.at < ?2 "
              "AND h.from_state <> h.to_state ORDER BY h.at DESC, h.ticket DESC, h.seq DESC, h.n "
              "DESC LIMIT ?3") {}

std::vector<TimelineRow> Timeline::read(CustomerId customer, Instant before, std::uint32_t limit) {
  const Instant end = before ? before : kNever;
  std::vector<TimelineRow> out = run_of(messages_.rows(customer, end, limit), message_in);
  merge_in(out, run_of(events_.rows(customer, end, limit), event_in));
  merge_in(out, run_of(tickets_.rows(customer, end, limit), ticket_in));
  if (out.size() > limit) out.resize(limit);
  return out;
}

}  // namespace deskwire::sqlite
