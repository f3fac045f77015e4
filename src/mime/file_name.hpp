// SPDX-License-Identifier: Apache-2.0
// File names of attachments, made safe to show, to store and to put into a header.
#pragma once
#include <string>
#include <string_view>

namespace deskwire::mime {

/// The last path component without control characters, quotes, or leading dots; at most 200 bytes,
/// the extension kept. Empty when nothing is left.
[[nodiscard]] std::string safe_file_name(std::string_view name);
/// What to call an unnamed attachment: "attachment-3.png".
[[nodiscard]] std::string default_file_name(std::string_view type, unsigned n);

}  // namespace deskwire::mime
