// SPDX-License-Identifier: Apache-2.0
// What a command needs from the store before it can be decided, and the answer, read in one read
// transaction.
#pragma once
#include <cstdint>
#include <utility>
#include <vector>

#include "deskwire/base/key.hpp"
#include "deskwire/domain/entities.hpp"

namespace deskwire {

enum class KeyKind : std::uint8_t {
  thread = 0,
  identity = 1,
  dedupe = 2,
  client = 3,
  follow_up = 4,
  dead_address = 5,
  provider = 6,
  opted_out = 7,
  external = 8
};

/// One remembered key: thread → (ticket, message), identity → customer, dedupe and client →
/// (ticket, message), follow_up: the first ticket of a conversation → its newest one, dead_address:
/// an identity that mail came back from for good → the (ticket, message) that said so, provider: a
/// provider's id of a message of ours → (ticket, message), opted_out: an identity that asked not to
/// be written to, external: a customer → that they have an id of the company's own.
struct KeyRow {
  KeyKind kind = KeyKind::thread;
  Key key;
  TicketId ticket;
  MessageId message;
  CustomerId customer;
  Instant expires_at = kNever;
  std::uint32_t message_seq = 0;
  friend bool operator==(const KeyRow&, const KeyRow&) = default;
};

struct Needs {
  std::vector<std::pair<KeyKind, Key>> keys;
  std::vector<TicketId> tickets;  ///< Closed or evicted ones.
  std::vector<CustomerId> customers;
  std::vector<MessageId> messages;  ///< Outbound messages a delivery or bounce speaks of.
  [[nodiscard]] bool empty() const {
    return keys.empty() && tickets.empty() && customers.empty() && messages.empty();
  }
  /// Adds what `other` asks for and this does not yet.
  void merge(const Needs& other);
};

/// Found rows only; what was asked for and is not here does not exist as of journal sequence
/// `as_of`. Loads reach the engine in the order they were read, so `as_of` never goes back.
struct Loaded {
  std::uint64_t as_of = 0;
  Needs asked;  ///< What was looked for.
  std::vector<KeyRow> keys;
  std::vector<Ticket> tickets;      ///< A merged-away or reopened ticket comes whole.
  std::vector<Customer> customers;  ///< Includes those that identity keys point to.
  std::vector<Message> messages;
};

/// Rows at start-up: everything live. Closed tickets stay in the store.
struct Snapshot {
  std::uint64_t seq = 0;  ///< Last journal sequence.
  std::uint64_t next_ticket = 1, next_message = 1, next_offer = 1, next_customer = 1;
  Instant last_now;  ///< Time of the last journal row; the engine's time never goes back behind it.
  std::vector<Ticket> tickets;  ///< All but closed.
  std::vector<Agent> agents;
  std::vector<Offer> offers;        ///< Pending ones.
  std::vector<OutboxItem> outbox;   ///< Queued or sending.
  std::vector<Customer> customers;  ///< Of the tickets above.
};

}  // namespace deskwire
