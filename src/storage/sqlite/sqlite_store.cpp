// SPDX-License-Identifier: Apache-2.0
#include "storage/sqlite/sqlite_store.hpp"

#include <openssl/rand.h>

#include <array>
#include <stdexcept>
#include <type_traits>
#include <utility>

#include "storage/sqlite/backup.hpp"
#include "storage/sqlite/batch_writer.hpp"
#include "storage/sqlite/blob_files.hpp"
#include "storage/sqlite/database.hpp"
#include "storage/sqlite/files.hpp"
#include "storage/sqlite/housekeeper.hpp"
#include "storage/sqlite/migrations.hpp"
#include "storage/sqlite/snapshot.hpp"
#include "storage/sqlite/sqlite_reader.hpp"

namespace deskwire {
namespace sqlite {
namespace {

constexpr const char* kFileName = "deskwire.db";

/// The lock comes first: nobody else may be at work when the schema is looked at.
DataLock prepare(const SqliteSettings& settings) {
  make_directory(settings.directory);
  DataLock lock(settings.directory);
  require_database(settings.directory / kFileName);
  migrate(settings.directory / kFileName, embedded_migrations(), settings.vfs);
  sync_directory(settings.directory);
  return lock;
}

Database open_writer(const SqliteSettings& settings) {
  Database database(settings.directory / kFileName, Database::Mode::write, settings.vfs);
  database.execute("PRAGMA synchronous = FULL");
  database.execute("PRAGMA wal_autocheckpoint = 0");  // The housekeeper chooses the moment.
  // As long as a log gets before readers are waited for: to cut it and let it grow again would be a
  // commit of tens of milliseconds.
  database.execute("PRAGMA journal_size_limit = 268435456");
  database.execute("PRAGMA cache_size = -65536");
  database.execute("PRAGMA temp_store = MEMORY");
  database.execute("PRAGMA trusted_schema = OFF");
  database.execute("PRAGMA cell_size_check = ON");
  if (settings.max_database_bytes > 0) {
    const auto pages =
        settings.max_database_bytes / static_cast<std::uint64_t>(database.ask("PRAGMA page_size"));
    database.execute("PRAGMA max_page_count = " + std::to_string(pages));
  }
  return database;
}

std::string random_secret() {
  std::array<char, 32> bytes{};
  if (RAND_bytes(reinterpret_cast<unsigned char*>(bytes.data()), bytes.size()) != 1)
    throw StoreError(StoreError::Kind::disk, "no randomness for a stored secret");
  return to_hex({bytes.data(), bytes.size()});
}

std::string required_hash(const std::string& hex) {
  auto bytes = from_hex(hex);
  if (!bytes || bytes->size() != 32)
    throw StoreError(StoreError::Kind::corrupt, "a blob's name is no SHA-256: " + hex);
  return *bytes;
}

}  // namespace

class SqliteStore final : public Store {
 public:
  explicit SqliteStore(const SqliteSettings& settings)
      : settings_(settings),
        lock_(prepare(settings)),
        blobs_(std::make_shared<BlobFiles>(settings.directory / "blobs")),
        database_(open_writer(settings)),
        writer_(database_),
        housekeeper_(database_, settings.vfs, *blobs_,
                     {.checkpoint_bytes = settings.checkpoint_bytes,
                      .journal_retention = settings.journal_retention}),
        put_user_(database_,
                  "INSERT INTO users VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT (id) DO "
                  "UPDATE SET user = ?2, name = ?3, role = ?4, password_hash = ?5, enabled = ?6, "
                  "created_at = ?7"),
        end_sessions_(database_,
                      "DELETE FROM sessions WHERE user = ?1 AND NOT (?3 AND EXISTS "
                      "(SELECT 1 FROM users WHERE id = ?1 AND password_hash = ?2))"),
        user_name_(database_, "SELECT 1 FROM users WHERE user = ? AND id <> ?"),
        put_session_(database_, "INSERT OR REPLACE INTO sessions VALUES (?, ?, ?, ?, ?, ?, ?)"),
        delete_session_(database_, "DELETE FROM sessions WHERE token_hash = ?"),
        put_upload_(database_,
                    "INSERT INTO uploads (user, name, type, bytes, sha256, created_at) "
                    "VALUES (?, ?, ?, ?, ?, ?)"),
        put_blob_(database_,
                  "INSERT INTO blobs (sha256, bytes, is_raw, data) VALUES (?, ?, 0, ?) "
                  "ON CONFLICT (sha256) DO NOTHING"),
        put_draft_(database_,
                   "INSERT INTO drafts (ticket, user, kind, base_seq, saved_at, text) "
                   "VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (ticket, user, kind) DO "
                   "UPDATE SET base_seq = ?4, saved_at = ?5, text = ?6"),
        trim_drafts_(database_,
                     "DELETE FROM drafts WHERE user = ?1 AND saved_at < "
                     "(SELECT saved_at FROM drafts WHERE user = ?1 ORDER BY saved_at DESC LIMIT 1 "
                     "OFFSET ?2)"),
        delete_draft_(database_, "DELETE FROM drafts WHERE ticket = ? AND user = ? AND kind = ?"),
        put_record_(database_, "INSERT OR REPLACE INTO records VALUES (?, ?, ?, ?, ?)"),
        trim_records_(
            database_,
            "DELETE FROM records WHERE kind = ?1 AND at < "
            "(SELECT at FROM records WHERE kind = ?1 ORDER BY at DESC LIMIT 1 OFFSET ?2)"),
        delete_record_(database_, "DELETE FROM records WHERE kind = ? AND key = ?"),
        secret_(database_, "SELECT value FROM secrets WHERE name = ?"),
        put_secret_(database_, "INSERT INTO secrets VALUES (?, ?)") {}

