// SPDX-License-Identifier: Apache-2.0
// A whole store as text: what is equal here was read back exactly.
#pragma once
#include <string>

#include "deskwire/port/store.hpp"

namespace deskwire {

/// Everything a snapshot and a reader show. Two stores with the same history give the same text.
[[nodiscard]] std::string describe(Store& store);
[[nodiscard]] std::string describe(const MessageRow& row);
[[nodiscard]] std::string describe(const JournalEntry& entry);

}  // namespace deskwire
