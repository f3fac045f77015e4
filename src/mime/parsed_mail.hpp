// SPDX-License-Identifier: Apache-2.0
// A mail, read: who, what about, which parts are the text, which are attachments. Total: any bytes
// give a ParsedMail.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "deskwire/domain/content.hpp"
#include "mime/date.hpp"
#include "mime/part_tree.hpp"

namespace deskwire::mime {

/// A uuencoded file that stands in a text body; numbered after the leaves.
struct UuFile {
  std::string name;
  std::size_t begin = 0, end = 0;  ///< In the mail, from "begin" to after "end".
};

/// Header fields are views into the mail's bytes, which must outlive this.
struct ParsedMail {
  std::string_view mail;
  PartTree tree;

  std::vector<MailAddress> from, to, cc, reply_to, sender;
  std::string subject;     ///< Decoded, one line.
  std::string message_id;  ///< Without angle brackets; empty if there is none.
  std::vector<std::string> in_reply_to, references;
  std::optional<Date> date;

  // Indices into tree.parts, chosen as in RFC 8621 §4.1.4: what to show as plain text, what to show
  // as HTML (both may name the same part when there is only one form), and everything else. Inline
  // images are in the bodies and among the attachments.
  std::vector<std::uint32_t> text_bodies, html_bodies, attachments;
  std::vector<UuFile> uu_files;
  bool tnef = false;  ///< Has an application/ms-tnef part (winmail.dat).

  /// Raw value of the first field of that name of the mail's own header; empty if there is none.
  [[nodiscard]] std::string_view header(std::string_view name) const {
    return tree.parts.front().header.find(name);
  }
  [[nodiscard]] std::vector<std::string_view> headers(std::string_view name) const {
    return tree.parts.front().header.find_all(name);
  }
};

[[nodiscard]] ParsedMail parse(std::string_view mail);

/// The part's bytes, transfer encoding undone.
[[nodiscard]] std::string part_bytes(const ParsedMail& mail, std::uint32_t part);
/// The part's text in UTF-8, whatever its charset is or says; uuencoded files left out. At most
/// `max_bytes` are decoded.
[[nodiscard]] std::string part_text(const ParsedMail& mail, std::uint32_t part,
                                    std::size_t max_bytes = SIZE_MAX);
/// The HTML to show: all its parts one after the other in UTF-8, cut at `max_bytes`; empty if the
/// mail has none.
[[nodiscard]] std::string html_of(const ParsedMail& mail, std::size_t max_bytes);
/// The mail ends inside the part, or the part cannot be what it says (base64, a mail): it is listed
/// as an attachment, unchanged.
[[nodiscard]] bool is_damaged(const ParsedMail& mail, std::uint32_t part);
/// A file name as sent, decoded, not yet safe; empty if there is none.
[[nodiscard]] std::string part_name(const Part& part);
/// Everything of `mail.attachments` and the uuencoded files, with safe names; `size_bytes` is
/// exact.
[[nodiscard]] std::vector<Attachment> list_attachments(const ParsedMail& mail);
/// The attachment with that number (`Attachment::part`) from the raw mail; nothing if there is no
/// such leaf.
[[nodiscard]] std::optional<std::string> extract_part(std::string_view mail, std::uint32_t leaf);

}  // namespace deskwire::mime
