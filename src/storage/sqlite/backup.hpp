// SPDX-License-Identifier: Apache-2.0
// An online copy of the whole store: the database as of one moment, then every blob it refers to.
#pragma once
#include <filesystem>
#include <string>

#include "storage/sqlite/blob_files.hpp"

namespace deskwire::sqlite {

/// Copies into `target`, which must be empty or not exist. Works over connections of its own, so it
/// may run on any thread while the store is written; the write-ahead log cannot be reused
/// meanwhile and grows by what is written. Blob files are hard links where possible. The database
/// gets its name last: a directory without one is an unfinished backup. Throws std::runtime_error
/// if the target is at fault, StoreError if the store is.
void backup(const std::filesystem::path& database, const std::string& vfs, BlobFiles& blobs,
            const std::filesystem::path& target);

}  // namespace deskwire::sqlite
