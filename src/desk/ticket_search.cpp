// SPDX-License-Identifier: Apache-2.0
#include "desk/ticket_search.hpp"

#include <boost/json/array.hpp>
#include <utility>

#include "codec/wire.hpp"
#include "desk/rows.hpp"
#include "desk/search_filters.hpp"
#include "runtime/limits.hpp"

namespace deskwire {
namespace asio = boost::asio;
namespace json = boost::json;

namespace {

std::vector<std::unique_ptr<Reader>> open_readers(Core& core) {
  std::vector<std::unique_ptr<Reader>> out;
  for (std::size_t i = 0; i < limits::kSearchThreads; ++i) out.push_back(core.open_reader());
  return out;
}

std::string_view name_of(search::FoundIn field) {
  switch (field) {
    case search::FoundIn::subject:
      return "subject";
    case search::FoundIn::message:
      return "message";
    case search::FoundIn::customer:
      return "customer";
    case search::FoundIn::id:
      return "id";
  }
  return "subject";
}

json::object item(const search::Found& found, const People& people, const Policy& policy) {
  json::array snippet;
  for (const search::SnippetPart& part : found.snippet)
    snippet.push_back({{"text", part.text}, {"hit", part.hit}});
  return {{"ticket", rows::ticket(found.ticket, people, policy)},
          {"message", wire::id_or_null(found.message)},
          {"field", name_of(found.field)},
          {"snippet", std::move(snippet)},
          {"at", wire::time(found.at)}};
}

json::object answer(const search::Page& page, const std::vector<std::string>& hints,
                    const People& people, const Policy& policy) {
  json::array items, said;
  for (const search::Found& found : page.found) items.push_back(item(found, people, policy));
  for (const std::string& hint : hints) said.emplace_back(hint);
  return {{"items", std::move(items)},
          {"next", wire::text_or_null(page.next)},
          {"complete", page.complete},
          {"hints", std::move(said)}};
}

}  // namespace

TicketSearch::TicketSearch(asio::io_context& loop, std::unique_ptr<SearchStore> files, Core& core,
                           FrontDesk& desk, Metrics& metrics, TicketSearchSettings settings)
    : desk_(desk),
      metrics_(metrics),
      now_([&core] { return core.clock().now(); }),
      settings_(std::move(settings)),
      files_(std::move(files)),
      indexer_(*files_, core.open_reader(), core.feed().seq(),
               {.store = settings_.store, .has_room = [&core] { return core.has_room(); }}),
      searcher_(loop, *files_, indexer_, open_readers(core)) {
  subscription_ = core.feed().subscribe([this](const std::shared_ptr<const Batch>& batch) {
    if (!batch->journal.empty()) indexer_.committed(batch->journal.back().seq);
  });
  metrics_.before_render([this] {
    metrics_.search_lag(indexer_.rows_behind(), indexer_.tickets_unread());
    for (; counted_rebuilds_ < indexer_.rebuilds(); ++counted_rebuilds_) metrics_.search_rebuilt();
  });
}

asio::awaitable<json::object> TicketSearch::find(AgentId asker, SearchRequest request) {
  const SteadyTime began = steady_now();
  const search::Query query = search::parse_query(request.text, settings_.region);
  const PolicyPtr policy = desk_.gateway().policy();
  const PeoplePtr people = co_await desk_.directory().people();
  std::vector<std::string> hints;
  if (query.too_long)
    hints.push_back("Only the first " + std::to_string(search::kTerms) + " words were looked for.");
  if (query.empty()) co_return answer({}, hints, *people, *policy);
  const Sight sight = desk_.lookup().sight(asker);
  search::Ask ask;
  ask.question.filters = read_filters(
      query.filters, {.asker = asker, .sight = sight, .people = *people, .policy = *policy}, hints);
  search::add_query(ask, query);
  TicketFilter visible;
  sight.restrict(visible);
  ask.question.all_visible = visible.all_visible;
  ask.question.visible = std::move(visible.visible);
  ask.question.visible_to = visible.visible_to;
  ask.question.now = now_();
  ask.asker = asker;
  ask.text = std::move(request.text);
  ask.limit = request.limit;
  ask.after = std::move(request.after);
  ask.sees = [sight](const Ticket& ticket) { return sight.sees(ticket); };
  const search::Page page = co_await searcher_.find(std::move(ask));
  metrics_.searched(page.complete, steady_now() - began);
  co_return answer(page, hints, *people, *policy);
}

void TicketSearch::stop() {
  searcher_.stop();
  indexer_.stop();
}

}  // namespace deskwire
