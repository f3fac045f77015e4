// SPDX-License-Identifier: Apache-2.0
// Answers questions on threads of its own, each with its own connections to the index and to the
// store: what is shown is read from the store, so nothing that was erased or moved away can appear,
// however far behind the index may be. The ranked list of a question is kept for its next pages,
// which therefore neither repeat nor leave out a ticket. Loop thread only, but for its threads.
#pragma once
#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "deskwire/port/search_store.hpp"
#include "deskwire/port/store.hpp"
#include "runtime/clock.hpp"
#include "runtime/job_pool.hpp"
#include "search/indexer.hpp"
#include "search/query.hpp"
#include "search/snippet.hpp"

namespace deskwire::search {

struct SearcherSettings {
  std::chrono::milliseconds find_within{500};  ///< Then what was found until then is the answer.
  std::chrono::milliseconds show_within{500};  ///< Then tickets are shown by their subject.
};

enum class FoundIn : std::uint8_t { subject, message, customer, id };

struct Found {
  TicketRow ticket;
  MessageId message;  ///< Zero: not in a message.
  FoundIn field = FoundIn::subject;
  std::vector<SnippetPart> snippet;
  Instant at;  ///< The message's time, else the ticket's last change.
};

struct Ask {
  AgentId asker;
  std::string text;  ///< The question as typed: the next page must ask the same.
  SearchQuestion question;
  std::vector<TicketId> exact;  ///< These are shown first, found by their number.
  std::uint32_t limit = 20;
  std::string after;  ///< From the page before; what is no such thing begins at the beginning.
  /// Whether the asker may see it now. Called on a search thread.
  std::function<bool(const Ticket&)> sees;
};

/// Words and numbers of a question; what it filters by name is the desk's to add.
void add_query(Ask& ask, const Query& query);

struct Page {
  std::vector<Found> found;
  std::string next;      ///< Empty: that was all.
  bool complete = true;  ///< False: not everything was looked at.
};

class Searcher {
 public:
  Searcher(boost::asio::io_context& loop, SearchStore& files, Indexer& indexer,
           std::vector<std::unique_ptr<Reader>> readers, SearcherSettings settings = {});
  ~Searcher();

  /// Throws Busy when too many questions wait.
  boost::asio::awaitable<Page> find(Ask ask);
  /// Runs what was taken, joins and closes the connections; the loop must still run, for those who
  /// wait.
  void stop();

 private:
  struct Seat;  // What one thread has.
  struct List;
  using ListPtr = std::shared_ptr<const List>;

  Page answer(Seat& seat, const Ask& ask);
  ListPtr list_for(Seat& seat, const Ask& ask, std::size_t& offset);
  ListPtr make_list(Seat& seat, const Ask& ask);
  SearchHits look(Seat& seat, const SearchQuestion& question);
  void keep(const std::shared_ptr<List>& list);
  [[nodiscard]] ListPtr kept(const Ask& ask, std::uint64_t id);
  void fill(Seat& seat, const Ask& ask, const List& list, std::size_t offset, Page& page);

  boost::asio::io_context& loop_;
  SearchStore& files_;
  Indexer& indexer_;
  SearcherSettings settings_;
  std::vector<std::unique_ptr<Seat>> seats_;

  std::mutex mutex_;
  std::list<ListPtr> lists_;  ///< The latest used first.
  std::uint64_t next_list_ = 1;

  JobPool pool_;  ///< Last: its threads use the others.
};

}  // namespace deskwire::search
