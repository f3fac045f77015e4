// SPDX-License-Identifier: Apache-2.0
#include "search/indexer.hpp"

#include <spdlog/spdlog.h>
#include <sys/resource.h>
#include <unistd.h>

#include <chrono>
#include <ranges>
#include <stdexcept>
#include <utility>

#include "runtime/job_pool.hpp"
#include "search/documents.hpp"

namespace deskwire::search {
namespace {

using namespace std::chrono_literals;

constexpr std::uint32_t kJournalRows = 256;
/// More tickets than these of one slice are put off; one row of the journal may speak of thousands.
constexpr std::size_t kTickets = 512;
constexpr std::uint32_t kUnreadTickets = 200;
/// Idle, it looks around once in so long for words to be written out of the file.
constexpr auto kIdle = 60s;

/// The desk's own store could not be read; no fault of the index.
struct SourceFailed : std::runtime_error {
  using std::runtime_error::runtime_error;
};

template <class Read>
auto from_store(Read&& read) {
  try {
    return read();
  } catch (const StoreError& error) {
    throw SourceFailed(error.what());
  }
}

/// Searching may wait, mail may not.
void yield_to_others() {
  constexpr int kNice = 10;
  if (::setpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()), kNice) != 0)
    spdlog::warn("search: the indexing thread runs at full priority");
}

}  // namespace

Indexer::Indexer(SearchStore& files, std::unique_ptr<Reader> reader, std::uint64_t head,
                 IndexerSettings settings)
    : files_(files),
      reader_(std::move(reader)),
      settings_(std::move(settings)),
      head_(head),
      thread_([this] {
        name_this_thread("desk-index");
        yield_to_others();
        run();
      }) {}

void Indexer::committed(std::uint64_t seq) {
  {
    const std::lock_guard lock(mutex_);
    if (seq <= head_) return;
    head_ = seq;
  }
  wake_.notify_one();
}

void Indexer::report_damage() {
  {
    const std::lock_guard lock(mutex_);
    damage_ = true;
    settled_ = false;
  }
  wake_.notify_one();
}

void Indexer::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
  if (thread_.joinable()) thread_.join();
}

std::uint64_t Indexer::rows_behind() const {
  const std::uint64_t head = head_, seq = seq_;
  return head > seq ? head - seq : 0;
}

void Indexer::run() {
  while (!stopping()) {
    Millis pause = settings_.retry;
    try {
      if (settings_.has_room()) {
        if (!writer_) open();
        pause = work();
      }
    } catch (const StoreError& error) {
      pause = recover(error);
    } catch (const std::exception& error) {
      spdlog::error("search: {}; tried again later", error.what());
    }
    wait(pause);
  }
  writer_.reset();
  reader_.reset();
}

/// Between two rounds only a stop is listened to, so that a busy desk costs few transactions.
void Indexer::wait(Millis at_most) {
  std::unique_lock lock(mutex_);
  if (at_most < kIdle)
    wake_.wait_for(lock, at_most, [this] { return stopping(); });
  else
    wake_.wait_for(lock, at_most, [this] { return stopping() || damage_ || head_ > seq_; });
}

Indexer::Millis Indexer::work() {
  if (damage_.exchange(false))
    throw StoreError(StoreError::Kind::corrupt, "a search met damage in the index");
  const SteadyTime began = steady_now();
  // What is not urgent rests as long as it worked.
  const auto as_long = [began] {
    return std::chrono::ceil<Millis>(steady_now() - began) + Millis(1);
  };
  if (rows_behind() > 0) return read_journal() ? Millis(0) : settings_.pause;
  if (read_due() || read_unread()) return as_long();
  settled_ = true;
  if (writer_->tidy(system_now())) return as_long();
  return kIdle;
}

void Indexer::open() {
  writer_ = files_.open_writer();
  const std::optional<SearchPlace> place = writer_->place();
  if (!place || !follows_on(*place)) {
    if (place) {
      spdlog::warn("search: the index belongs to another past of this desk; it is made anew");
      writer_.reset();
      files_.remove();
      writer_ = files_.open_writer();
    }
    begin_anew();
  } else {
    place_ = *place;
  }
  settled_ = false;
  seq_ = place_.seq;
  unread_ = place_.unread.value > 1 ? place_.unread.value - 1 : 0;
  ++generation_;
}

/// Whether the journal that the store has now is the one that the index has read.
bool Indexer::follows_on(const SearchPlace& place) {
  if (place.store != settings_.store || place.seq > head_) return false;
  if (place.seq == 0) return true;
  const auto rows = from_store([&] { return reader_->journal(place.seq - 1, 1); });
  if (!rows.empty() && rows.front().seq == place.seq) return rows.front().at == place.at;
  // The row is older than what is kept; then the next one must still be there.
  return place.seq == head_ || (!rows.empty() && rows.front().seq == place.seq + 1);
}

void Indexer::begin_anew() {
  // First the place, then the tickets: what comes between is met twice, which does no harm.
  place_ = {.store = settings_.store,
            .seq = from_store([&] { return reader_->load({}).as_of; }),
            .at = {},
            .unread = {}};
  if (place_.seq > 0) {
    const auto rows = from_store([&] { return reader_->journal(place_.seq - 1, 1); });
    if (!rows.empty()) place_.at = rows.front().at;
  }
  TicketFilter newest;
  newest.all_visible = true;
  newest.limit = 1;
  const auto tickets = from_store([&] { return reader_->tickets(newest); });
  if (!tickets.empty()) place_.unread = TicketId{tickets.front().ticket.id.value + 1};
  writer_->begin();
  commit();
  ++rebuilds_;
}

