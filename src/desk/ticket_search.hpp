// SPDX-License-Identifier: Apache-2.0
// Search as REST and the console offer it: names in filters become ids, what may not be seen is
// left out, and what was found becomes the objects of the public interfaces. Owns the index's
// threads. Loop thread only.
#pragma once
#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/json/object.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "desk/front_desk.hpp"
#include "deskwire/port/search_store.hpp"
#include "runtime/core.hpp"
#include "search/indexer.hpp"
#include "search/searcher.hpp"

namespace deskwire {

struct TicketSearchSettings {
  std::string store;   ///< Names the store; never changes for one.
  std::string region;  ///< How telephone numbers without their country are read.
};

struct SearchRequest {
  std::string text;  ///< At most search::kQueryBytes.
  std::uint32_t limit = 20;
  std::string after;  ///< `next` of the page before.
};

/// More than these on a page would be read through for too long.
inline constexpr std::uint32_t kSearchPage = 50;

class TicketSearch {
 public:
  /// Begins to bring the index up to date at once.
  TicketSearch(boost::asio::io_context& loop, std::unique_ptr<SearchStore> files, Core& core,
               FrontDesk& desk, Metrics& metrics, TicketSearchSettings settings);

  /// `{items:[{ticket,message,field,snippet,at}],next,complete,hints}`. Throws Busy.
  boost::asio::awaitable<boost::json::object> find(AgentId asker, SearchRequest request);
  /// Before the core stops; some milliseconds.
  void stop();

 private:
  FrontDesk& desk_;
  Metrics& metrics_;
  std::function<Instant()> now_;
  TicketSearchSettings settings_;
  std::unique_ptr<SearchStore> files_;
  search::Indexer indexer_;
  search::Searcher searcher_;
  std::uint64_t counted_rebuilds_ = 0;
  Feed::Subscription subscription_;
};

}  // namespace deskwire
