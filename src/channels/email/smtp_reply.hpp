// SPDX-License-Identifier: Apache-2.0
// One SMTP or LMTP reply: three digits, the enhanced status code of RFC 3463 where there is one,
// and words for people.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

namespace deskwire::email {

struct SmtpReply {
  std::uint16_t code = 250;
  std::string enhanced;  ///< "5.1.1"; empty for greetings, 354 and the answer to EHLO, which carry
                         ///< none (RFC 2034 §4).
  std::string text;      ///< One line without line ends.

  [[nodiscard]] bool positive() const { return code < 400; }
  /// The client's doing; 4xx is our own trouble and never counted against it.
  [[nodiscard]] bool permanent_failure() const { return code >= 500; }
};

/// The reply as it goes on the wire, with its line end.
[[nodiscard]] std::string wire_form(const SmtpReply& reply);
/// The same with `subject` ("<a@b>") before the words: LMTP's one status per recipient.
[[nodiscard]] std::string wire_form(const SmtpReply& reply, std::string_view subject);

}  // namespace deskwire::email
