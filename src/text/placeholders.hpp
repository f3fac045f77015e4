// SPDX-License-Identifier: Apache-2.0
// Texts with places to be filled, `{{customer.name}}`. What is filled in is never read for places
// again, so nobody's name can ask for anything.
#pragma once
#include <expected>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace deskwire::text {

/// The error is a sentence that names what is wrong, and its line and column, both from 1.
[[nodiscard]] std::expected<void, std::string> check_placeholders(
    std::string_view text, std::span<const std::string_view> known);

struct Filled {
  std::string text;
  std::vector<std::string> missing;  ///< Names without a value, each once; they stay in the text.
};

/// `value_of` answers an empty text where there is none.
[[nodiscard]] Filled fill_placeholders(
    std::string_view text, const std::function<std::string(std::string_view name)>& value_of);

/// The name to call someone by: "Lan" of "Nguyễn Thị Lan", "Jane" of "Doe, Jane" and "Jane Doe".
[[nodiscard]] std::string given_name(std::string_view name);

}  // namespace deskwire::text
