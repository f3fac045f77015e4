// SPDX-License-Identifier: Apache-2.0
// The durable image behind MemoryStore: what a disk would hold. It outlives the stores opened on
// it, so a test can let one store "lose power" and open the next on the same image. Every access
// holds the image's mutex.
#pragma once
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <tuple>
#include <unordered_map>
#include <utility>
#include <vector>

#include "deskwire/port/store.hpp"

namespace deskwire {

struct MemoryImage {
  using KeyId = std::pair<KeyKind, Key>;
  struct KeyIdHash {
    std::size_t operator()(const KeyId& id) const noexcept {
      return std::hash<Key>{}(id.second) ^ static_cast<std::size_t>(id.first);
    }
  };

  std::mutex mutex;

  Snapshot counters;  ///< Scalar fields only.
  std::vector<JournalEntry> journal;
  std::map<TicketId, Ticket> tickets;
  std::map<AgentId, Agent> agents;
  std::map<OfferId, Offer> offers;
  std::map<CustomerId, Customer> customers;
  std::map<MessageId, Message> messages;
  std::map<MessageId, OutboxItem> outbox;
  std::unordered_map<KeyId, KeyRow, KeyIdHash> keys;
  std::map<CustomerId, std::vector<IdentityContent>> identities;
  std::unordered_map<MessageId, ContentPtr> contents;
  std::unordered_map<TicketId, std::string> subjects;
  NameIds names;

  std::map<AgentId, UserRow> users;
  std::map<std::string, SessionRow> sessions;
  std::map<std::uint64_t, UploadRow> uploads;
  std::uint64_t next_upload = 1;
  using DraftId = std::tuple<AgentId, TicketId, DraftKind>;
  std::map<DraftId, DraftRow> drafts;
  std::map<std::string, std::string> secrets;
  std::map<std::pair<std::string, std::string>, Record> records;
  std::map<std::string, std::shared_ptr<const std::string>> blobs;  ///< By SHA-256.

  // Derived from the rows, as an index would be.
  std::unordered_map<TicketId, std::set<std::pair<std::uint32_t, MessageId>>> messages_by_ticket;
  std::unordered_map<TicketId, std::vector<OfferId>> offers_by_ticket;
  std::unordered_map<CustomerId, std::vector<TicketId>> tickets_by_customer;

  /// Applies a batch whole. The caller holds the mutex.
  void apply(const Batch& batch);

 private:
  void put_ticket(const Ticket& row);
  void put_message(const Message& row);
  void put_identity(const IdentityRow& row);
  void put_content(const ContentRow& row);
};

/// 64 lower-case hex digits of the SHA-256 of `bytes`.
std::string blob_name(std::string_view bytes);

}  // namespace deskwire
