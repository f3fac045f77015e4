// SPDX-License-Identifier: Apache-2.0
// Content-Transfer-Encodings (RFC 2045 §6), decoded leniently with GMime's decoders.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace deskwire::mime {

enum class Encoding : std::uint8_t { identity, base64, quoted_printable, uuencode };

/// From the field's raw value; comments, case and unknown words are forgiven (identity).
[[nodiscard]] Encoding parse_encoding(std::string_view value);
/// At most `max_bytes` of the decoded form.
[[nodiscard]] std::string decode(Encoding encoding, std::string_view bytes,
                                 std::size_t max_bytes = SIZE_MAX);
/// How many bytes the decoded form has, without keeping it.
[[nodiscard]] std::size_t decoded_size(Encoding encoding, std::string_view bytes);
/// True when `bytes` cannot reasonably be what the encoding says (more than a twentieth of foreign
/// characters in base64).
[[nodiscard]] bool is_damaged(Encoding encoding, std::string_view bytes);

}  // namespace deskwire::mime
