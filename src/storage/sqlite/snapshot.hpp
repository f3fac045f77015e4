// SPDX-License-Identifier: Apache-2.0
// Everything live, read at start-up.
#pragma once
#include "deskwire/domain/policy.hpp"
#include "deskwire/engine/loaded.hpp"
#include "storage/sqlite/database.hpp"

namespace deskwire::sqlite {

[[nodiscard]] Snapshot read_snapshot(Database& database);
[[nodiscard]] NameIds read_names(Database& database);

}  // namespace deskwire::sqlite
