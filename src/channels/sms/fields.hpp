// SPDX-License-Identifier: Apache-2.0
// What the adapters share: reading hostile fields, judging answers, naming errors without personal
// data.
#pragma once
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <expected>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "channels/sms/gateway.hpp"
#include "http/form.hpp"

namespace deskwire::sms {

// --- Requests ---
/// What hooks of this line are proven with.
[[nodiscard]] std::span<const std::string> hook_secrets(const Line& line);

// --- JSON ---
[[nodiscard]] std::expected<boost::json::object, std::string> parse_object(std::string_view text);
/// The member as text, numbers and truth values too; empty if it is absent or something else.
[[nodiscard]] std::string text_in(const boost::json::object& object, std::string_view key);
/// Null unless the member is one.
[[nodiscard]] const boost::json::object* object_in(const boost::json::object& object,
                                                   std::string_view key);
[[nodiscard]] const boost::json::array* array_in(const boost::json::object& object,
                                                 std::string_view key);

// --- Texts ---
/// Cleans and bounds every field. An error if id, from or to is missing or absurdly long: without
/// them the message can be neither told from others nor answered.
[[nodiscard]] std::expected<InboundText, std::string> checked(InboundText text);
/// As `checked`, for a receipt: it needs an id or a token.
[[nodiscard]] std::expected<Receipt, std::string> checked(Receipt receipt);
/// "30003 Unreachable destination": one line of at most kMaxDetailBytes, phone numbers blotted out.
[[nodiscard]] std::string error_detail(std::string_view code, std::string_view text);
/// With a plus, if it is digits only and long enough to be international.
[[nodiscard]] std::string with_plus(std::string_view number);
[[nodiscard]] std::string without_plus(std::string_view number);

/// Equal, or equal in their ASCII letters and digits: providers replace punctuation to fit GSM-7.
[[nodiscard]] bool same_text(std::string_view a, std::string_view b);

// --- Calls ---
/// `line.api_base` or the provider's own.
[[nodiscard]] std::string base_url(const Line& line, std::string_view own);
[[nodiscard]] std::string basic_auth(std::string_view user, std::string_view password);
/// The first secret; empty if there is none.
[[nodiscard]] std::string_view first_secret(const Line& line);
/// A URL on the same scheme, host and port as `base`, without blanks and controls.
[[nodiscard]] bool is_below(std::string_view url, std::string_view base);
/// What the status of an answer to a message says of it, before its body is read: sent, queued,
/// failed or unknown. `detail` names the status unless it is a success.
[[nodiscard]] SendAnswer judge(const ApiAnswer& answer);
/// An error sentence unless the answer to a question is a success.
[[nodiscard]] std::expected<boost::json::object, std::string> read_object(const ApiAnswer& answer);

}  // namespace deskwire::sms
