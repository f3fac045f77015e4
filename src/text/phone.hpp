// SPDX-License-Identifier: Apache-2.0
// Phone numbers as people write them, and as they are kept: E.164, "+" and digits.
#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace deskwire::text {

/// `text` as one number that can be called from everywhere, such as "+84912345678". `region` is
/// ISO 3166 ("VN") and says how numbers without "+" are read; it may be empty. Nothing for what is
/// no such number: short codes, senders made of letters, numbers of an impossible length. Numbers
/// that no plan has allotted yet are taken if their length is right. An extension is dropped.
/// Thread safe; linear, at most 250 bytes are a number.
[[nodiscard]] std::optional<std::string> to_e164(std::string_view text, std::string_view region);
/// What is dialled within the number's country, without the zero that may stand before it; empty
/// for what is no E.164 number.
[[nodiscard]] std::string national_digits(std::string_view e164);
/// For people: "+44 20 7946 0018"; what is no E.164 number comes back as it is.
[[nodiscard]] std::string format_phone(std::string_view e164);
/// The country of the number, ISO 3166, the largest one where several share a prefix; empty if
/// there is none.
[[nodiscard]] std::string phone_region(std::string_view e164);

}  // namespace deskwire::text
