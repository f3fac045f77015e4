// SPDX-License-Identifier: Apache-2.0
// UTF-8 as bytes: is it valid, how to make it valid, where to cut it. Everything that leaves an
// entrance is valid UTF-8.
#pragma once
#include <cstddef>
#include <string>
#include <string_view>

namespace deskwire {

/// One step of a decoder: the code point and how many bytes it took (at least 1). An invalid byte
/// gives `kInvalid` and 1.
struct CodePoint {
  static constexpr char32_t kInvalid = 0xFFFFFFFF;
  char32_t value = kInvalid;
  std::size_t bytes = 1;
  [[nodiscard]] bool valid() const { return value != kInvalid; }
};

/// The code point at the start of `text`, which must not be empty. Overlong forms and surrogates
/// are invalid (RFC 3629).
[[nodiscard]] CodePoint first_code_point(std::string_view text);

[[nodiscard]] bool is_ascii(std::string_view text);
[[nodiscard]] bool is_utf8(std::string_view text);
/// Valid UTF-8 in any case: each invalid byte becomes U+FFFD.
[[nodiscard]] std::string to_valid_utf8(std::string_view text);
/// Text for storing and showing: valid, and without control characters other than tab and line feed
/// (CRLF and CR become LF).
[[nodiscard]] std::string clean_text(std::string_view text);
/// One line for storing and showing: as clean_text, but every run of white space and controls is
/// one blank; trimmed.
[[nodiscard]] std::string clean_line(std::string_view text);
/// The longest start of `text` of at most `max_bytes` that does not cut a code point.
[[nodiscard]] std::string_view utf8_prefix(std::string_view text, std::size_t max_bytes);
/// Appends the UTF-8 form; what is no code point becomes U+FFFD.
void append_utf8(std::string& out, char32_t code_point);

}  // namespace deskwire
