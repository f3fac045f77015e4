// SPDX-License-Identifier: Apache-2.0
// A Store that fails when told to: at the n-th commit before or after it became durable, by a full
// disk, by a power loss, or by being slow. After a failure it behaves as a process about to die
// must: every later write fails too, nothing is retried.
#pragma once
#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>

#include "deskwire/port/store.hpp"

namespace deskwire {

class FaultyStore final : public Store {
 public:
  /// `before`: the batch is lost. `after`: it is durable, but the caller never hears of it.
  enum class When : std::uint8_t { before, after };

  explicit FaultyStore(std::unique_ptr<Store> inner) : inner_(std::move(inner)) {}

  /// The n-th commit from now (1: the next) throws StoreError.
  void fail_commit(std::uint64_t n, When when);
  /// Every write and read from now on throws: what was not committed is gone.
  void lose_power() { dead_ = true; }
  /// From now on writes fail for lack of space and `free_bytes` answers `left`; `empty_disk` ends
  /// it for a store that has not failed yet.
  void fill_disk(std::uint64_t left = 0);
  void empty_disk();
  /// Runs inside every commit before it becomes durable; a test makes it wait for what it likes.
  void set_before_commit(std::function<void()> hook) { before_commit_ = std::move(hook); }

  [[nodiscard]] std::uint64_t commits() const { return commits_; }
  [[nodiscard]] bool dead() const { return dead_; }
  [[nodiscard]] Store& inner() { return *inner_; }

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

 private:
  void check_alive() const;
  void check_writable();
  [[noreturn]] void die(const char* why);

  std::unique_ptr<Store> inner_;
  std::function<void()> before_commit_;
  std::atomic<bool> dead_ = false;
  std::atomic<bool> full_ = false;
  std::atomic<std::uint64_t> left_ = 0;
  std::atomic<std::uint64_t> commits_ = 0;
  std::uint64_t fail_at_ = 0;  ///< Of `commits_`; 0: never.
  When fail_when_ = When::before;
};

}  // namespace deskwire
