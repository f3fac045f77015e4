// SPDX-License-Identifier: Apache-2.0
#include "storage/memory/memory_store.hpp"

#include <openssl/rand.h>

#include <algorithm>
#include <array>
#include <functional>
#include <limits>
#include <stdexcept>
#include <utility>

#include "storage/memory/memory_reader.hpp"

namespace deskwire {
namespace {

/// An upload that no reply referred to is forgotten after this long.
constexpr Duration kUploadLife = hours(24);

std::string random_hex() {
  std::array<unsigned char, 32> bytes{};
  if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1)
    throw StoreError(StoreError::Kind::disk, "no randomness for a stored secret");
  constexpr std::string_view kHex = "0123456789abcdef";
  std::string hex;
  for (unsigned char byte : bytes) {
    hex += kHex[byte >> 4];
    hex += kHex[byte & 15];
  }
  return hex;
}

}  // namespace

/// Bytes are "on disk" as soon as they are kept, as a blob file would be; the inline form stays
/// empty.
class MemoryStore::Keeper final : public BlobKeeper {
 public:
  explicit Keeper(std::shared_ptr<MemoryImage> image) : image_(std::move(image)) {}

  std::shared_ptr<const Blob> keep(std::string_view bytes) override {
    auto blob = std::make_shared<Blob>();
    blob->sha256 = blob_name(bytes);
    blob->size_bytes = bytes.size();
    std::scoped_lock lock(image_->mutex);
    auto& kept = image_->blobs[blob->sha256];
    if (!kept) kept = std::make_shared<const std::string>(bytes);
    return blob;
  }

 private:
  std::shared_ptr<MemoryImage> image_;
};

MemoryStore::MemoryStore(std::shared_ptr<MemoryImage> image)
    : image_(std::move(image)), keeper_(std::make_unique<Keeper>(image_)) {}

MemoryStore::~MemoryStore() = default;

Snapshot MemoryStore::load_snapshot() {
  std::scoped_lock lock(image_->mutex);
  Snapshot out = image_->counters;
  for (const auto& [id, ticket] : image_->tickets) {
    if (ticket.state != TicketState::closed) out.tickets.push_back(ticket);
  }
  for (const auto& [id, agent] : image_->agents) out.agents.push_back(agent);
  for (const auto& [id, offer] : image_->offers) {
    if (offer.end == OfferEnd::pending) out.offers.push_back(offer);
  }
  for (const auto& [id, item] : image_->outbox) out.outbox.push_back(item);
  std::set<CustomerId> customers;
  for (const Ticket& ticket : out.tickets) customers.insert(ticket.customer);
  for (CustomerId id : customers) {
    if (auto found = image_->customers.find(id); found != image_->customers.end())
      out.customers.push_back(found->second);
  }
  return out;
}

NameIds MemoryStore::load_names() {
  std::scoped_lock lock(image_->mutex);
  return image_->names;
}

void MemoryStore::commit(const Batch& batch) {
  std::scoped_lock lock(image_->mutex);
  image_->apply(batch);
}

std::unique_ptr<Reader> MemoryStore::open_reader() {
  return std::make_unique<MemoryReader>(image_);
}

BlobKeeper& MemoryStore::blobs() { return *keeper_; }

void MemoryStore::put_user(const UserRow& user) {
  std::scoped_lock lock(image_->mutex);
  for (const auto& [id, other] : image_->users) {
    if (other.user == user.user && id != user.id)
      throw std::invalid_argument("user name \"" + user.user + "\" is taken");
  }
  UserRow& row = image_->users[user.id];
  if (row.password_hash != user.password_hash || !user.enabled)
    std::erase_if(image_->sessions, [&](const auto& s) { return s.second.user == user.id; });
  row = user;
}

void MemoryStore::put_session(const SessionRow& session) {
  std::scoped_lock lock(image_->mutex);
  image_->sessions[session.token_hash] = session;
}

void MemoryStore::delete_session(const std::string& token_hash) {
  std::scoped_lock lock(image_->mutex);
  image_->sessions.erase(token_hash);
}

std::uint64_t MemoryStore::put_upload(const UploadRow& upload, const Blob& blob) {
  std::scoped_lock lock(image_->mutex);
  if (!image_->blobs.contains(blob.sha256))
    throw StoreError(StoreError::Kind::corrupt, "upload refers to a blob that was never kept");
  UploadRow row = upload;
  row.id = image_->next_upload++;
  row.blob_sha256 = blob.sha256;
  image_->uploads[row.id] = row;
  return row.id;
}

void MemoryStore::put_draft(const DraftRow& draft, std::uint32_t keep) {
  std::scoped_lock lock(image_->mutex);
  auto& all = image_->drafts;
  all[{draft.user, draft.ticket, draft.kind}] = draft;
  std::vector<Instant> times;
  for (const auto& [id, row] : all)
    if (row.user == draft.user) times.push_back(row.saved_at);
  if (keep == 0 || times.size() <= keep) return;
  std::ranges::sort(times, std::greater());
  std::erase_if(all, [&](const auto& entry) {
    return entry.second.user == draft.user && entry.second.saved_at < times[keep - 1];
  });
}

void MemoryStore::delete_draft(AgentId user, TicketId ticket, DraftKind kind) {
  std::scoped_lock lock(image_->mutex);
  image_->drafts.erase({user, ticket, kind});
}

void MemoryStore::put_record(const Record& record, std::uint32_t keep) {
  std::scoped_lock lock(image_->mutex);
  auto& all = image_->records;
  all[{record.kind, record.key}] = record;
  std::vector<Instant> times;
  for (const auto& [id, row] : all)
    if (row.kind == record.kind) times.push_back(row.at);
  if (keep == 0 || times.size() <= keep) return;
  std::ranges::sort(times, std::greater());
  std::erase_if(all, [&](const auto& entry) {
    return entry.second.kind == record.kind && entry.second.at < times[keep - 1];
  });
}

void MemoryStore::delete_record(const std::string& kind, const std::string& key) {
  std::scoped_lock lock(image_->mutex);
  image_->records.erase({kind, key});
}

std::string MemoryStore::secret(const std::string& name) {
  std::scoped_lock lock(image_->mutex);
  std::string& value = image_->secrets[name];
  if (value.empty()) value = random_hex();
  return value;
}

bool MemoryStore::housekeep(Instant now, bool /*idle*/) {
  std::scoped_lock lock(image_->mutex);
  std::erase_if(image_->keys, [&](const auto& row) { return row.second.expires_at <= now; });
  std::erase_if(image_->sessions, [&](const auto& row) { return row.second.expires_at <= now; });
  std::erase_if(image_->records, [&](const auto& row) { return row.second.expires_at <= now; });
  std::erase_if(image_->drafts, [&](const auto& row) {
    const auto ticket = image_->tickets.find(row.second.ticket);
    return ticket != image_->tickets.end() && ticket->second.state == TicketState::closed;
  });
  std::erase_if(image_->uploads,
                [&](const auto& row) { return row.second.created_at + kUploadLife <= now; });
  return false;
}

void MemoryStore::backup(const std::string& /*directory*/) {
  throw StoreError(StoreError::Kind::disk, "a store in memory cannot be backed up");
}

std::uint64_t MemoryStore::free_bytes() const { return std::numeric_limits<std::uint64_t>::max(); }

}  // namespace deskwire
