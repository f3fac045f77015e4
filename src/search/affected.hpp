// SPDX-License-Identifier: Apache-2.0
// Which tickets journal rows speak of, and how much of each must be read again.
#pragma once
#include <map>
#include <set>

#include "deskwire/port/batch.hpp"

namespace deskwire::search {

struct Reading {
  bool whole = false;
  std::set<std::uint32_t> windows;  ///< Without any: only what filters need to know.
};

struct Affected {
  std::map<TicketId, Reading> tickets;
  std::set<CustomerId> customers;  ///< May have got another name or address.
};

/// An event that is not known to leave the texts alone has its tickets read whole.
void add_affected(Affected& out, const JournalEntry& entry);

}  // namespace deskwire::search
