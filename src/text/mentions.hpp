// SPDX-License-Identifier: Apache-2.0
// Whom a note calls: "@ann, could you look?".
#pragma once
#include <cstddef>
#include <string_view>
#include <vector>

namespace deskwire::text {

/// What stands behind an `@` that begins a word, without the stop or dash at its end, each once, in
/// the order of the text and at most `most`: names that may be somebody's. Views into `text`.
[[nodiscard]] std::vector<std::string_view> mentions(std::string_view text, std::size_t most);

}  // namespace deskwire::text
