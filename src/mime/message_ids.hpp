// SPDX-License-Identifier: Apache-2.0
// Message-ID, In-Reply-To, References, and comma lists such as Keywords.
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace deskwire::mime {

/// The ids without angle brackets, in order, each at most 998 bytes, at most `kLimits.message_ids`:
/// of more, the first and the newest ones. Without any angle bracket the whole value is one id.
[[nodiscard]] std::vector<std::string> parse_message_ids(std::string_view raw);
/// Decoded items between commas, empty ones left out.
[[nodiscard]] std::vector<std::string> parse_comma_list(std::string_view raw);

}  // namespace deskwire::mime
