// SPDX-License-Identifier: Apache-2.0
// The text an agent reads, and the HTML beside it, from a parsed mail.
#pragma once
#include <string>
#include <vector>

#include "deskwire/domain/content.hpp"
#include "mime/parsed_mail.hpp"

namespace deskwire::email {

struct MessageText {
  std::string text;  ///< At most 64 KiB of clean UTF-8.
  std::string html;  ///< As received, at most 64 KiB; empty when the mail has none.
  std::vector<std::uint32_t> used_leaves;  ///< Leaves listed as attachments that serve as the text
                                           ///< (a mail that broke off).
};

/// From the text bodies; without any, from HTML; without that, from text that the mail broke off
/// in.
[[nodiscard]] MessageText read_text(const mime::ParsedMail& mail);

}  // namespace deskwire::email
