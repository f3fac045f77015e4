// SPDX-License-Identifier: Apache-2.0
// Typographic characters as plain ones, so that a text message costs one part and not three.
#pragma once
#include <string>
#include <string_view>

namespace deskwire::text {

/// `utf8` in GSM-7 where that changes how it looks and not what it says: curly quotes, dashes, wide
/// forms, blanks, ornaments. A text that other characters keep out of GSM-7 anyhow comes back
/// untouched, and a mark upon a letter is part of that letter: "e" with a circumflex never becomes
/// "e^".
[[nodiscard]] std::string smart_encode(std::string_view utf8);

}  // namespace deskwire::text
