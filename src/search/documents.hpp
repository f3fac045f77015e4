// SPDX-License-Identifier: Apache-2.0
// What of a ticket is searched: subject, who the customer is, what its messages show, and the names
// of attachments, as words.
#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "deskwire/port/search_store.hpp"
#include "deskwire/port/store.hpp"

namespace deskwire::search {

/// What an agent sees of a message at first sight: an answer without the mail that it quotes.
[[nodiscard]] std::string visible_text(const MessageRow& row);

/// What every window of a ticket repeats.
struct Heading {
  std::string subject, customer;  ///< Words.
  std::string marked;
  std::uint64_t customer_digest = 0;
  std::uint64_t digest = 0;
};

[[nodiscard]] Heading heading_of(const TicketRow& ticket,
                                 std::span<const IdentityContent> identities);
/// Of a customer alone; the same as in a heading.
[[nodiscard]] std::uint64_t customer_digest(std::span<const IdentityContent> identities);
[[nodiscard]] SearchTicket search_ticket(const Ticket& ticket);

/// From 0; the first one is there also without messages.
[[nodiscard]] std::uint32_t windows_of(const Ticket& ticket);
[[nodiscard]] std::uint32_t window_of(std::uint32_t seq);
[[nodiscard]] SearchDocument document_of(const TicketRow& ticket, const Heading& heading,
                                         std::uint32_t window, std::span<const MessageRow> rows);

}  // namespace deskwire::search
