// SPDX-License-Identifier: Apache-2.0
// What a telephone system says of a call, and who is calling. Pure and total on hostile input.
#pragma once
#include <array>
#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

#include "deskwire/base/instant.hpp"

namespace deskwire::voice {

enum class CallStep : std::uint8_t { ringing, answered, missed, ended };
inline constexpr auto kCallStepNames =
    std::to_array<std::string_view>({"ringing", "answered", "missed", "ended"});
[[nodiscard]] constexpr std::string_view name(CallStep step) {
  return kCallStepNames[static_cast<std::size_t>(step)];
}

struct CallEvent {
  CallStep step = CallStep::ringing;
  std::string call;   ///< The telephone system's name of the call, one line.
  std::string from;   ///< As sent, one line; may be empty.
  std::string to;     ///< The same.
  std::string agent;  ///< A user's name, or empty.
  Instant at;         ///< Never after `now`.
};

/// `{event, call, from, to, agent?, at}`. The error is a sentence that names the member.
[[nodiscard]] std::expected<CallEvent, std::string> read_call_event(std::string_view body,
                                                                    Instant now);

struct Caller {
  std::string number;  ///< E.164, or what was sent where that is no number; empty if withheld.
  std::string shown;   ///< For people: "+84 91 234 56 78", "a withheld number".
  bool dialable = false;
};

/// `region` says how numbers without "+" are read.
[[nodiscard]] Caller read_caller(std::string_view from, std::string_view region);

/// To the nearest second: "12 s", "3 min 12 s", "1 h 5 min"; nothing below zero.
[[nodiscard]] std::string spell(Duration length);

}  // namespace deskwire::voice
