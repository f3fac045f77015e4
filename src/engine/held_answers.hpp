// SPDX-License-Identifier: Apache-2.0
// First response while an answer may still be taken back. The clock counts as answered, and goes on
// beneath as if it were not: what happens to the ticket meanwhile pauses and resumes it, so taking
// the answer back leaves no trace, and the verdict is that of the answer which really went.
#pragma once
#include "engine/desk.hpp"

namespace deskwire {

/// Whether first response is overdue already: the answer written now is a late one.
[[nodiscard]] bool answers_late(const Desk& desk, TicketId ticket);
/// A held answer was written now.
void hold_answer(Desk& desk, TicketId ticket);
/// An answer of `at`, late or not, is sure to have left while another one is held.
void answer_for_sure(Desk& desk, TicketId ticket, Clock clock, Instant at, bool late);
/// The sending of a held answer has begun: it cannot be taken back any more.
void let_go(Desk& desk, const OutboxItem& answer);
/// It was taken back. It is no longer in the outbox.
void take_back(Desk& desk, const OutboxItem& answer);

}  // namespace deskwire
