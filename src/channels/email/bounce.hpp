// SPDX-License-Identifier: Apache-2.0
// Reads non-delivery reports: the standard ones (RFC 3464), abuse feedback (RFC 5965), and the many
// that are only prose.
#pragma once
#include <optional>
#include <string>

#include "mime/parsed_mail.hpp"

namespace deskwire::email {

struct Bounce {
  enum class Kind : std::uint8_t { failed, delayed, delivered, feedback };
  Kind kind = Kind::failed;
  std::string recipient;    ///< Whom our mail did not reach; may be empty.
  std::string status;       ///< "5.1.1"; empty when nothing says it.
  std::string diagnostic;   ///< The peer's words, one line.
  std::string returned_id;  ///< Message-ID of our mail, without angle brackets; may be empty.
};

/// Nothing when this is no report. `from_daemon`: the null return path, or a daemon's address; only
/// then prose is believed.
[[nodiscard]] std::optional<Bounce> read_bounce(const mime::ParsedMail& mail, bool from_daemon);
/// The mailbox or its domain does not exist or was given up (RFC 3463): writing again is pointless.
[[nodiscard]] bool is_dead_mailbox(const Bounce& bounce);
/// "5.1.1 <ann@x.test>: user unknown", at most 200 bytes.
[[nodiscard]] std::string describe(const Bounce& bounce);

}  // namespace deskwire::email
