// SPDX-License-Identifier: Apache-2.0
#include "mime/mail_writer.hpp"

#include <gmime/gmime.h>

#include <algorithm>
#include <memory>

#include "deskwire/base/utf8.hpp"
#include "mime/date.hpp"
#include "mime/file_name.hpp"
#include "mime/gmime_init.hpp"

namespace deskwire::mime {
namespace {

struct Unref {
  void operator()(void* object) const { g_object_unref(object); }
};
template <class T>
using Owned = std::unique_ptr<T, Unref>;

struct FreeOptions {
  void operator()(GMimeFormatOptions* options) const { g_mime_format_options_free(options); }
};

/// An id or address with nothing in it that could end the field or the angle brackets.
std::string bare(std::string_view text, std::size_t max_bytes) {
  std::string out;
  for (const char c : clean_line(text))
    if (c != ' ' && c != '<' && c != '>' && c != ',' && c != ';' && c != '"') out += c;
  return out.size() > max_bytes ? std::string() : out;
}

void add_addresses(GMimeMessage* message, GMimeAddressType type,
                   const std::vector<MailAddress>& list) {
  for (const MailAddress& a : list) {
    const std::string address = bare(a.address, 320), name = clean_line(utf8_prefix(a.name, 300));
    if (!address.empty())
      g_mime_message_add_mailbox(message, type, name.empty() ? nullptr : name.c_str(),
                                 address.c_str());
  }
}

/// Fields of ids are written folded, one id a line: GMime would leave a long list in one line.
void set_ids(GMimeMessage* message, const char* field, const std::vector<std::string>& ids) {
  constexpr std::size_t kMaxIdBytes = 900;  // The line stays under 998 with its name and brackets.
  std::string value;
  for (const std::string& id : ids) {
    const std::string safe = bare(id, kMaxIdBytes);
    if (safe.empty() || !is_ascii(safe)) continue;
    if (!value.empty()) value += "\n ";
    value += '<' + safe + '>';
  }
  if (value.empty()) return;
  GMimeHeaderList* const headers = g_mime_object_get_header_list(GMIME_OBJECT(message));
  g_mime_header_list_append(headers, field, "", "utf-8");
  g_mime_header_set_raw_value(g_mime_header_list_get_header(headers, field),
                              (" " + value + "\n").c_str());
}

/// Every control but tab and line feed is taken out, so the body cannot hold a bare CR or NUL.
Owned<GMimeObject> text_part(const std::string& text) {
  Owned<GMimeTextPart> part(g_mime_text_part_new_with_subtype("plain"));
  g_mime_text_part_set_charset(part.get(), "utf-8");
  std::string clean = clean_text(text);
  if (!clean.ends_with('\n')) clean += '\n';
  g_mime_text_part_set_text(part.get(), clean.c_str());
  const auto beyond_ascii =
      std::ranges::count_if(clean, [](char c) { return static_cast<unsigned char>(c) >= 0x80; });
  // Quoted-printable stays readable for Latin scripts; for others base64 is a third of the size.
  const bool mostly = static_cast<std::size_t>(beyond_ascii) * 4 > clean.size();
  g_mime_part_set_content_encoding(
      GMIME_PART(part.get()),
      mostly ? GMIME_CONTENT_ENCODING_BASE64 : GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE);
  return Owned<GMimeObject>(GMIME_OBJECT(part.release()));
}

Owned<GMimeObject> file_part(const OutgoingFile& file, unsigned n) {
  const std::string type = bare(file.type, 100);
  const std::size_t slash = type.find('/');
  const bool usable = slash != std::string::npos && slash > 0 && slash + 1 < type.size() &&
                      is_ascii(type) && !type.starts_with("multipart/") &&
                      !type.starts_with("message/");
  const std::string major = usable ? type.substr(0, slash) : "application";
  const std::string minor = usable ? type.substr(slash + 1) : "octet-stream";
  Owned<GMimePart> part(g_mime_part_new_with_type(major.c_str(), minor.c_str()));
  const Owned<GMimeStream> stream(
      g_mime_stream_mem_new_with_buffer(file.bytes.data(), file.bytes.size()));
  const Owned<GMimeDataWrapper> content(
      g_mime_data_wrapper_new_with_stream(stream.get(), GMIME_CONTENT_ENCODING_BINARY));
  g_mime_part_set_content(part.get(), content.get());
  g_mime_part_set_content_encoding(part.get(), GMIME_CONTENT_ENCODING_BASE64);
  std::string name = safe_file_name(file.name);
  if (name.empty()) name = default_file_name(type, n);
  g_mime_object_set_disposition(GMIME_OBJECT(part.get()),
                                file.content_id.empty() ? "attachment" : "inline");
  g_mime_part_set_filename(part.get(), name.c_str());
  if (const std::string id = bare(file.content_id, 200); !id.empty())
    g_mime_part_set_content_id(part.get(), id.c_str());
  return Owned<GMimeObject>(GMIME_OBJECT(part.release()));
}

Owned<GMimeObject> body(const OutgoingMail& mail) {
  Owned<GMimeObject> text = text_part(mail.text);
  if (mail.files.empty()) return text;
  Owned<GMimeMultipart> mixed(g_mime_multipart_new_with_subtype("mixed"));
  g_mime_multipart_add(mixed.get(), text.get());
  unsigned n = 0;
  for (const OutgoingFile& file : mail.files)
    g_mime_multipart_add(mixed.get(), file_part(file, ++n).get());
  return Owned<GMimeObject>(GMIME_OBJECT(mixed.release()));
}

std::string to_bytes(GMimeMessage* message) {
  const std::unique_ptr<GMimeFormatOptions, FreeOptions> options(g_mime_format_options_new());
  g_mime_format_options_set_newline_format(options.get(), GMIME_NEWLINE_FORMAT_DOS);
  const Owned<GMimeStream> stream(g_mime_stream_mem_new());
  g_mime_object_write_to_stream(GMIME_OBJECT(message), options.get(), stream.get());
  const GByteArray* const bytes = g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(stream.get()));
  return {reinterpret_cast<const char*>(bytes->data), bytes->len};
}

}  // namespace

std::string write_mail(const OutgoingMail& mail) {
  ensure_gmime();
  const Owned<GMimeMessage> message(g_mime_message_new(TRUE));
  add_addresses(message.get(), GMIME_ADDRESS_TYPE_FROM, {mail.from});
  add_addresses(message.get(), GMIME_ADDRESS_TYPE_REPLY_TO, mail.reply_to);
  add_addresses(message.get(), GMIME_ADDRESS_TYPE_TO, mail.to);
  add_addresses(message.get(), GMIME_ADDRESS_TYPE_CC, mail.cc);
  g_mime_message_set_subject(message.get(), clean_line(utf8_prefix(mail.subject, 1'000)).c_str(),
                             "utf-8");
  GMimeObject* const object = GMIME_OBJECT(message.get());
  g_mime_object_set_header(object, "Date", format_date(mail.date).c_str(), "utf-8");
  g_mime_object_set_header(object, "MIME-Version", "1.0", "utf-8");
  set_ids(message.get(), "Message-ID", {mail.message_id});
  set_ids(message.get(), "In-Reply-To", {mail.in_reply_to});
  set_ids(message.get(), "References", mail.references);
  const Owned<GMimeObject> content = body(mail);
  g_mime_message_set_mime_part(message.get(), content.get());
  return to_bytes(message.get());
}

}  // namespace deskwire::mime
