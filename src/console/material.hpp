// SPDX-License-Identifier: Apache-2.0
// The rows that events show. A fresh ticket's subject and its customer's name are in its own batch;
// those of older ones are kept for a while or read.
#pragma once
#include <boost/asio/awaitable.hpp>
#include <cstddef>
#include <list>
#include <string>
#include <unordered_map>
#include <vector>

#include "console/notices.hpp"
#include "deskwire/port/store.hpp"
#include "runtime/workers.hpp"

namespace deskwire {

struct Material {
  std::unordered_map<TicketId, TicketRow> tickets;
  std::unordered_map<MessageId, MessageRow> messages;
};

/// Subjects and customer names of tickets, as many as are worth keeping. Loop thread.
class TicketHeads {
 public:
  explicit TicketHeads(std::size_t capacity) : capacity_(capacity) {}

  struct Head {
    std::string subject;
    std::string customer_name;
  };
  /// Learns from a batch: heads of tickets it opens, customers whose name may have changed.
  void learn(const Batch& batch);
  void keep(const TicketRow& row);
  [[nodiscard]] const Head* find(TicketId id);

 private:
  struct Entry {
    TicketId ticket;
    CustomerId customer;
    Head head;
  };
  using Order = std::list<Entry>;  ///< Latest used first.
  void put(TicketId ticket, CustomerId customer, Head head);

  std::size_t capacity_;
  Order order_;
  std::unordered_map<TicketId, Order::iterator> entries_;
  std::unordered_multimap<CustomerId, TicketId> by_customer_;
};

/// Rows for notices of a committed batch: as the batch has them, and read where it does not.
boost::asio::awaitable<Material> gather_live(Workers& workers, TicketHeads& heads,
                                             std::shared_ptr<const Batch> batch,
                                             std::vector<Notice> notices);
/// Rows as they are now.
boost::asio::awaitable<Material> gather_stored(Workers& workers, std::vector<Notice> notices);

}  // namespace deskwire
