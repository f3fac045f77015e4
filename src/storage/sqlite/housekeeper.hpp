// SPDX-License-Identifier: Apache-2.0
// What a store needs done from time to time, in slices of a few milliseconds on the storage
// thread: checkpoints, and the removal of what has run out.
#pragma once
#include <cstdint>
#include <optional>
#include <string>

#include "deskwire/base/instant.hpp"
#include "storage/sqlite/blob_files.hpp"
#include "storage/sqlite/checkpointer.hpp"
#include "storage/sqlite/database.hpp"

namespace deskwire::sqlite {

class Housekeeper {
 public:
  struct Limits {
    std::uint64_t checkpoint_bytes;
    Duration journal_retention;  ///< Zero: for good.
  };

  Housekeeper(Database& database, const std::string& vfs, BlobFiles& blobs, Limits limits);

  /// One slice; true: call again soon. Only an idle store removes things.
  bool run(Instant now, bool idle);

 private:
  bool remove_expired(Instant now);
  bool remove_sessions_and_uploads(Instant now);
  bool remove_journal(Instant now);
  bool remove_keys(Instant now);
  bool sweep_blobs(Instant now);

  Database& database_;
  BlobFiles& blobs_;
  Limits limits_;
  Checkpointer checkpointer_;

  Instant opened_at_;           ///< The first `now` seen.
  Instant rows_at_;             ///< Last look at sessions, uploads and the journal.
  Instant keys_at_, sweep_at_;  ///< Last begin of a round.
  struct KeyPlace {
    std::string key;
    std::int64_t kind;
  };
  std::optional<KeyPlace> key_round_;  ///< The round over the keys goes on behind this.
  unsigned sweep_part_ = BlobFiles::kParts;

  Statement sessions_, records_, drafts_, uploads_, upload_gone_, blob_gone_;
  Statement journal_due_, journal_gone_, keys_, key_gone_, blob_known_;
};

}  // namespace deskwire::sqlite
