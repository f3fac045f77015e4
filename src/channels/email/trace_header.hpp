// SPDX-License-Identifier: Apache-2.0
// The lines we put on top of an accepted mail: Return-Path and Received (RFC 5321 §4.4).
#pragma once
#include <cstddef>
#include <string>
#include <string_view>

#include "deskwire/base/instant.hpp"

namespace deskwire::email {

/// More Received lines than this and the mail runs in circles (RFC 5321 §6.3).
inline constexpr std::size_t kMaxHops = 100;

struct Trace {
  std::string_view sender = {};     ///< Empty: the null path.
  std::string_view recipient = {};  ///< Empty with several, who need not know of each other.
  std::string_view helo = {};
  std::string_view remote_ip = {};  ///< Empty on a local socket.
  std::string_view hostname = {};   ///< Ours.
  std::string_view id = {};
  bool lmtp = false;
  bool extended = false;  ///< EHLO, not HELO.
  bool tls = false;
  bool smtputf8 = false;
  Instant at = {};
};

[[nodiscard]] std::string trace_header(const Trace& trace);

/// "ESMTPS" and the like (RFC 3848, RFC 6531 §4.3).
[[nodiscard]] std::string with_protocol(const Trace& trace);

/// "Wed, 09 Sep 2026 08:05:01 +0000" (RFC 5322 §3.3).
[[nodiscard]] std::string mail_date(Instant at);

/// Received lines in the header of `mail`, counted up to kMaxHops + 1.
[[nodiscard]] std::size_t count_hops(std::string_view mail);

}  // namespace deskwire::email
