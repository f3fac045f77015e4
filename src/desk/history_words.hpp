// SPDX-License-Identifier: Apache-2.0
// What happened to a ticket beside its messages, in the words of people.
#pragma once
#include <string>

#include "desk/people.hpp"
#include "deskwire/domain/policy.hpp"
#include "deskwire/port/batch.hpp"

namespace deskwire::words {

struct Happening {
  std::string text;  ///< "Agent One moved it to billing"; empty: nothing that people want to know.
  Instant until{};   ///< Of a snooze; zero otherwise.
};

/// What one journal row did to the ticket.
[[nodiscard]] Happening happening(const JournalEntry& entry, TicketId ticket, const People& people,
                                  const Policy& policy);

}  // namespace deskwire::words
