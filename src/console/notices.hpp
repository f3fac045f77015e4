// SPDX-License-Identifier: Apache-2.0
// What a journal row says to consoles, in a fixed order. Live batches and replays derive it from
// the same row, so the position within the row is part of the sequence number that clients resume
// after.
#pragma once
#include <cstdint>
#include <vector>

#include "deskwire/port/batch.hpp"

namespace deskwire {

struct Notice {
  enum class Kind : std::uint8_t {
    ticket_changed,
    message_added,
    message_changed,
    offer_ended,
    offer_made,
    agent_changed,
  };
  Kind kind = Kind::ticket_changed;
  TicketId ticket;
  MessageId message;
  OfferId offer;
  AgentId agent;                ///< The offer's, or who changed; with ticket_changed: who lost it.
  const Offer* made = nullptr;  ///< With offer_made, unless it was only moved. In the entry.
  OfferEnd end = OfferEnd::pending;
  RescindCause cause = RescindCause::none;
};

/// Each ticket and agent once.
[[nodiscard]] std::vector<Notice> notices_of(const JournalEntry& entry);

/// The sequence number of an event on the wire: the journal row and the notice's place in it, so
/// that a client that lost its connection between two events of one row resumes exactly there. Fits
/// the 53 bits of a JSON number for 2^41 rows.
struct Cursor {
  static constexpr std::uint64_t kPlaces = 4096;  ///< A row with more makes everyone resync.
  std::uint64_t row = 0;
  std::uint64_t place = 0;

  static constexpr Cursor end_of(std::uint64_t row) { return {row, kPlaces - 1}; }
  static constexpr Cursor from_wire(std::uint64_t value) {
    return {value / kPlaces, value % kPlaces};
  }
  [[nodiscard]] constexpr std::uint64_t wire() const { return row * kPlaces + place; }
};

}  // namespace deskwire
