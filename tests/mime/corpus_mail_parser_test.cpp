// SPDX-License-Identifier: Apache-2.0
// Another parser's facts about a hundred real, odd and broken mails.
#include <openssl/sha.h>

#include <catch2/catch.hpp>

#include "deskwire/base/utf8.hpp"
#include "mime/parsed_mail.hpp"
#include "support/corpus_facts.hpp"

using namespace deskwire;
using namespace deskwire::mime;
namespace json = boost::json;

namespace {

std::string without_cr(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i)
    if (text[i] != '\r' || i + 1 == text.size() || text[i + 1] != '\n') out += text[i];
  return out;
}

json::value addresses(const std::vector<MailAddress>& list) {
  json::array out;
  for (const MailAddress& a : list)
    out.push_back(json::object{{"name", a.name.empty() ? json::value() : json::value(a.name)},
                               {"address", a.address}});
  return out;
}

std::string date_text(const Date& d) {
  char text[64];
  const int zone = std::abs(d.zone_minutes);
  std::snprintf(text, sizeof text, "%04d-%02d-%02dT%02d:%02d:%02d%c%02d:%02d", d.year, d.month,
                d.day, d.hour, d.minute, d.second, d.zone_minutes < 0 ? '-' : '+', zone / 60,
                zone % 60);
  return text;
}

std::string sha256_hex(const std::string& bytes) {
  unsigned char digest[SHA256_DIGEST_LENGTH];
  SHA256(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), digest);
  std::string hex;
  for (const unsigned char b : digest) {
    char pair[3];
    std::snprintf(pair, sizeof pair, "%02x", b);
    hex += pair;
  }
  return hex;
}

json::value bodies(const ParsedMail& mail, const std::vector<std::uint32_t>& list) {
  json::array out;
  for (const std::uint32_t part : list) {
    const std::string& type = mail.tree.parts[part].full_type;
    json::object body{{"part", part}};
    body["kind"] = type == "text/html" ? "html" : type == "text/plain" ? "text" : "inlinebinary";
    if (type.starts_with("text/")) body["content"] = part_text(mail, part);
    out.push_back(body);
  }
  return out;
}

json::value facts(std::string_view raw, int depth);

bool is_mail(const ParsedMail& mail, std::uint32_t part) {
  return mail.tree.parts[part].full_type == "message/rfc822" &&
         !parse(part_bytes(mail, part)).tree.parts[0].header.empty();
}

/// The source does not decode uuencode, we do; and it read its mails with LF.
std::string as_the_source(const ParsedMail& mail, std::uint32_t part, std::string decoded) {
  const Part& p = mail.tree.parts[part];
  if (p.encoding == Encoding::identity) return without_cr(decoded);
  if (p.encoding != Encoding::uuencode) return decoded;
  CHECK(decoded != mail.mail.substr(p.body, p.end - p.body));
  return without_cr(mail.mail.substr(p.body, p.end - p.body));
}

/// Where the source gives up on a byte (U+FFFD) we may know the character.
bool same_text(std::string_view got, std::string_view wanted) {
  while (!wanted.empty()) {
    if (got.empty()) return false;
    const CodePoint g = first_code_point(got), w = first_code_point(wanted);
    if (w.value != 0xFFFD && g.value != w.value) return false;
    got.remove_prefix(g.bytes);
    wanted.remove_prefix(w.bytes);
  }
  return got.empty();
}

json::object attachment(const ParsedMail& mail, std::uint32_t part, int depth) {
  const Part& p = mail.tree.parts[part];
  json::object out{{"part", part}};
  const std::string name = part_name(p);
  if (!name.empty()) out["name"] = name;
  if (p.type) out["type"] = p.type->full();
  if (p.disposition) out["disposition"] = p.disposition->type;
  if (is_mail(mail, part)) {
    out["kind"] = "Message";
    out["message"] = facts(part_bytes(mail, part), depth + 1);
  } else if (p.is_text() || is_damaged(mail, part) || p.full_type.starts_with("multipart/") ||
             p.full_type == "message/rfc822") {
    out["kind"] = "Text";
    out["text"] = as_the_source(mail, part, part_text(mail, part));
  } else {
    const bool body = std::ranges::find(mail.text_bodies, part) != mail.text_bodies.end() ||
                      std::ranges::find(mail.html_bodies, part) != mail.html_bodies.end();
    out["kind"] = body ? "InlineBinary" : "Binary";
    const std::string bytes = as_the_source(mail, part, part_bytes(mail, part));
    out["size"] = bytes.size();
    out["sha256"] = sha256_hex(bytes);
  }
  return out;
}

