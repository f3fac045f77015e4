// SPDX-License-Identifier: Apache-2.0
// Bytes of any charset, named rightly, wrongly or not at all, to UTF-8. Always gives valid UTF-8.
#pragma once
#include <string>
#include <string_view>

namespace deskwire::mime {

/// `declared` as the mail has it; empty when it says nothing. Valid UTF-8 with non-ASCII in it is
/// believed over any single-byte label, because text in those hardly ever looks like UTF-8 by
/// chance; without a usable label it is UTF-8 or windows-1252.
[[nodiscard]] std::string charset_to_utf8(std::string_view bytes, std::string_view declared);

}  // namespace deskwire::mime
