// SPDX-License-Identifier: Apache-2.0
#include "storage/sqlite/checkpointer.hpp"

#include <pthread.h>

#include <utility>

namespace deskwire::sqlite {
namespace {

/// An idle store copies its log at once if it is worth a sync, otherwise now and then.
constexpr std::uint64_t kIdleBytes = std::uint64_t{4} << 20;
constexpr Duration kIdleEvery = seconds(30);
/// So much is copied between two commits, a few milliseconds.
constexpr std::uint64_t kShortBytes = std::uint64_t{2} << 20;
/// A log is used anew only while nobody reads from it. Under readers without a gap it would grow
/// for ever, so at this many times its limit they are waited for, a little.
constexpr std::uint64_t kOvergrown = 4;
constexpr Duration kRestartEvery = seconds(1);
constexpr int kRestartWaitMs = 200;

}  // namespace

Checkpointer::Checkpointer(Database& database, const std::string& vfs, std::uint64_t limit_bytes)
    : database_(database),
      limit_bytes_(limit_bytes),
      page_bytes_(static_cast<std::uint64_t>(database.ask("PRAGMA page_size"))),
      disk_(vfs),
      passes_(database.file(), Database::Mode::write, disk_.name()) {
  sqlite3_wal_hook(database.handle(), note_commit, &log_);
  passes_.execute("PRAGMA synchronous = FULL");
  sqlite3_db_config(passes_.handle(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
  thread_ = std::thread([this] { copy_in_passes(); });
}

Checkpointer::~Checkpointer() {
  sqlite3_wal_hook(database_.handle(), nullptr, nullptr);
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  sqlite3_interrupt(passes_.handle());
  asked_.notify_one();
  thread_.join();
}

int Checkpointer::note_commit(void* log, sqlite3*, const char*, int pages) {
  auto& noted = *static_cast<Log*>(log);
  const auto in_file = static_cast<std::uint64_t>(pages);
  if (in_file < noted.pages) noted.copied = 0;  // It began anew.
  noted.pages = in_file;
  return SQLITE_OK;
}

bool Checkpointer::run(Instant now, bool idle) {
  if (draining_ && !take_pass()) return false;
  if (!draining_ && !wanted(now, idle)) return false;
  copied_at_ = now;
  if (log_.pages * page_bytes_ >= kOvergrown * limit_bytes_ &&
      now - restarted_at_ >= kRestartEvery) {
    restarted_at_ = now;
    copy_here(SQLITE_CHECKPOINT_RESTART);
  } else if ((log_.pages - log_.copied) * page_bytes_ <= kShortBytes) {
    copy_here(SQLITE_CHECKPOINT_PASSIVE);
  } else {
    draining_ = true;
    const std::lock_guard lock(mutex_);
    pass_ = Pass::asked;
    asked_.notify_one();
  }
  return true;
}

bool Checkpointer::wanted(Instant now, bool idle) const {
  const std::uint64_t waiting = (log_.pages - log_.copied) * page_bytes_;
  return waiting >= limit_bytes_ || (idle && waiting >= kIdleBytes) ||
         (idle && waiting > 0 && now - copied_at_ >= kIdleEvery);
}

void Checkpointer::copy_here(int mode) {
  if (const auto log = copy(database_, mode)) log_ = *log;
  draining_ = false;
}

/// False while the thread is at it.
bool Checkpointer::take_pass() {
  const std::lock_guard lock(mutex_);
  if (error_) std::rethrow_exception(std::exchange(error_, nullptr));
  if (pass_ != Pass::done) return false;
  pass_ = Pass::none;
  // A shorter log began anew behind the thread's back.
  if (passed_ && log_.pages >= passed_->pages) log_.copied = passed_->copied;
  return true;
}

void Checkpointer::copy_in_passes() {
  ::pthread_setname_np(::pthread_self(), "desk-log");
  std::unique_lock lock(mutex_);
  while (true) {
    asked_.wait(lock, [this] { return stop_ || pass_ == Pass::asked; });
    if (stop_) return;
    lock.unlock();
    std::optional<Log> log;
    std::exception_ptr error;
    try {
      log = copy(passes_, SQLITE_CHECKPOINT_PASSIVE);
    } catch (const StoreError&) {
      error = std::current_exception();
    }
    lock.lock();
    if (stop_) return;
    passed_ = log;
    error_ = std::move(error);
    pass_ = Pass::done;
  }
}

/// A reader in the way is no failure: the rest follows at another turn.
std::optional<Checkpointer::Log> Checkpointer::copy(Database& database, int mode) {
  int in_log = 0;
  int copied = 0;
  sqlite3_busy_timeout(database.handle(), kRestartWaitMs);
  const int code = sqlite3_wal_checkpoint_v2(database.handle(), nullptr, mode, &in_log, &copied);
  sqlite3_busy_timeout(database.handle(), Database::kBusyMs);
  if (code != SQLITE_OK && (code & 0xFF) != SQLITE_BUSY) database.fail(code, "checkpoint");
  if (in_log < 0 || copied < 0) return std::nullopt;
  return Log{.pages = static_cast<std::uint64_t>(in_log),
             .copied = static_cast<std::uint64_t>(copied)};
}

}  // namespace deskwire::sqlite