json::value facts(std::string_view raw, int depth) {
  const ParsedMail mail = parse(raw);
  json::object out;
  if (!mail.from.empty()) out["from"] = addresses(mail.from);
  if (!mail.to.empty()) out["to"] = addresses(mail.to);
  if (!mail.reply_to.empty()) out["reply_to"] = addresses(mail.reply_to);
  if (!mail.subject.empty()) out["subject"] = mail.subject;
  if (!mail.message_id.empty()) out["message_id"] = mail.message_id;
  if (mail.date) out["date"] = date_text(*mail.date);
  out["text_bodies"] = bodies(mail, mail.text_bodies);
  out["html_bodies"] = bodies(mail, mail.html_bodies);
  json::array attachments, problems;
  if (depth < 4)
    for (const std::uint32_t part : mail.attachments)
      attachments.push_back(attachment(mail, part, depth));
  out["attachments"] = attachments;
  out["part_count"] = mail.tree.parts.size();
  for (std::uint32_t i = 0; i < mail.tree.parts.size(); ++i)
    if (!mail.tree.parts[i].container && is_damaged(mail, i)) problems.push_back(i);
  out["encoding_problem_parts"] = problems;
  return out;
}

/// What the source says is compared; what it leaves out of an attachment or a nested mail is not.
bool agrees(const json::value& got, const json::value& wanted) {
  if (const auto* object = wanted.if_object()) {
    if (!got.is_object()) return false;
    for (const auto& [key, value] : *object) {
      if (key == "size_utf8" || key == "cid") continue;
      if (key == "text_bodies" && !agrees(got.at(key), value)) return false;
      if (!got.as_object().contains(key)) return value.is_null();
      if (!agrees(got.at(key), value)) return false;
    }
    return true;
  }
  if (const auto* array = wanted.if_array()) {
    if (!got.is_array() || got.as_array().size() != array->size()) return false;
    for (std::size_t i = 0; i < array->size(); ++i)
      if (!agrees(got.as_array()[i], (*array)[i])) return false;
    return true;
  }
  if (wanted.is_string() && got.is_string())
    return same_text(without_cr(got.as_string()), without_cr(wanted.as_string()));
  if (wanted.is_null()) return got.is_null() || (got.is_string() && got.as_string().empty());
  if (wanted.is_number() && got.is_number())
    return wanted.to_number<std::int64_t>() == got.to_number<std::int64_t>();
  return wanted == got;
}

std::string with_crlf(const std::string& text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\n' && (i == 0 || text[i - 1] != '\r')) out += '\r';
    out += text[i];
  }
  return out;
}

}  // namespace

TEST_CASE("what mail-parser says about its mails holds") {
  const auto corpus = test::corpus("email");
  if (!corpus) return;
  test::Tally all("mail-parser facts"), files("mail-parser files in which every fact holds"),
      crlf("mail-parser facts without bodies, with CRLF");
  for (const json::value& line : test::read_jsonl(*corpus / "mail-parser.expect.jsonl")) {
    const std::string file(line.at("file").as_string());
    const std::string raw = test::read_file(*corpus / file);
    const json::value got = facts(raw, 0), got_crlf = facts(with_crlf(raw), 0);
    bool every = true;
    for (const auto& [key, wanted] : line.at("expect").as_object()) {
      const json::value missing;
      const json::value* found = got.as_object().if_contains(key);
      every &= all.check(agrees(found ? *found : missing, wanted), file + " " + std::string(key),
                         json::serialize(found ? *found : missing), json::serialize(wanted));
      found = got_crlf.as_object().if_contains(key);
      if (key != "attachments" && !key.ends_with("bodies"))
        crlf.check(agrees(found ? *found : missing, wanted), file + " CRLF " + std::string(key));
    }
    files.check(every, file);
  }
  CHECK(all.rate() >= 95.0);
  CHECK(crlf.rate() >= 95.0);
}
