// SPDX-License-Identifier: Apache-2.0
// What is remembered of one call between its events, for a day: they come twice and out of order,
// and some time after the ticket was made.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "deskwire/base/id.hpp"
#include "deskwire/base/instant.hpp"

namespace deskwire::voice {

struct CallRecord {
  // --- What was heard of it, by the telephone system's clock; zero: not yet.
  Instant rang, answered, missed, ended;
  std::vector<AgentId> rung;  ///< Whose consoles were told that it rings.
  bool rung_everyone = false;

  // --- What it became.
  TicketId ticket;
  Instant began;           ///< By the desk's clock, just before the ticket heard of it.
  AgentId agent;           ///< Who talks, or is being called.
  std::uint32_t seq = 0;   ///< The ticket's last message as they began.
  Instant assigned_since;  ///< Since when the ticket was theirs, as they began.
  bool finished = false;   ///< What follows from its end was done.

  // --- A caller who waits here (Twilio).
  std::string from;         ///< As Twilio said first.
  std::string said;         ///< What they were told last.
  std::uint32_t dials = 0;  ///< Attempts to reach an agent,
  bool dialing = false;     ///< the last of which is under way.
  bool connected = false;
  bool over = false;      ///< The caller's side has ended.
  bool served = false;    ///< They asked for a call back or left a message.
  AgentId without_phone;  ///< Who was found to have no telephone.

  friend bool operator==(const CallRecord&, const CallRecord&) = default;
};

[[nodiscard]] std::string write_call_record(const CallRecord& record);
/// What cannot be read counts as never heard.
[[nodiscard]] CallRecord read_call_record(std::string_view text);

}  // namespace deskwire::voice
