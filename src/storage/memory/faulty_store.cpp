// SPDX-License-Identifier: Apache-2.0
#include "storage/memory/faulty_store.hpp"

namespace deskwire {

void FaultyStore::fail_commit(std::uint64_t n, When when) {
  fail_at_ = commits_ + n;
  fail_when_ = when;
}

void FaultyStore::fill_disk(std::uint64_t left) {
  left_ = left;
  full_ = true;
}

void FaultyStore::empty_disk() { full_ = false; }

void FaultyStore::check_alive() const {
  if (dead_) throw StoreError(StoreError::Kind::disk, "the store failed before");
}

void FaultyStore::check_writable() {
  check_alive();
  if (full_) die("no space left on device");
}

void FaultyStore::die(const char* why) {
  dead_ = true;
  throw StoreError(StoreError::Kind::disk, why);
}

void FaultyStore::commit(const Batch& batch) {
  check_alive();
  ++commits_;
  if (before_commit_) before_commit_();
  check_writable();
  const bool fails = fail_at_ != 0 && commits_ == fail_at_;
  if (fails && fail_when_ == When::before) die("the disk failed before the commit");
  inner_->commit(batch);
  if (fails) die("the disk failed after the commit");
}

Snapshot FaultyStore::load_snapshot() {
  check_alive();
  return inner_->load_snapshot();
}

NameIds FaultyStore::load_names() {
  check_alive();
  return inner_->load_names();
}

std::unique_ptr<Reader> FaultyStore::open_reader() {
  check_alive();
  return inner_->open_reader();
}

BlobKeeper& FaultyStore::blobs() { return inner_->blobs(); }

void FaultyStore::put_user(const UserRow& user) {
  check_writable();
  inner_->put_user(user);
}

void FaultyStore::put_session(const SessionRow& session) {
  check_writable();
  inner_->put_session(session);
}

void FaultyStore::delete_session(const std::string& token_hash) {
  check_writable();
  inner_->delete_session(token_hash);
}

std::uint64_t FaultyStore::put_upload(const UploadRow& upload, const Blob& blob) {
  check_writable();
  return inner_->put_upload(upload, blob);
}

void FaultyStore::put_draft(const DraftRow& draft, std::uint32_t keep) {
  check_writable();
  inner_->put_draft(draft, keep);
}

void FaultyStore::delete_draft(AgentId user, TicketId ticket, DraftKind kind) {
  check_writable();
  inner_->delete_draft(user, ticket, kind);
}

void FaultyStore::put_record(const Record& record, std::uint32_t keep) {
  check_writable();
  inner_->put_record(record, keep);
}

void FaultyStore::delete_record(const std::string& kind, const std::string& key) {
  check_writable();
  inner_->delete_record(kind, key);
}

std::string FaultyStore::secret(const std::string& name) {
  check_writable();
  return inner_->secret(name);
}

bool FaultyStore::housekeep(Instant now, bool idle) {
  check_alive();
  return inner_->housekeep(now, idle);
}

void FaultyStore::backup(const std::string& directory) {
  check_alive();
  inner_->backup(directory);
}

std::uint64_t FaultyStore::free_bytes() const {
  return full_ ? left_.load() : inner_->free_bytes();
}

}  // namespace deskwire
