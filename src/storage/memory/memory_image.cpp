// SPDX-License-Identifier: Apache-2.0
#include "storage/memory/memory_image.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <array>

namespace deskwire {

void MemoryImage::put_ticket(const Ticket& row) {
  auto [it, is_new] = tickets.try_emplace(row.id);
  if (is_new || it->second.customer != row.customer) {
    if (!is_new) std::erase(tickets_by_customer[it->second.customer], row.id);
    tickets_by_customer[row.customer].push_back(row.id);
  }
  it->second = row;
}

void MemoryImage::put_message(const Message& row) {
  auto [it, is_new] = messages.try_emplace(row.id);
  if (!is_new) messages_by_ticket[it->second.ticket].erase({it->second.seq, row.id});
  messages_by_ticket[row.ticket].emplace(row.seq, row.id);
  it->second = row;
}

void MemoryImage::put_identity(const IdentityRow& row) {
  std::vector<IdentityContent>& known = identities[row.customer];
  auto same = std::ranges::find(known, row.identity.key, &IdentityContent::key);
  if (same == known.end()) {
    known.push_back(row.identity);
    return;
  }
  // A mail without a display name does not make us forget the name seen before.
  std::string name = row.identity.name.empty() ? same->name : row.identity.name;
  *same = row.identity;
  same->name = std::move(name);
}

void MemoryImage::put_content(const ContentRow& row) {
  if (row.opens_ticket) subjects[row.ticket] = row.content->subject;
  if (!row.message) return;
  ContentPtr& kept = contents[row.message];
  if (!row.attachments_only) {
    kept = row.content;
  } else if (kept) {
    auto changed = std::make_shared<MessageContent>(*kept);
    changed->attachments = row.content->attachments;
    kept = std::move(changed);
  }
}

void MemoryImage::apply(const Batch& batch) {
  journal.insert(journal.end(), batch.journal.begin(), batch.journal.end());
  for (const Ticket& row : batch.tickets) put_ticket(row);
  for (const Agent& row : batch.agents) agents[row.id] = row;
  for (const Offer& row : batch.offers) {
    if (offers.insert_or_assign(row.id, row).second) offers_by_ticket[row.ticket].push_back(row.id);
  }
  for (const Customer& row : batch.customers) customers[row.id] = row;
  for (const Message& row : batch.messages) put_message(row);
  for (const OutboxItem& row : batch.outbox) outbox[row.message] = row;
  for (MessageId id : batch.outbox_gone) outbox.erase(id);
  for (const KeyRow& row : batch.keys) keys[{row.kind, row.key}] = row;
  for (const IdentityRow& row : batch.identities) put_identity(row);
  for (const ContentRow& row : batch.contents) put_content(row);
  for (const NameRow& row : batch.names) {
    names.ids[{row.kind, row.name}] = row.id;
    std::uint64_t& next = names.next[row.kind];
    next = std::max(next, row.id + 1);
  }
  for (const Record& row : batch.records) records[{row.kind, row.key}] = row;
  for (const auto& gone : batch.records_gone) records.erase(gone);
  counters = batch.counters;
}

std::string blob_name(std::string_view bytes) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int size = 0;
  if (EVP_Digest(bytes.data(), bytes.size(), digest.data(), &size, EVP_sha256(), nullptr) != 1)
    throw StoreError(StoreError::Kind::disk, "SHA-256 is not available");
  constexpr std::string_view kHex = "0123456789abcdef";
  std::string hex;
  hex.reserve(std::size_t{size} * 2);
  for (unsigned int i = 0; i < size; ++i) {
    hex += kHex[digest[i] >> 4];
    hex += kHex[digest[i] & 15];
  }
  return hex;
}

}  // namespace deskwire
