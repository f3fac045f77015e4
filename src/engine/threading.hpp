// SPDX-License-Identifier: Apache-2.0
// Which ticket a message belongs to (SEMANTICS §4): signed token, then In-Reply-To and References
// over every id ever seen, then nothing. Looks things up and decides nothing else.
#pragma once
#include <span>
#include <vector>

#include "engine/desk.hpp"

namespace deskwire {

/// What a message was found to be about.
struct Thread {
  const KeyRow* duplicate = nullptr;  ///< The same message was taken before.
  const Ticket* ticket = nullptr;     ///< Null: a new matter.
  bool by_token = false;
  const Message* bounced = nullptr;  ///< The message of ours that a bounce speaks of.
  CustomerId sender;                 ///< Known customer of the sender's identity, or zero.
  bool participant =
      false;                ///< May write on `ticket`: by token, as participant or as its customer.
  std::vector<Key> unseen;  ///< Thread keys of the message that lead to no ticket yet.
};

/// The first ticket of its conversation, which may be itself.
[[nodiscard]] TicketId first_of_conversation(const Ticket& ticket);

/// What a message gets that the visitor of a chat sees; zero on every other channel.
[[nodiscard]] std::uint32_t next_visible(const Ticket& ticket);

/// KeyKind::follow_up leads from here to the newest ticket of the conversation.
[[nodiscard]] Key conversation_key(const Ticket& ticket);

/// Everything that can be looked up for the message. When the desk asks() afterwards, rows are
/// missing and the answer is not to be used.
[[nodiscard]] Thread find_thread(Desk& desk, const ReceiveMessage& message);

/// The references that count; more than that are not looked at.
[[nodiscard]] std::span<const Key> counted_references(const ReceiveMessage& message);

}  // namespace deskwire
