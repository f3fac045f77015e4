// SPDX-License-Identifier: Apache-2.0
// The part of a reply that its author wrote: without the quoted mail below or above it and without
// signatures. Only a view: the whole text is always kept, and a reader can ask for it.
#pragma once
#include <string>
#include <string_view>

namespace deskwire::text {

/// Linear in the size. `text` is UTF-8 with any line ends; the result has LF and no blank lines
/// around. When nothing would be left of a text without quotes, it is given back whole.
[[nodiscard]] std::string visible_reply(std::string_view text);

}  // namespace deskwire::text
