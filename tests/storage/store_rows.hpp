// SPDX-License-Identifier: Apache-2.0
// Rows that the contract of port/store.hpp is shown with, and the stores that keep it.
#pragma once
#include <catch2/catch.hpp>
#include <memory>
#include <string>
#include <utility>

#include "storage/stores.hpp"

#define STORES OnMemory, OnSqlite

namespace deskwire {

/// A day at which everything that the tests let run out has.
inline constexpr Instant kLater{1'900'000'000'000};

/// Housekeeping until there is no more to do.
inline void keep_house(Store& store, Instant now) {
  for (const Instant at : {now, now + minutes(2)}) {
    int slices = 0;
    while (store.housekeep(at, true)) REQUIRE(++slices < 2000);
  }
}

inline ContentPtr content_of(std::string subject, std::string text) {
  auto content = std::make_shared<MessageContent>();
  content->subject = std::move(subject);
  content->text = std::move(text);
  return content;
}

inline Ticket a_ticket(std::uint64_t id) {
  Ticket ticket;
  ticket.id = TicketId{id};
  ticket.queue = QueueId{1};
  ticket.customer = CustomerId{1};
  ticket.created_at = Instant{1000};
  return ticket;
}

inline Message a_message(std::uint64_t id, std::uint64_t ticket, std::uint32_t seq) {
  Message message;
  message.id = MessageId{id};
  message.ticket = TicketId{ticket};
  message.seq = seq;
  message.at = Instant{static_cast<std::int64_t>(1000 + id)};
  return message;
}

}  // namespace deskwire
