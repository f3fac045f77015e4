// SPDX-License-Identifier: Apache-2.0
// Brings a database's schema up to date by numbered, additive steps. The steps of this version are
// the files of schemas/sql, embedded in the binary.
#pragma once
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace deskwire::sqlite {

struct Migration {
  int version = 0;
  std::string_view name;
  std::string_view sql;
};

/// In order, from version 1 without gaps.
[[nodiscard]] std::vector<Migration> embedded_migrations();

/// Creates the database or applies what it lacks. Before an existing one is changed, a copy is
/// kept beside it as FILE.before-VERSION. The caller holds the data directory's lock and has no
/// connection open. Throws StoreError: newer_schema if it has steps that `migrations` do not.
void migrate(const std::filesystem::path& file, std::span<const Migration> migrations,
             const std::string& vfs);

}  // namespace deskwire::sqlite
