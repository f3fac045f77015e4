// SPDX-License-Identifier: Apache-2.0
#include "storage/sqlite/housekeeper.hpp"

#include <utility>
#include <vector>

namespace deskwire::sqlite {
namespace {

/// How often sessions, uploads and the journal's end are looked at.
constexpr Duration kRowsEvery = minutes(1);
/// Keys are not indexed by their end, which would cost a page a mail; a round over all of them
/// once a day finds what ran out.
constexpr Duration kKeysEvery = days(1);
constexpr Duration kSweepEvery = hours(1);
/// A new process leaves the disk to the work at hand.
constexpr Duration kSettling = minutes(1);

/// Rows a slice: a few milliseconds.
constexpr int kJournalRows = 200;
constexpr int kKeyRows = 2000;
constexpr int kSessionRows = 200;

/// Work for a message is done long before; an upload is forgotten a day after.
constexpr Duration kBlobGrace = hours(1);
constexpr Duration kUploadLife = hours(24);

}  // namespace

Housekeeper::Housekeeper(Database& db, const std::string& vfs, BlobFiles& blobs, Limits limits)
    : database_(db),
      blobs_(blobs),
      limits_(limits),
      checkpointer_(db, vfs, limits.checkpoint_bytes),
      sessions_(db,
                "DELETE FROM sessions WHERE token_hash IN "
                "(SELECT token_hash FROM sessions WHERE expires_at <= ? LIMIT ?)"),
      records_(db,
               "DELETE FROM records WHERE (kind, key) IN "
               "(SELECT kind, key FROM records WHERE expires_at <= ? LIMIT ?)"),
      drafts_(db,
              "DELETE FROM drafts WHERE (ticket, user, kind) IN "
              "(SELECT d.ticket, d.user, d.kind FROM drafts d CROSS JOIN tickets t "
              "WHERE t.id = d.ticket AND t.state = ? LIMIT ?)"),
      uploads_(db, "SELECT id, sha256 FROM uploads WHERE created_at <= ? LIMIT ?"),
      upload_gone_(db, "DELETE FROM uploads WHERE id = ?"),
      blob_gone_(db,
                 "DELETE FROM blobs WHERE sha256 = ?1 AND is_raw = 0 "
                 "AND NOT EXISTS (SELECT 1 FROM uploads WHERE sha256 = ?1) "
                 "AND NOT EXISTS (SELECT 1 FROM blob_uses WHERE sha256 = ?1)"),
      journal_due_(db, "SELECT at < ? FROM journal ORDER BY seq LIMIT 1"),
      journal_gone_(db,
                    "DELETE FROM journal WHERE at < ?1 AND seq IN "
                    "(SELECT seq FROM journal ORDER BY seq LIMIT ?2)"),
      keys_(db,
            "SELECT key, kind, expires_at FROM keys WHERE (key, kind) > (?1, ?2) "
            "ORDER BY key, kind LIMIT ?3"),
      key_gone_(db, "DELETE FROM keys WHERE key = ? AND kind = ?"),
      blob_known_(db, "SELECT 1 FROM blobs WHERE sha256 = ?") {}

bool Housekeeper::run(Instant now, bool idle) {
  if (!opened_at_) opened_at_ = now;
  if (checkpointer_.run(now, idle)) return idle;  // A slice of its own.
  return idle && now - opened_at_ >= kSettling && remove_expired(now);
}

bool Housekeeper::remove_expired(Instant now) {
  if (now - rows_at_ >= kRowsEvery) {
    if (remove_sessions_and_uploads(now) || remove_journal(now)) return true;
    rows_at_ = now;
  }
  return remove_keys(now) || sweep_blobs(now);
}

/// Whether there may be more; so for all of the following.
bool Housekeeper::remove_sessions_and_uploads(Instant now) {
  Transaction transaction(database_, Transaction::Kind::write);
  sessions_.run(now, kSessionRows);
  int ended = sqlite3_changes(database_.handle());
  records_.run(now, kSessionRows);
  ended = std::max(ended, sqlite3_changes(database_.handle()));
  drafts_.run(TicketState::closed, kSessionRows);
  ended = std::max(ended, sqlite3_changes(database_.handle()));
  std::vector<std::pair<std::int64_t, std::string>> uploads;
  for (Rows rows = uploads_.rows(now - kUploadLife, kSessionRows); rows.next();)
    uploads.emplace_back(rows.integer(0), rows.text(1));
  for (const auto& [id, hash] : uploads) {
    upload_gone_.run(id);
    blob_gone_.run(Bytes{hash});
  }
  transaction.commit();
  return ended == kSessionRows || uploads.size() == std::size_t{kSessionRows};
}

bool Housekeeper::remove_journal(Instant now) {
  if (limits_.journal_retention.ms == 0) return false;
  const Instant cutoff = now - limits_.journal_retention;
  {
    Rows rows = journal_due_.rows(cutoff);
    if (!rows.next() || rows.integer(0) == 0) return false;
  }
  journal_gone_.run(cutoff, kJournalRows);
  return sqlite3_changes(database_.handle()) == kJournalRows;
}

bool Housekeeper::remove_keys(Instant now) {
  if (!key_round_) {
    if (now - keys_at_ < kKeysEvery) return false;
    keys_at_ = now;
    key_round_ = KeyPlace{.key = {}, .kind = -1};
  }
  std::vector<KeyPlace> expired;
  int seen = 0;
  for (Rows rows = keys_.rows(Bytes{key_round_->key}, key_round_->kind, kKeyRows); rows.next();) {
    ++seen;
    *key_round_ = {.key = rows.text(0), .kind = rows.integer(1)};
    if (!rows.is_null(2) && rows.instant(2) <= now) expired.push_back(*key_round_);
  }
  if (!expired.empty()) {
    Transaction transaction(database_, Transaction::Kind::write);
    for (const KeyPlace& place : expired) key_gone_.run(Bytes{place.key}, place.kind);
    transaction.commit();
  }
  if (seen < kKeyRows) key_round_.reset();
  return key_round_.has_value();
}

bool Housekeeper::sweep_blobs(Instant now) {
  if (sweep_part_ == BlobFiles::kParts) {
    if (now - sweep_at_ < kSweepEvery) return false;
    sweep_at_ = now;
    sweep_part_ = 0;
  }
  blobs_.sweep(sweep_part_++, now - kBlobGrace, [this](std::string_view name) {
    const auto hash = from_hex(name);
    return hash && hash->size() == 32 && blob_known_.rows(Bytes{*hash}).next();
  });
  return sweep_part_ < BlobFiles::kParts;
}

}  // namespace deskwire::sqlite
