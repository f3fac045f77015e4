// SPDX-License-Identifier: Apache-2.0
#include "sim/memory_disk.hpp"

#include <optional>

namespace deskwire::sim {
namespace {

/// Keeps every batch back until the next one comes.
class LateStore final : public Store {
 public:
  explicit LateStore(std::shared_ptr<MemoryImage> image) : inner_(std::move(image)) {}

  void commit(const Batch& batch) override {
    if (kept_back_) inner_.commit(*kept_back_);
    kept_back_ = batch;
  }

  Snapshot load_snapshot() override { return inner_.load_snapshot(); }
  NameIds load_names() override { return inner_.load_names(); }
  std::unique_ptr<Reader> open_reader() override { return inner_.open_reader(); }
  BlobKeeper& blobs() override { return inner_.blobs(); }
  void put_user(const UserRow& user) override { inner_.put_user(user); }
  void put_session(const SessionRow& session) override { inner_.put_session(session); }
  void delete_session(const std::string& hash) override { inner_.delete_session(hash); }
  std::uint64_t put_upload(const UploadRow& upload, const Blob& blob) override {
    return inner_.put_upload(upload, blob);
  }
  void put_draft(const DraftRow& row, std::uint32_t keep) override { inner_.put_draft(row, keep); }
  void delete_draft(AgentId user, TicketId ticket, DraftKind kind) override {
    inner_.delete_draft(user, ticket, kind);
  }
  void put_record(const Record& row, std::uint32_t keep) override { inner_.put_record(row, keep); }
  void delete_record(const std::string& kind, const std::string& key) override {
    inner_.delete_record(kind, key);
  }
  std::string secret(const std::string& name) override { return inner_.secret(name); }
  bool housekeep(Instant now, bool idle) override { return inner_.housekeep(now, idle); }
  void backup(const std::string& directory) override { inner_.backup(directory); }
  std::uint64_t free_bytes() const override { return inner_.free_bytes(); }

 private:
  MemoryStore inner_;
  std::optional<Batch> kept_back_;
};

}  // namespace

Store& MemoryDisk::open() {
  std::unique_ptr<Store> inner;
  if (honest_)
    inner = std::make_unique<MemoryStore>(image_);
  else
    inner = std::make_unique<LateStore>(image_);
  store_ = std::make_unique<FaultyStore>(std::move(inner));
  return *store_;
}

void MemoryDisk::fail_next_commit(bool after_durable) {
  store_->fail_commit(1, after_durable ? FaultyStore::When::after : FaultyStore::When::before);
}

}  // namespace deskwire::sim
