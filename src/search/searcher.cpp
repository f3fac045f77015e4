// SPDX-License-Identifier: Apache-2.0
#include "search/searcher.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <charconv>
#include <limits>
#include <utility>

#include "runtime/limits.hpp"
#include "runtime/pool_wait.hpp"
#include "search/showing.hpp"

namespace deskwire::search {
namespace asio = boost::asio;

struct Searcher::Seat {
  std::unique_ptr<Reader> store;
  std::unique_ptr<SearchReader> index;
  std::uint64_t generation = 0;
};

/// A question's tickets in their order, for one asker.
struct Searcher::List {
  std::uint64_t id = 0;
  AgentId asker;
  std::string text;
  std::vector<SearchHit> hits;
  std::size_t exact = 0;  ///< So many of the first ones were found by their number.
  bool complete = true;
};

namespace {

/// `<list>.<offset>`; nothing for anything else.
struct Place {
  std::uint64_t list = 0;
  std::size_t offset = 0;
};

Place place_in(std::string_view after) {
  Place out;
  const char* const end = after.data() + after.size();
  const auto [dot, no_list] = std::from_chars(after.data(), end, out.list);
  if (no_list != std::errc{} || dot == end || *dot != '.') return {};
  const auto [rest, no_offset] = std::from_chars(dot + 1, end, out.offset);
  if (no_offset != std::errc{} || rest != end) return {};
  return out;
}

std::string place_text(std::uint64_t list, std::size_t offset) {
  return std::to_string(list) + "." + std::to_string(offset);
}

void add_ids(SearchQuestion& question, const std::vector<TicketId>& ids, bool negated) {
  if (ids.empty()) return;
  SearchFilter& filter = question.filters.emplace_back();
  filter.negated = negated;
  for (const TicketId id : ids) filter.values.emplace_back(SearchFilter::Field::id, id.value);
}

}  // namespace

void add_query(Ask& ask, const Query& query) {
  ask.question.all = query.all;
  ask.question.none = query.none;
  const bool by_number_alone =
      query.all.empty() && query.none.empty() && query.filters.empty() && query.not_ids.empty();
  if (by_number_alone)
    ask.exact = query.ids;
  else
    add_ids(ask.question, query.ids, false);
  if (query.maybe_id) ask.exact = {query.maybe_id};
  add_ids(ask.question, query.not_ids, true);
}

Searcher::Searcher(asio::io_context& loop, SearchStore& files, Indexer& indexer,
                   std::vector<std::unique_ptr<Reader>> readers, SearcherSettings settings)
    : loop_(loop),
      files_(files),
      indexer_(indexer),
      settings_(settings),
      pool_("desk-search", readers.size(), limits::kSearchQueue) {
  for (std::unique_ptr<Reader>& reader : readers) {
    seats_.push_back(std::make_unique<Seat>());
    seats_.back()->store = std::move(reader);
  }
}

Searcher::~Searcher() = default;

void Searcher::stop() {
  pool_.stop();
  seats_.clear();
}

asio::awaitable<Page> Searcher::find(Ask ask) {
  auto out = std::make_shared<Page>();
  co_await finished(
      loop_, "the search is busy", [this, ask = std::move(ask), out](auto resume) mutable {
        return pool_.try_post(
            [this, ask = std::move(ask), out, resume](std::size_t worker) mutable {
              std::exception_ptr error = outcome_of([&] { *out = answer(*seats_[worker], ask); });
              resume(std::move(error));
            });
      });
  co_return std::move(*out);
}

Page Searcher::answer(Seat& seat, const Ask& ask) {
  std::size_t offset = 0;
  const ListPtr list = list_for(seat, ask, offset);
  Page page;
  page.complete = list->complete;
  fill(seat, ask, *list, offset, page);
  return page;
}

/// The kept list, or a new one: then the page goes on at the same place of it.
Searcher::ListPtr Searcher::list_for(Seat& seat, const Ask& ask, std::size_t& offset) {
  const Place place = place_in(ask.after);
  offset = place.offset;
  if (place.list != 0)
    if (ListPtr list = kept(ask, place.list)) return list;
  return make_list(seat, ask);
}

Searcher::ListPtr Searcher::make_list(Seat& seat, const Ask& ask) {
  auto list = std::make_shared<List>();
  list->asker = ask.asker;
  list->text = ask.text;
  for (const TicketId id : ask.exact)
    list->hits.push_back({.ticket = id, .window = 0, .at = {}, .score = 0});
  list->exact = list->hits.size();
  const bool by_number_alone =
      list->exact > 0 && ask.question.all.empty() && ask.question.none.empty();
  if (!by_number_alone) {
    SearchHits found = look(seat, ask.question);
    list->complete = found.complete && indexer_.up_to_date();
    for (const SearchHit& hit : found.hits)
      if (std::ranges::find(ask.exact, hit.ticket) == ask.exact.end()) list->hits.push_back(hit);
  }
  keep(list);
  return list;
}

SearchHits Searcher::look(Seat& seat, const SearchQuestion& question) {
  const std::uint64_t generation = indexer_.generation();
  if (generation == 0) return {.hits = {}, .complete = false};
  try {
    if (seat.generation != generation) {
      seat.index = files_.open_reader();
      seat.generation = generation;
    }
    const SteadyTime end = steady_now() + settings_.find_within;
    return seat.index->find(question, [end] { return steady_now() >= end; });
  } catch (const StoreError& error) {
    spdlog::error("search: {}", error.what());
    seat.index.reset();
    seat.generation = 0;
    if (error.kind == StoreError::Kind::corrupt) indexer_.report_damage();
    return {.hits = {}, .complete = false};
  }
}

void Searcher::keep(const std::shared_ptr<List>& list) {
  const std::lock_guard lock(mutex_);
  list->id = next_list_++;
  lists_.push_front(list);
  if (lists_.size() > limits::kSearchLists) lists_.pop_back();
}

Searcher::ListPtr Searcher::kept(const Ask& ask, std::uint64_t id) {
  const std::lock_guard lock(mutex_);
  const auto found = std::ranges::find_if(lists_, [&](const ListPtr& list) {
    return list->id == id && list->asker == ask.asker && list->text == ask.text;
  });
  if (found == lists_.end()) return nullptr;
  lists_.splice(lists_.begin(), lists_, found);
  return *found;
}

/// Tickets that went out of the asker's sight since are passed over, also when looking whether
/// there is a next page: so that every page but the last one is full, and the last one is not
/// empty.
void Searcher::fill(Seat& seat, const Ask& ask, const List& list, std::size_t offset, Page& page) {
  const SteadyTime end = steady_now() + settings_.show_within;
  const Showing showing(*seat.store, ask.question.all, [end] { return steady_now() >= end; });
  for (std::size_t i = offset; i < list.hits.size(); ++i) {
    const SearchHit& hit = list.hits[i];
    auto row = seat.store->ticket(hit.ticket);
    if (!row || !ask.sees(row->ticket)) continue;
    if (page.found.size() == ask.limit) {
      page.next = place_text(list.id, i);
      return;
    }
    page.found.push_back(i < list.exact ? showing.by_number(std::move(*row))
                                        : showing.by_words(std::move(*row), hit.window));
  }
}

}  // namespace deskwire::search
