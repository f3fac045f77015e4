// SPDX-License-Identifier: Apache-2.0
// One JSON object a line on stderr: {"at":…,"level":…,"thread":…,"message":…}. Messages carry ids,
// names and reasons; never bodies, addresses, tokens or passwords.
#pragma once
#include <string>
#include <string_view>

namespace deskwire {

/// Makes spdlog's default logger write so. `level` is trace, debug, info, warn, error or off;
/// anything else is info.
void setup_logging(std::string_view level = "info");

/// `text` as the inside of a JSON string: quotes, backslashes and control characters escaped.
[[nodiscard]] std::string json_escaped(std::string_view text);

}  // namespace deskwire
