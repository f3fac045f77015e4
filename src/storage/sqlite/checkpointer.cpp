// SPDX-License-Identifier: Apache-2.0
#include "storage/sqlite/checkpointer.hpp"

namespace deskwire::sqlite {
namespace {

/// An idle store copies its log at once if it is worth a sync, otherwise now and then.
constexpr std::uint64_t kIdleBytes = std::uint64_t{4} << 20;
constexpr Duration kIdleEvery = seconds(30);
/// A log is used anew only while nobody reads from it. Under readers without a gap it would grow
/// for ever, so at this many times its limit they are waited for, a little.
constexpr std::uint64_t kOvergrown = 4;
constexpr Duration kRestartEvery = seconds(1);
constexpr int kRestartWaitMs = 200;

}  // namespace

Checkpointer::Checkpointer(Database& database, std::uint64_t limit_bytes)
    : database_(database),
      limit_bytes_(limit_bytes),
      page_bytes_(static_cast<std::uint64_t>(database.ask("PRAGMA page_size"))) {
  sqlite3_wal_hook(database.handle(), note_commit, &log_);
}

Checkpointer::~Checkpointer() { sqlite3_wal_hook(database_.handle(), nullptr, nullptr); }

int Checkpointer::note_commit(void* log, sqlite3*, const char*, int pages) {
  auto& noted = *static_cast<Log*>(log);
  const auto in_file = static_cast<std::uint64_t>(pages);
  if (in_file < noted.pages) noted.copied = 0;  // It began anew.
  noted.pages = in_file;
  return SQLITE_OK;
}

bool Checkpointer::run(Instant now, bool idle) {
  const std::uint64_t waiting = (log_.pages - log_.copied) * page_bytes_;
  if (log_.pages * page_bytes_ >= kOvergrown * limit_bytes_ &&
      now - restarted_at_ >= kRestartEvery) {
    restarted_at_ = now;
    copy(SQLITE_CHECKPOINT_RESTART);
  } else if (waiting >= limit_bytes_ || (idle && waiting >= kIdleBytes) ||
             (idle && waiting > 0 && now - copied_at_ >= kIdleEvery)) {
    copy(SQLITE_CHECKPOINT_PASSIVE);
  } else {
    return false;
  }
  copied_at_ = now;
  return true;
}

/// A reader in the way is no failure: the rest follows at another turn.
void Checkpointer::copy(int mode) {
  int in_log = 0;
  int copied = 0;
  sqlite3_busy_timeout(database_.handle(), kRestartWaitMs);
  const int code = sqlite3_wal_checkpoint_v2(database_.handle(), nullptr, mode, &in_log, &copied);
  sqlite3_busy_timeout(database_.handle(), Database::kBusyMs);
  if (code != SQLITE_OK && (code & 0xFF) != SQLITE_BUSY) database_.fail(code, "checkpoint");
  if (in_log < 0 || copied < 0) return;
  log_.pages = static_cast<std::uint64_t>(in_log);
  log_.copied = static_cast<std::uint64_t>(copied);
}

}  // namespace deskwire::sqlite
