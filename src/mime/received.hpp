// SPDX-License-Identifier: Apache-2.0
// Trace fields (Received, RFC 5321 §4.4), which every mailer writes in its own dialect.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "mime/date.hpp"

namespace deskwire::mime {

struct Received {
  std::string from;        ///< As the client named itself, or its address when it did not.
  std::string from_ip;     ///< What the server saw; IPv4 or IPv6 in its canonical text form.
  std::string from_iprev;  ///< Its name in reverse DNS.
  std::string helo, helo_command;  ///< The greeting when it is told apart; "helo", "ehlo", "lhlo".
  std::string ident;               ///< A user the client was known as.
  std::string by, via, id, for_whom;
  std::string with;                     ///< Upper case: "ESMTPS"; empty when unknown.
  std::string tls_version, tls_cipher;  ///< "1.3"; "TLS_AES_256_GCM_SHA384".
  std::optional<Date> date;
};

/// Total: what cannot be made out stays empty.
[[nodiscard]] Received parse_received(std::string_view raw);

/// The canonical form of an IPv4 or IPv6 address, with or without "IPv6:", port or zone; empty if
/// `text` is none.
[[nodiscard]] std::string canonical_ip(std::string_view text);

}  // namespace deskwire::mime
