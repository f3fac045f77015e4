// SPDX-License-Identifier: Apache-2.0
#include "storage/sqlite/backup.hpp"

#include <fcntl.h>

#include <memory>
#include <stdexcept>
#include <utility>

#include "storage/sqlite/database.hpp"
#include "storage/sqlite/files.hpp"

namespace deskwire::sqlite {
namespace {

/// Pages a step; between steps other threads get at the disk.
constexpr int kPages = 1024;

void require_empty(const std::filesystem::path& target) {
  std::error_code ec;
  if (!std::filesystem::exists(target, ec) && !ec) return make_directory(target);
  if (!std::filesystem::is_directory(target, ec))
    throw std::runtime_error(target.string() + " is not a directory");
  if (!std::filesystem::is_empty(target, ec) || ec)
    throw std::runtime_error(target.string() + " is not empty");
}

struct FinishBackup {
  void operator()(sqlite3_backup* running) const { sqlite3_backup_finish(running); }
};

/// `source` is inside a read transaction, so what is copied does not change under it.
void copy_database(Database& source, const std::filesystem::path& to) {
  Database copy(to, Database::Mode::create, "");
  copy.execute("PRAGMA synchronous = OFF");  // One sync at the end is enough.
  const std::unique_ptr<sqlite3_backup, FinishBackup> running(
      sqlite3_backup_init(copy.handle(), "main", source.handle(), "main"));
  if (!running) copy.fail(sqlite3_errcode(copy.handle()), "backup");
  int code = SQLITE_OK;
  while (code == SQLITE_OK) code = sqlite3_backup_step(running.get(), kPages);
  if (code != SQLITE_DONE) fail(code, "backup to " + to.string() + ": " + sqlite3_errstr(code));
}

void copy_blobs(Database& source, BlobFiles& blobs, const std::filesystem::path& target) {
  BlobFiles copies(target / "blobs");
  Statement statement(source, "SELECT sha256 FROM blobs WHERE data IS NULL");
  for (Rows rows = statement.rows(); rows.next();) {
    const std::string name = to_hex(rows.bytes(0));
    const std::filesystem::path to = copies.path_of(name);
    copies.make_part(to.parent_path());
    link_or_copy(blobs.path_of(name), to);
  }
  for (const auto& part : std::filesystem::directory_iterator(target / "blobs"))
    sync_directory(part.path());
}

}  // namespace

void backup(const std::filesystem::path& database, const std::string& vfs, BlobFiles& blobs,
            const std::filesystem::path& target) {
  const std::filesystem::path unfinished = target / "unfinished.db";
  const BlobFiles::Hold hold(blobs);
  Database source(database, Database::Mode::read, vfs);
  try {
    require_empty(target);
    const Transaction moment(source, Transaction::Kind::read);
    (void)source.ask("SELECT seq FROM counters");  // The first read fixes the moment.
    copy_database(source, unfinished);
    copy_blobs(source, blobs, target);
  } catch (const StoreError& error) {
    // A full or broken target must not stop the desk; a corrupt source would be met anyway.
    throw std::runtime_error(std::string("backup failed: ") + error.what());
  }
  File(unfinished, O_RDONLY).sync();
  std::error_code ec;
  std::filesystem::rename(unfinished, target / database.filename(), ec);
  if (ec) throw std::runtime_error("backup failed: " + ec.message());
  sync_directory(target);
  sync_directory(target.parent_path());
}

}  // namespace deskwire::sqlite
