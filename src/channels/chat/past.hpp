// SPDX-License-Identifier: Apache-2.0
// What the store knows of a conversation: where it is, what was said. Called on a read worker.
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "deskwire/port/store.hpp"

namespace deskwire::chat {

/// Messages that one resume answers with.
inline constexpr std::size_t kPage = 200;

/// First and current ticket of a conversation; neither before anything was said.
struct Found {
  std::optional<Ticket> first, current;
  std::vector<Message> answers;  ///< Of agents, since the visitor wrote last; a few dozen at most.
};

[[nodiscard]] Found find_conversation(Reader& reader, Key key);
[[nodiscard]] std::vector<Message> answers_owed(Reader& reader, const Ticket& ticket);
/// Messages that the visitor sees, after `after`, oldest first, over the whole chain of tickets.
[[nodiscard]] std::vector<MessageRow> read_past(Reader& reader, TicketId current,
                                                std::uint32_t after, std::size_t limit);

}  // namespace deskwire::chat
