// SPDX-License-Identifier: Apache-2.0
// Which parts of a mail are its text: the algorithm of RFC 8621 §4.1.4.
#pragma once
#include "mime/parsed_mail.hpp"

namespace deskwire::mime {

/// Fills text_bodies, html_bodies and attachments from the tree.
void choose_bodies(ParsedMail& mail);

}  // namespace deskwire::mime
