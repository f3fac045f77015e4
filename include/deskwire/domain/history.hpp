// SPDX-License-Identifier: Apache-2.0
// What people who read a ticket want to be told beside its messages: where it went, who had it,
// what was changed about it.
#pragma once
#include <cstddef>

#include "deskwire/domain/events.hpp"

namespace deskwire {

/// A journal row of more events than these speaks of the whole desk, and is told in no ticket's.
inline constexpr std::size_t kToldEvents = 1000;

/// The ticket in whose history the event is told; zero of what is not.
[[nodiscard]] TicketId told_in_history(const Event& event);

}  // namespace deskwire
