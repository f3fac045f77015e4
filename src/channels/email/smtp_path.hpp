// SPDX-License-Identifier: Apache-2.0
// The argument of MAIL and RCPT: "FROM:<path> KEY=VALUE …" (RFC 5321 §4.1.2). As strict as needed
// to be unambiguous, as lenient as senders in the wild ask for: spaces after the colon, missing
// brackets and source routes are understood.
#pragma once
#include <cstddef>
#include <expected>
#include <string>
#include <string_view>
#include <vector>

namespace deskwire::email {

/// RFC 5321 §4.5.3.1.3 grants 256 octets; bounce addresses of large senders are longer, so twice
/// that is taken.
inline constexpr std::size_t kMaxPathBytes = 512;

struct SmtpParameter {
  std::string key;    ///< Upper case.
  std::string value;  ///< As written; empty without "=".
};

struct SmtpPathArgument {
  std::string address;  ///< Without brackets and source route; empty for "<>".
  std::vector<SmtpParameter> parameters;
  bool ascii = true;  ///< The address needs no SMTPUTF8.
};

enum class SmtpPathError { syntax, bad_address, too_long };

/// `keyword` is "FROM:" or "TO:".
[[nodiscard]] std::expected<SmtpPathArgument, SmtpPathError> parse_path_argument(
    std::string_view keyword, std::string_view argument);

[[nodiscard]] std::string ascii_upper(std::string_view text);

}  // namespace deskwire::email
