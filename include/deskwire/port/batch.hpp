// SPDX-License-Identifier: Apache-2.0
// One durable transaction: journal, whole rows of touched entities, contents, keys, outbox, blobs.
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "deskwire/domain/content.hpp"
#include "deskwire/domain/events.hpp"
#include "deskwire/engine/loaded.hpp"

namespace deskwire {

/// One journal row a command.
struct JournalEntry {
  std::uint64_t seq = 0;
  Instant at;
  Actor actor;
  std::string command;  ///< Its name, "ReceiveMessage".
  std::vector<Event> events;
};

struct ContentRow {
  MessageId message;  ///< Zero: a ticket opened without a message; only its subject is kept.
  TicketId ticket;  ///< Also sets the ticket's subject when it is the first message of the ticket.
  bool opens_ticket = false;
  ContentPtr content;
  bool attachments_only = false;  ///< Replaces the attachments of the content that is there.
};

struct IdentityRow {
  IdentityContent identity;
  CustomerId customer;
};

/// A queue, skill, channel, … name that got its id.
struct NameRow {
  std::string kind, name;
  std::uint64_t id = 0;
};

/// A plain fact of an edge, kept by kind and key: what a visitor said of themselves, a hook that
/// was refused, media to fetch. No part of the engine's state.
struct Record {
  std::string kind, key;
  Instant at;
  Instant expires_at = kNever;
  std::string value;  ///< Mostly JSON.
  friend bool operator==(const Record&, const Record&) = default;
};

struct Batch {
  std::uint64_t epoch = 0;  ///< Fencing epoch of the writer; 0 with a single machine.
  std::vector<JournalEntry> journal;
  std::vector<Ticket> tickets;
  std::vector<Agent> agents;
  std::vector<Offer> offers;
  std::vector<Customer> customers;
  std::vector<Message> messages;
  std::vector<OutboxItem> outbox;
  std::vector<MessageId> outbox_gone;
  std::vector<KeyRow> keys;
  std::vector<IdentityRow> identities;
  std::vector<ContentRow> contents;
  std::vector<NameRow> names;
  std::vector<Record> records;
  std::vector<std::pair<std::string, std::string>> records_gone;  ///< (kind, key)
  Snapshot counters;                                              ///< Scalar fields only.
};

}  // namespace deskwire
