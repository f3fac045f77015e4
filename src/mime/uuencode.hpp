// SPDX-License-Identifier: Apache-2.0
// Files that old mailers put right into the text: "begin 644 name", lines, "end".
#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace deskwire::mime {

struct UuBlock {
  std::string name;  ///< Raw bytes as written.
  std::size_t begin = 0, end = 0;
};

/// Complete blocks only: every line between is as long as its first character says. At most 100.
[[nodiscard]] std::vector<UuBlock> find_uu_blocks(std::string_view text);

/// The bytes between "begin" and "end"; without a "begin" line, of all lines. Stops at the first
/// line that is no data.
[[nodiscard]] std::string uu_decode(std::string_view text);

}  // namespace deskwire::mime
