// SPDX-License-Identifier: Apache-2.0
// The bounds of a parse. A mail beyond them is not refused: what is inside the bounds is read, the
// rest stays in the raw mail and `ParsedMail::cut` says so. The figures are far above anything that
// people send.
#pragma once
#include <cstddef>

namespace deskwire::mime {

struct Limits {
  std::size_t depth = 50;                 ///< Multiparts inside each other; deeper ones are leaves.
  std::size_t parts = 1'000;              ///< Containers and leaves together.
  std::size_t fields = 1'000;             ///< Header fields of one part.
  std::size_t field_bytes = 64 * 1024;    ///< Of one field; the rest of it is ignored.
  std::size_t header_bytes = 256 * 1024;  ///< Of one part's header.
  std::size_t addresses = 1'000;          ///< In one field.
  std::size_t message_ids = 200;          ///< In one field.
  std::size_t parameters = 200;           ///< Of a Content-Type or Content-Disposition.
  std::size_t comment_depth = 100;        ///< Parentheses inside each other.
  std::size_t text_bytes = 4 * 1024 * 1024;  ///< Decoded, of all text bodies together.
};

inline constexpr Limits kLimits{};

}  // namespace deskwire::mime
