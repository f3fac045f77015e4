// SPDX-License-Identifier: Apache-2.0
// The values of the public interfaces as JSON: times, tickets, messages. REST, the console socket
// and the chat socket show the same objects because they all build them here. Whatever is unknown
// is null, never absent. Names of queues and channels come from the policy; those of people are
// handed in.
#pragma once
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "deskwire/base/instant.hpp"
#include "deskwire/domain/content.hpp"
#include "deskwire/domain/entities.hpp"
#include "deskwire/domain/policy.hpp"

namespace deskwire::wire {

/// RFC 3339 in UTC with milliseconds: "2026-03-01T08:15:00.250Z". Years outside 0000–9999 are
/// clamped.
[[nodiscard]] std::string format_time(Instant at);
/// Any RFC 3339 date-time, with an offset or Z; digits after the milliseconds are dropped, a leap
/// second counts as the second after it. Nothing if malformed.
[[nodiscard]] std::optional<Instant> parse_time(std::string_view text);
/// As format_time; null for "never happened" and kNever.
[[nodiscard]] boost::json::value time(Instant at);
/// A text, or null when it is empty.
[[nodiscard]] boost::json::value text_or_null(std::string_view text);
/// An id as a number, or null for "none".
template <class Tag>
[[nodiscard]] boost::json::value id_or_null(Id<Tag> id) {
  return id ? boost::json::value(id.value) : boost::json::value(nullptr);
}

/// Who is who beside a ticket's or message's ids.
struct TicketNames {
  std::string_view subject;
  std::string_view customer;  ///< Shown name; may be empty.
  std::string_view agent;     ///< User name of the assignee; empty: unknown.
};

/// `[{name,address}]`.
[[nodiscard]] boost::json::array addresses(const std::vector<MailAddress>& list);
/// `[{metric,due_at,state}]`.
[[nodiscard]] boost::json::array deadlines(const Ticket& ticket, const Policy& policy);
/// A ticket as lists and views show it.
[[nodiscard]] boost::json::object ticket(const Ticket& ticket, const TicketNames& names,
                                         const Policy& policy);
/// `{n,name,type,size_bytes}`.
[[nodiscard]] boost::json::object attachment(const Attachment& attachment);
/// A message with its content; `author_name` is the shown name of its author. Falls back to the
/// sender's name or address as it was in the message.
[[nodiscard]] boost::json::object message(const Message& message, const MessageContent& content,
                                          std::string_view author_name, const Policy& policy);
/// null, or `{state,detail}`.
[[nodiscard]] boost::json::value delivery(const Message& message);

}  // namespace deskwire::wire
