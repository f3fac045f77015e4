// SPDX-License-Identifier: Apache-2.0
// The events of one journal row as JSON: an array of {"type":"TicketOpened",…}. Rows are read for
// years: fields that a version did not know are ignored or defaulted, an unknown type is an error.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "deskwire/domain/events.hpp"

namespace deskwire {

/// "TicketOpened": the event's type in the journal.
[[nodiscard]] std::string_view event_name(const Event& event);
/// The same by its number in the variant.
[[nodiscard]] std::string_view event_name(std::size_t index);
/// Appends the array to `out`; its capacity is worth keeping between rows.
void append_events(std::string& out, const std::vector<Event>& events);
[[nodiscard]] std::string encode_events(const std::vector<Event>& events);
/// Throws CodecError.
[[nodiscard]] std::vector<Event> decode_events(std::string_view json);

}  // namespace deskwire
