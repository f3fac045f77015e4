// SPDX-License-Identifier: Apache-2.0
// A customer's timeline: the messages, the openings and the state changes of all their tickets.
#pragma once
#include <vector>

#include "deskwire/port/store.hpp"
#include "storage/sqlite/database.hpp"

namespace deskwire::sqlite {

class Timeline {
 public:
  explicit Timeline(const Database& database);

  /// The newest `limit` rows before `before` (zero: from the newest), newest first.
  [[nodiscard]] std::vector<TimelineRow> read(CustomerId customer, Instant before,
                                              std::uint32_t limit);

 private:
  Statement messages_, tickets_, events_;
};

}  // namespace deskwire::sqlite
