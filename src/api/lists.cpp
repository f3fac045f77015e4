// SPDX-License-Identifier: Apache-2.0
// Tickets, messages, customers, queues and agents: parameters in, Lookup's objects out.
#include <boost/json/serialize.hpp>

#include "api/api.hpp"
#include "api/query.hpp"
#include "codec/wire.hpp"
#include "deskwire/domain/tag.hpp"
#include "http/problem.hpp"

namespace deskwire {
namespace json = boost::json;

namespace {

/// About what one answer may weigh; more goes onto the next page.
constexpr std::size_t kPageBytes = 4u << 20;
constexpr std::uint64_t kMaxSeq = 0xFFFFFFFF;
constexpr std::uint64_t kMaxRow = (1ull << 53) - 1;

HttpResponse answer_of(const json::value& value) {
  return json_response(200, json::serialize(value));
}

/// Rows of others look as if they were not there.
HttpResponse found_or_404(const Lookup::Object& object) {
  if (!object) return problem(404, "not_found", "There is nothing here that you may see.");
  return answer_of(json::value(*object));
}

/// The id in the path; zero, which no row has, if it is none.
template <class I>
I path_id(const HttpRequest& request) {
  return I{parse_number(request.params.at(0)).value_or(0)};
}

std::uint32_t limit_of(Query& query) {
  return static_cast<std::uint32_t>(query.number("limit", 1, 200, 50));
}

}  // namespace

Api::Answer Api::tickets(HttpRequest& request, const Principal& who) {
  Query query(request);
  TicketQuery asked;
  asked.state = query.name_of<TicketState>("state");
  asked.queue = query.text("queue", 200);
  asked.customer = query.id<CustomerId>("customer");
  asked.priority = query.name_of<Priority>("priority");
  if (const std::string due = query.text("due_before", 64); !due.empty()) {
    const auto time = wire::parse_time(due);
    if (!time) query.complain("due_before", "is no RFC 3339 time");
    asked.due_before = time.value_or(Instant{});
  }
  if (const std::string snoozed = query.text("snoozed", 5); !snoozed.empty()) {
    asked.snoozed = snoozed == "true";
    if (snoozed != "true" && snoozed != "false") query.complain("snoozed", "is not true or false");
  }
  asked.tag = query.text("tag", kTagBytes);
  if (!asked.tag.empty() && !is_tag(asked.tag)) query.complain("tag", "is no tag");
  asked.limit = limit_of(query);
  asked.after = query.id<TicketId>("after");
  if (!query.ok()) co_return query.refusal();
  const auto found = co_await lookup_.tickets(who.id, std::move(asked));
  if (!found) co_return problem_for(found.error());
  co_return answer_of(json::value(*found));
}

Api::Answer Api::ticket(HttpRequest& request, const Principal& who) {
  co_return found_or_404(co_await lookup_.ticket(who.id, path_id<TicketId>(request)));
}

Api::Answer Api::explain(HttpRequest& request, const Principal& who) {
  const TicketId id = path_id<TicketId>(request);
  if (!co_await lookup_.ticket_row(who.id, id)) co_return found_or_404(std::nullopt);
  const auto explained = co_await lookup_.explanation(id);
  co_return found_or_404(explained ? Lookup::Object(*explained) : std::nullopt);
}

Api::Answer Api::history(HttpRequest& request, const Principal& who) {
  Query query(request);
  const std::uint32_t limit = limit_of(query);
  const std::uint64_t before = query.number("after", 0, kMaxRow, 0);
  if (!query.ok()) co_return query.refusal();
  const TicketId id = path_id<TicketId>(request);
  if (!co_await lookup_.ticket_row(who.id, id)) co_return found_or_404(std::nullopt);
  co_return answer_of(json::value(co_await lookup_.history(id, before, limit)));
}

Api::Answer Api::messages(HttpRequest& request, const Principal& who) {
  Query query(request);
  const auto after = static_cast<std::uint32_t>(query.number("after", 0, kMaxSeq, 0));
  const std::uint32_t limit = limit_of(query);
  if (!query.ok()) co_return query.refusal();
  const TicketId id = path_id<TicketId>(request);
  const auto row = co_await lookup_.ticket_row(who.id, id);
  if (!row) co_return found_or_404(std::nullopt);
  json::array items = co_await lookup_.messages(id, after, limit, kPageBytes, Lookup::Keep::oldest);
  json::value next = nullptr;
  if (!items.empty()) {
    const json::value& last = items.back().as_object().at("seq");
    if (last.to_number<std::uint32_t>() < row->ticket.last_seq) next = last;
  }
  co_return answer_of(json::object{{"items", std::move(items)}, {"next", std::move(next)}});
}

Api::Answer Api::customer(HttpRequest& request, const Principal& who) {
  co_return found_or_404(co_await lookup_.customer(who.id, path_id<CustomerId>(request)));
}

Api::Answer Api::timeline(HttpRequest& request, const Principal& who) {
  Query query(request);
  const std::uint32_t limit = limit_of(query);
  const std::string after = query.text("after", 64);
  const auto before = after.empty() ? std::optional(kNever) : wire::parse_time(after);
  if (!before) query.complain("after", "is no RFC 3339 time");
  if (!query.ok()) co_return query.refusal();
  co_return found_or_404(
      co_await lookup_.timeline(who.id, path_id<CustomerId>(request), *before, limit));
}

Api::Answer Api::queues(HttpRequest&, const Principal& who) {
  co_return answer_of(json::object{{"items", lookup_.queues(who.id)}});
}

Api::Answer Api::agents(HttpRequest&, const Principal& who) {
  json::array items = co_await lookup_.agents(who.id);
  co_return answer_of(json::object{{"items", std::move(items)}});
}

Api::Answer Api::machine_mail(HttpRequest& request, const Principal& who) {
  Query query(request);
  const std::uint32_t limit = limit_of(query);
  const MessageId after = query.id<MessageId>("after");
  if (!query.ok()) co_return query.refusal();
  auto found = co_await lookup_.machine_mail(who.id, after, limit);
  if (!found) co_return problem(403, "forbidden", "Machine mail is for supervisors.");
  co_return answer_of(json::value(*found));
}

}  // namespace deskwire
