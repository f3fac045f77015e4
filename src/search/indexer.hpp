// SPDX-License-Identifier: Apache-2.0
// Keeps the search index true, on a thread of its own and behind everything else. The journal is
// its queue: it is told how far commits have come, reads the rows behind its own place, and reads
// anew from the store whatever they speak of. So there is nothing that could overflow, and what it
// missed while it was away is found the same way. An index that is missing, damaged, of another
// form or of another store is made anew, the newest tickets first, in slices.
#pragma once
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <thread>

#include "deskwire/port/search_store.hpp"
#include "deskwire/port/store.hpp"
#include "runtime/clock.hpp"
#include "search/affected.hpp"
#include "search/documents.hpp"

namespace deskwire::search {

struct IndexerSettings {
  std::string store;                        ///< Names the store; never changes for one.
  std::function<bool()> has_room;           ///< Nothing is written while it says no. Any thread.
  std::chrono::milliseconds pause{50};      ///< Between two rounds: what comes meanwhile is one.
  std::chrono::milliseconds retry{30'000};  ///< After the index's disk failed.
};

class Indexer {
 public:
  /// `head` is the journal's last row. Begins at once.
  Indexer(SearchStore& files, std::unique_ptr<Reader> reader, std::uint64_t head,
          IndexerSettings settings);
  ~Indexer() { stop(); }
  Indexer(const Indexer&) = delete;
  Indexer& operator=(const Indexer&) = delete;

  /// The journal has rows up to here. Any thread.
  void committed(std::uint64_t seq);
  /// A reader found the index damaged. Any thread.
  void report_damage();
  /// Ends after the slice at hand, some milliseconds; joins.
  void stop();

  // What follows is for any thread.
  [[nodiscard]] std::uint64_t rows_behind() const;
  [[nodiscard]] std::uint64_t tickets_unread() const { return unread_; }
  /// Everything committed is in the index.
  [[nodiscard]] bool up_to_date() const { return settled_ && rows_behind() == 0; }
  /// Which file it is: readers of another one are to be opened anew. 0: there is none yet.
  [[nodiscard]] std::uint64_t generation() const { return generation_; }
  [[nodiscard]] std::uint64_t rebuilds() const { return rebuilds_; }

 private:
  using Millis = std::chrono::milliseconds;

  void run();
  /// One slice of whatever there is to do; how long to wait then.
  Millis work();
  void open();
  [[nodiscard]] bool follows_on(const SearchPlace& place);
  void begin_anew();
  /// How long to wait then.
  Millis recover(const StoreError& error);

  bool read_journal();
  bool read_due();
  bool read_unread();
  void read_customers(const std::set<CustomerId>& customers);
  void read_ticket(TicketId id, const Reading& reading);
  void put_ticket(const TicketRow& row, const Reading& reading);
  void put_window(const TicketRow& row, const Heading& heading, std::uint32_t window);
  void commit();
  [[nodiscard]] bool stopping() const { return stopping_; }
  void wait(Millis at_most);

  SearchStore& files_;
  std::unique_ptr<Reader> reader_;
  IndexerSettings settings_;

  // The thread's own.
  std::unique_ptr<SearchWriter> writer_;
  SearchPlace place_;
  std::optional<SteadyTime> failed_at_;

  std::atomic<std::uint64_t> head_, seq_ = 0, unread_ = 0, generation_ = 0, rebuilds_ = 0;
  std::atomic<bool> settled_ = false;  ///< Nothing is due or unread.
  std::atomic<bool> stopping_ = false, damage_ = false;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::thread thread_;  ///< Last: it uses all the others.
};

}  // namespace deskwire::search
