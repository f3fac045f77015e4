// SPDX-License-Identifier: Apache-2.0
// A Store without a disk: for tests, the simulator and throw-away desks. It keeps the whole
// contract of port/store.hpp except that nothing is compressed and nothing can be backed up.
// Opening a second store on the same image is a restart.
#pragma once
#include <memory>

#include "storage/memory/memory_image.hpp"

namespace deskwire {

class MemoryStore final : public Store {
 public:
  MemoryStore() : MemoryStore(std::make_shared<MemoryImage>()) {}
  explicit MemoryStore(std::shared_ptr<MemoryImage> image);
  ~MemoryStore() override;

  Snapshot load_snapshot() override;
  NameIds load_names() override;
  void commit(const Batch& batch) override;
  std::unique_ptr<Reader> open_reader() override;
  BlobKeeper& blobs() override;
  void put_user(const UserRow& user) override;
  void put_session(const SessionRow& session) override;
  void delete_session(const std::string& token_hash) override;
  std::uint64_t put_upload(const UploadRow& upload, const Blob& blob) override;
  void put_draft(const DraftRow& draft, std::uint32_t keep) override;
  void delete_draft(AgentId user, TicketId ticket, DraftKind kind) override;
  void put_record(const Record& record, std::uint32_t keep) override;
  void delete_record(const std::string& kind, const std::string& key) override;
  std::string secret(const std::string& name) override;
  bool housekeep(Instant now, bool idle) override;
  void backup(const std::string& directory) override;
  std::uint64_t free_bytes() const override;

  [[nodiscard]] const std::shared_ptr<MemoryImage>& image() const { return image_; }

 private:
  class Keeper;
  std::shared_ptr<MemoryImage> image_;
  std::unique_ptr<Keeper> keeper_;
};

}  // namespace deskwire
