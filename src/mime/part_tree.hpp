// SPDX-License-Identifier: Apache-2.0
// The tree of a mail's parts as ranges of its bytes. One pass over the lines, an explicit stack,
// nothing recursive: the time is linear in the size and the memory in the bounds of
// mime/limits.hpp. GMime has no such bounds, so it decodes leaves, not mails.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mime/content_type.hpp"
#include "mime/header_block.hpp"
#include "mime/transfer.hpp"

namespace deskwire::mime {

struct Part {
  static constexpr std::uint32_t kNone = UINT32_MAX;

  HeaderBlock header;
  std::optional<ContentType> type;  ///< As declared.
  std::optional<ContentType> disposition;
  Encoding encoding = Encoding::identity;
  std::uint32_t parent = kNone;  ///< Index of the container.
  std::uint32_t depth = 0;
  std::uint32_t leaf =
      kNone;               ///< Number among the leaves, depth first from 0; kNone for a container.
  bool container = false;  ///< A multipart in which at least one part was found.
  bool unterminated = false;  ///< The mail ends inside it, though a boundary was to come.
  std::size_t
      begin = 0,
      body = 0,
      end = 0;  ///< Header begins, body begins, body ends (without the line end before a boundary).

  /// Lower case, with the default of RFC 2045 §5.2 (or message/rfc822 inside a digest).
  std::string full_type;
  [[nodiscard]] bool is_text() const { return full_type.starts_with("text/"); }
};

struct PartTree {
  std::vector<Part> parts;  ///< In the order of the mail; the first is the mail itself.
  bool cut = false;         ///< Bounds were met.
};

/// Total: any bytes, even none, are a mail of at least one part. Views point into `mail`.
[[nodiscard]] PartTree read_parts(std::string_view mail);

}  // namespace deskwire::mime
