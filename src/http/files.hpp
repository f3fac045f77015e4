// SPDX-License-Identifier: Apache-2.0
// Files that come from outside and go out again: names and types that can be trusted, and answers
// that no browser runs anything of.
#pragma once
#include <string>
#include <string_view>

#include "http/message.hpp"

namespace deskwire {

inline constexpr std::size_t kMaxFileNameBytes = 255;

/// Never active content from our origin: images that browsers only show, all else to be saved.
[[nodiscard]] HttpResponse file_response(std::string_view name, std::string_view type,
                                         std::string bytes);
/// A media type as an upload's client may name it; anything odd is plain bytes.
[[nodiscard]] std::string uploaded_type(std::string_view header);
/// The last segment of a path, without control characters.
[[nodiscard]] std::string safe_file_name(std::string text);

}  // namespace deskwire
