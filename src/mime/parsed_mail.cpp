// SPDX-License-Identifier: Apache-2.0
#include "mime/parsed_mail.hpp"

#include <algorithm>

#include "deskwire/base/utf8.hpp"
#include "mime/address.hpp"
#include "mime/body_choice.hpp"
#include "mime/charset.hpp"
#include "mime/file_name.hpp"
#include "mime/limits.hpp"
#include "mime/message_ids.hpp"
#include "mime/text_run.hpp"
#include "mime/uuencode.hpp"

namespace deskwire::mime {
namespace {

std::string_view body_of(const ParsedMail& mail, const Part& part) {
  return mail.mail.substr(part.body, part.end - part.body);
}

/// The first field of a name that says anything: mails with the same field twice mostly have one
/// broken copy.
template <class Read>
auto first_useful(const ParsedMail& mail, std::string_view name, Read read) {
  decltype(read(std::string_view{})) value{};
  for (const std::string_view raw : mail.headers(name)) {
    value = read(raw);
    if (value != decltype(value){}) break;
  }
  return value;
}

void read_header(ParsedMail& mail) {
  mail.from = first_useful(mail, "From", parse_addresses);
  mail.to = first_useful(mail, "To", parse_addresses);
  mail.cc = first_useful(mail, "Cc", parse_addresses);
  mail.reply_to = first_useful(mail, "Reply-To", parse_addresses);
  mail.sender = first_useful(mail, "Sender", parse_addresses);
  mail.subject = first_useful(mail, "Subject", [](std::string_view raw) {
    return decode_unstructured(raw.substr(0, kLimits.field_bytes));
  });
  const auto ids = first_useful(mail, "Message-ID", parse_message_ids);
  if (!ids.empty()) mail.message_id = ids.front();
  mail.in_reply_to = first_useful(mail, "In-Reply-To", parse_message_ids);
  mail.references = first_useful(mail, "References", parse_message_ids);
  mail.date = first_useful(mail, "Date", parse_date);
}

/// Something labelled as a mail is one if it has at least one field.
bool has_header(std::string_view mail) {
  std::size_t body = 0;
  return !HeaderBlock::read(mail, 0, mail.size(), body).empty();
}

bool has_tnef(const ParsedMail& mail) {
  return std::ranges::any_of(mail.tree.parts, [](const Part& part) {
    return part.full_type == "application/ms-tnef" || part.full_type == "application/vnd.ms-tnef";
  });
}

void find_uu_files(ParsedMail& mail) {
  for (const std::uint32_t index : mail.text_bodies) {
    const Part& part = mail.tree.parts[index];
    if (!part.is_text() || part.encoding != Encoding::identity) continue;
    for (const UuBlock& block : find_uu_blocks(body_of(mail, part)))
      mail.uu_files.push_back(
          {charset_to_utf8(block.name, {}), part.body + block.begin, part.body + block.end});
  }
}

/// Browsers' habit: HTML names its charset itself when the mail does not.
std::string_view charset_in_html(std::string_view html) {
  constexpr std::size_t kSearched = 2'048;
  const std::string_view head = html.substr(0, kSearched);
  const std::size_t at = head.find("charset=");
  if (at == std::string_view::npos) return {};
  std::string_view label = head.substr(at + 8);
  while (!label.empty() && (label.front() == '"' || label.front() == '\'')) label.remove_prefix(1);
  return label.substr(0, label.find_first_of("\"'> ;/"));
}

std::uint32_t leaf_count(const ParsedMail& mail) {
  return static_cast<std::uint32_t>(std::ranges::count(mail.tree.parts, false, &Part::container));
}

std::string_view uu_bytes(const ParsedMail& mail, const UuFile& file) {
  return mail.mail.substr(file.begin, file.end - file.begin);
}

std::string clean_content_id(std::string_view raw) {
  const auto ids = parse_message_ids(raw.substr(0, 1'000));
  return ids.empty() ? std::string() : clean_line(ids.front());
}

std::string clean_type(std::string_view type) {
  std::string out;
  for (const char c : type.substr(0, 100))
    if (c > ' ' && c < 0x7f && c != ';' && c != ',' && c != '"') out += c;
  return out.find('/') == std::string::npos ? "application/octet-stream" : out;
}

}  // namespace

ParsedMail parse(std::string_view bytes) {
  ParsedMail mail;
  mail.mail = bytes;
  mail.tree = read_parts(bytes);
  read_header(mail);
  mail.tnef = has_tnef(mail);
  choose_bodies(mail);
  find_uu_files(mail);
  return mail;
}

std::string part_bytes(const ParsedMail& mail, std::uint32_t index) {
  const Part& part = mail.tree.parts.at(index);
  return decode(is_damaged(part.encoding, body_of(mail, part)) ? Encoding::identity : part.encoding,
                body_of(mail, part));
}

std::string part_text(const ParsedMail& mail, std::uint32_t index, std::size_t max_bytes) {
  const Part& part = mail.tree.parts.at(index);
  std::string bytes;
  if (is_damaged(part.encoding, body_of(mail, part))) {
    bytes = body_of(mail, part).substr(0, max_bytes);
  } else if (mail.uu_files.empty() || part.encoding != Encoding::identity) {
    bytes = decode(part.encoding, body_of(mail, part), max_bytes);
  } else {
    std::size_t at = part.body;
    for (const UuFile& file : mail.uu_files) {
      if (file.begin < at || file.end > part.end) continue;
      bytes += mail.mail.substr(at, file.begin - at);
      at = file.end;
    }
    bytes += mail.mail.substr(at, part.end - at);
    bytes.resize(std::min(bytes.size(), max_bytes));
  }
  std::string_view charset = part.type ? part.type->parameter("charset") : std::string_view{};
  if (charset.empty() && part.full_type == "text/html") charset = charset_in_html(bytes);
  return charset_to_utf8(bytes, charset);
}

std::string html_of(const ParsedMail& mail, std::size_t max_bytes) {
  std::string html;
  for (const std::uint32_t part : mail.html_bodies) {
    if (mail.tree.parts[part].full_type != "text/html") continue;
    html += part_text(mail, part, max_bytes);
    if (html.size() >= max_bytes) break;
  }
  html.resize(utf8_prefix(html, max_bytes).size());
  std::erase(html, '\0');
  return html;
}

bool is_damaged(const ParsedMail& mail, std::uint32_t index) {
  const Part& part = mail.tree.parts.at(index);
  if (part.unterminated || is_damaged(part.encoding, body_of(mail, part))) return true;
  return part.full_type == "message/rfc822" &&
         !has_header(decode(part.encoding, body_of(mail, part), kLimits.header_bytes));
}

std::string part_name(const Part& part) {
  if (part.disposition) {
    if (const std::string_view name = part.disposition->parameter("filename"); !name.empty())
      return std::string(name);
    if (const std::string_view name = part.disposition->parameter("name"); !name.empty())
      return std::string(name);
  }
  if (part.type) {
    if (const std::string_view name = part.type->parameter("name"); !name.empty())
      return std::string(name);
    if (const std::string_view name = part.type->parameter("filename"); !name.empty())
      return std::string(name);
  }
  return {};
}

std::vector<Attachment> list_attachments(const ParsedMail& mail) {
  std::vector<Attachment> all;
  for (const std::uint32_t index : mail.attachments) {
    const Part& part = mail.tree.parts[index];
    Attachment& a = all.emplace_back();
    a.n = static_cast<std::uint32_t>(all.size());
    a.type = clean_type(part.full_type);
    a.name = safe_file_name(part_name(part));
    if (a.name.empty()) a.name = default_file_name(a.type, a.n);
    a.content_id = clean_content_id(part.header.find("Content-ID"));
    const bool damaged = is_damaged(part.encoding, body_of(mail, part));
    a.size_bytes = decoded_size(damaged ? Encoding::identity : part.encoding, body_of(mail, part));
    a.part = part.leaf;
  }
  std::uint32_t leaf = leaf_count(mail);
  for (const UuFile& file : mail.uu_files) {
    Attachment& a = all.emplace_back();
    a.n = static_cast<std::uint32_t>(all.size());
    a.type = "application/octet-stream";
    a.name = safe_file_name(file.name);
    if (a.name.empty()) a.name = default_file_name(a.type, a.n);
    a.size_bytes = decoded_size(Encoding::uuencode, uu_bytes(mail, file));
    a.part = leaf++;
  }
  return all;
}

std::optional<std::string> extract_part(std::string_view bytes, std::uint32_t leaf) {
  const ParsedMail mail = parse(bytes);
  for (std::uint32_t i = 0; i < mail.tree.parts.size(); ++i)
    if (mail.tree.parts[i].leaf == leaf) return part_bytes(mail, i);
  const std::uint32_t leaves = leaf_count(mail);
  if (leaf >= leaves && leaf - leaves < mail.uu_files.size())
    return decode(Encoding::uuencode, uu_bytes(mail, mail.uu_files[leaf - leaves]));
  return std::nullopt;
}

}  // namespace deskwire::mime