Indexer::Millis Indexer::recover(const StoreError& error) {
  writer_.reset();
  const SteadyTime now = steady_now();
  const bool again = failed_at_ && now - *failed_at_ < settings_.retry;
  failed_at_ = now;
  if (error.kind != StoreError::Kind::corrupt) {
    spdlog::error("search: {}; tried again later", error.what());
    return settings_.retry;
  }
  spdlog::warn("search: the index is made anew: {}", error.what());
  try {
    files_.remove();
  } catch (const StoreError& failed) {
    spdlog::error("search: {}", failed.what());
    return settings_.retry;
  }
  return again ? settings_.retry : Millis(0);
}

/// True: there are more rows.
bool Indexer::read_journal() {
  const auto rows = from_store([&] { return reader_->journal(place_.seq, kJournalRows); });
  if (rows.empty()) return false;
  if (rows.front().seq != place_.seq + 1)
    throw StoreError(StoreError::Kind::corrupt, "the journal no longer reaches back to the index");
  Affected affected;
  for (const JournalEntry& row : rows) add_affected(affected, row);
  writer_->begin();
  read_customers(affected.customers);
  std::size_t read = 0;
  for (const auto& [id, reading] : affected.tickets) {
    if (stopping()) return false;
    if (++read <= kTickets) {
      read_ticket(id, reading);
    } else {
      writer_->set_due(id);
      settled_ = false;
    }
  }
  place_.seq = rows.back().seq;
  place_.at = rows.back().at;
  commit();
  return rows.size() == kJournalRows;
}

bool Indexer::read_due() {
  const std::vector<TicketId> due = writer_->due(kUnreadTickets);
  if (due.empty()) return false;
  writer_->begin();
  for (const TicketId id : due)
    if (!stopping()) read_ticket(id, {.whole = true, .windows = {}});
  commit();
  return true;
}

bool Indexer::read_unread() {
  if (place_.unread.value <= 1) return false;
  TicketFilter older;
  older.all_visible = true;
  older.limit = kUnreadTickets;
  older.before = place_.unread;
  const auto tickets = from_store([&] { return reader_->tickets(older); });
  writer_->begin();
  for (const TicketRow& row : std::views::reverse(tickets))
    if (!stopping()) read_ticket(row.ticket.id, {.whole = true, .windows = {}});
  place_.unread = tickets.size() < kUnreadTickets ? TicketId{} : tickets.back().ticket.id;
  commit();
  return true;
}

void Indexer::read_customers(const std::set<CustomerId>& customers) {
  for (const CustomerId id : customers) {
    const auto known = writer_->digest(id);
    if (!known) continue;  // None of their tickets is here.
    const auto identities = from_store([&] { return reader_->identities(id); });
    const std::uint64_t now = customer_digest(identities);
    if (now == *known) continue;
    writer_->put(id, now);
    settled_ = false;
  }
}

void Indexer::read_ticket(TicketId id, const Reading& reading) {
  try {
    const auto row = from_store([&] { return reader_->ticket(id); });
    if (row)
      put_ticket(*row, reading);
    else
      writer_->remove(id);
  } catch (const SourceFailed& error) {
    spdlog::error("search: ticket {} cannot be read: {}", id.value, error.what());
    writer_->finish(id, ~std::uint32_t{0});
  }
}

void Indexer::put_ticket(const TicketRow& row, const Reading& reading) {
  const CustomerId customer = row.ticket.customer;
  const TicketId id = row.ticket.id;
  std::vector<IdentityContent> identities;
  if (customer) identities = from_store([&] { return reader_->identities(customer); });
  const Heading heading = heading_of(row, identities);
  if (customer && writer_->digest(customer) != heading.customer_digest) {
    writer_->put(customer, heading.customer_digest);
    settled_ = false;
  }
  const bool whole = reading.whole || writer_->digest(id) != heading.digest;
  writer_->put(search_ticket(row.ticket), heading.digest);
  if (!whole) {
    for (const std::uint32_t window : reading.windows) put_window(row, heading, window);
    return;
  }
  const std::uint32_t windows = windows_of(row.ticket);
  for (std::uint32_t window = 0; window < windows && !stopping(); ++window)
    put_window(row, heading, window);
  writer_->finish(id, windows);
}

void Indexer::put_window(const TicketRow& row, const Heading& heading, std::uint32_t window) {
  const TicketId id = row.ticket.id;
  const std::uint32_t before = window * kSearchWindow;
  auto messages = from_store([&] { return reader_->messages(id, before, kSearchWindow); });
  // Where some are missing, the next window's follow.
  std::erase_if(messages, [&](const MessageRow& m) { return window_of(m.message.seq) != window; });
  if (messages.empty() && window > 0) return writer_->remove(id, window);
  writer_->put(id, document_of(row, heading, window, messages));
}

/// An unfinished slice is none: it is read again at the next start.
void Indexer::commit() {
  if (stopping()) return;
  writer_->commit(place_);
  seq_ = place_.seq;
  unread_ = place_.unread.value > 1 ? place_.unread.value - 1 : 0;
}

}  // namespace deskwire::search
