// SPDX-License-Identifier: Apache-2.0
// Which language a text is in, as far as one can be sure.
#pragma once
#include <string>
#include <string_view>

namespace deskwire::text {

/// A BCP 47 tag such as "de", "zh-Hant"; empty when the text is too short or mixed. `text` is
/// UTF-8; its first KiB decides.
[[nodiscard]] std::string detect_language(std::string_view text);

}  // namespace deskwire::text