  Snapshot load_snapshot() override { return read_snapshot(database_); }
  NameIds load_names() override { return read_names(database_); }

  void commit(const Batch& batch) override {
    writing([&] { writer_.write(batch); });
  }

  std::unique_ptr<Reader> open_reader() override {
    return std::make_unique<SqliteReader>(settings_.directory / kFileName, settings_.vfs, blobs_);
  }

  BlobKeeper& blobs() override { return *blobs_; }

  void put_user(const UserRow& user) override {
    if (user_name_.rows(user.user, user.id).next())
      throw std::invalid_argument("user name \"" + user.user + "\" is taken");
    writing([&] {
      Transaction transaction(database_, Transaction::Kind::write);
      end_sessions_.run(user.id, user.password_hash, user.enabled);
      put_user_.run(user.id, user.user, user.name, user.role, user.password_hash, user.enabled,
                    user.created_at);
      transaction.commit();
    });
  }

  void put_session(const SessionRow& session) override {
    writing([&] {
      put_session_.run(session.token_hash, session.user, session.created_at, session.expires_at,
                       session.last_seen_at, session.device, session.network);
    });
  }

  void delete_session(const std::string& token_hash) override {
    writing([&] { delete_session_.run(token_hash); });
  }

  std::uint64_t put_upload(const UploadRow& upload, const Blob& blob) override {
    return writing([&] {
      const std::string hash = required_hash(blob.sha256);
      std::optional<Bytes> data;
      if (!blob.compressed.empty()) data = Bytes{blob.compressed};
      Transaction transaction(database_, Transaction::Kind::write);
      put_blob_.run(Bytes{hash}, blob.size_bytes, data);
      put_upload_.run(upload.user, upload.name, upload.type, upload.size_bytes, Bytes{hash},
                      upload.created_at);
      const auto id = static_cast<std::uint64_t>(sqlite3_last_insert_rowid(database_.handle()));
      transaction.commit();
      return id;
    });
  }

  void put_draft(const DraftRow& draft, std::uint32_t keep) override {
    writing([&] {
      Transaction transaction(database_, Transaction::Kind::write);
      put_draft_.run(draft.ticket, draft.user, draft.kind, draft.base_seq, draft.saved_at,
                     draft.text);
      if (keep > 0) trim_drafts_.run(draft.user, keep - 1);
      transaction.commit();
    });
  }

  void delete_draft(AgentId user, TicketId ticket, DraftKind kind) override {
    writing([&] { delete_draft_.run(ticket, user, kind); });
  }

  void put_record(const Record& record, std::uint32_t keep) override {
    writing([&] {
      Transaction transaction(database_, Transaction::Kind::write);
      sqlite::put_record(put_record_, record);
      if (keep > 0) trim_records_.run(record.kind, keep - 1);
      transaction.commit();
    });
  }

  void delete_record(const std::string& kind, const std::string& key) override {
    writing([&] { delete_record_.run(kind, key); });
  }

  std::string secret(const std::string& name) override {
    if (Rows rows = secret_.rows(name); rows.next()) return rows.text(0);
    std::string value = random_secret();
    writing([&] { put_secret_.run(name, value); });
    return value;
  }

  bool housekeep(Instant now, bool idle) override {
    return writing([&] { return housekeeper_.run(now, idle); });
  }

  void backup(const std::string& directory) override {
    sqlite::backup(settings_.directory / kFileName, settings_.vfs, *blobs_, directory);
  }

  std::uint64_t free_bytes() const override { return free_bytes_at(settings_.directory); }

 private:
  /// After a failed write nothing is tried again, not even the checkpoint on closing: what the disk
  /// holds is found out at the next start.
  template <class Write>
  std::invoke_result_t<Write&> writing(Write&& write) {
    if (failed_) throw StoreError(StoreError::Kind::disk, "the store failed before: " + *failed_);
    try {
      return write();
    } catch (const StoreError& error) {
      failed_ = error.what();
      sqlite3_db_config(database_.handle(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
      throw;
    }
  }

  SqliteSettings settings_;
  DataLock lock_;
  std::shared_ptr<BlobFiles> blobs_;
  Database database_;
  BatchWriter writer_;
  Housekeeper housekeeper_;
  Statement put_user_, end_sessions_, user_name_, put_session_, delete_session_;
  Statement put_upload_, put_blob_, put_draft_, trim_drafts_, delete_draft_;
  Statement put_record_, trim_records_, delete_record_;
  Statement secret_, put_secret_;
  std::optional<std::string> failed_;
};

}  // namespace sqlite

std::unique_ptr<Store> open_sqlite(const SqliteSettings& settings) {
  return std::make_unique<sqlite::SqliteStore>(settings);
}

}  // namespace deskwire
