// SPDX-License-Identifier: Apache-2.0
// Writes a mail (RFC 5322, MIME) with GMime. Whatever the strings contain, no header line can be
// broken out of: controls and line ends are taken out before GMime sees them.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "deskwire/base/instant.hpp"
#include "deskwire/domain/content.hpp"

namespace deskwire::mime {

struct OutgoingFile {
  std::string name, type;  ///< UTF-8; "image/png".
  std::string content_id;  ///< Empty: an ordinary attachment.
  std::string bytes;
};

struct OutgoingMail {
  MailAddress from;
  std::vector<MailAddress> to, cc, reply_to;
  std::string subject;
  std::string message_id;               ///< Without angle brackets, as all ids here.
  std::string in_reply_to;              ///< May be empty.
  std::vector<std::string> references;  ///< Root first.
  Instant date;
  std::string text;  ///< UTF-8 with LF line ends.
  std::vector<OutgoingFile> files;
};

/// CRLF line ends, no line over 998 bytes, seven bits only: any smarthost takes it.
[[nodiscard]] std::string write_mail(const OutgoingMail& mail);

}  // namespace deskwire::mime
