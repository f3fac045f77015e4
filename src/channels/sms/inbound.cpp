// SPDX-License-Identifier: Apache-2.0
#include "channels/sms/inbound.hpp"

#include <algorithm>
#include <map>
#include <memory>
#include <utility>

#include "auth/phone_keys.hpp"
#include "deskwire/base/utf8.hpp"
#include "text/language.hpp"
#include "text/opt_out.hpp"

namespace deskwire::sms {
namespace {

constexpr std::size_t kSubjectBytes = 80;
constexpr std::size_t kTypeBytes = 100;
constexpr std::string_view kUnknownType = "application/octet-stream";

/// The first words, so that lists have something to show.
std::string subject_of(const InboundText& text) {
  const std::string line = clean_line(text.text);
  if (line.empty()) return text.media.empty() ? "" : "Media";
  if (line.size() <= kSubjectBytes) return line;
  constexpr std::string_view kMore = "…";
  std::string_view cut = utf8_prefix(line, kSubjectBytes - kMore.size());
  if (const auto blank = cut.rfind(' ');
      blank != std::string_view::npos && blank > kSubjectBytes / 2)
    cut = cut.substr(0, blank);
  return std::string(cut).append(kMore);
}

/// START and UNSTOP mean nothing else; "yes" and the like are answers to something.
bool is_plain_start(std::string_view text) {
  std::string word;
  for (const char c : text) {
    const char lower = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
    if (lower >= 'a' && lower <= 'z') word += lower;
  }
  return word == "start" || word == "unstop";
}

Consent consent_of(const InboundText& text) {
  if (text.keyword == Keyword::stop) return Consent::withdrawn;
  if (text.keyword == Keyword::start) return Consent::granted;
  if (text.keyword == Keyword::help || !text.media.empty()) return Consent::unsaid;
  switch (text::read_opt_out(text.text)) {
    case text::OptOut::stop:
      return Consent::withdrawn;
    case text::OptOut::start:
      return is_plain_start(text.text) ? Consent::granted : Consent::unsaid;
    case text::OptOut::help:
    case text::OptOut::none:
      break;
  }
  return Consent::unsaid;
}

std::vector<Attachment> attachments_of(const InboundText& text) {
  std::vector<Attachment> out;
  for (const MediaLink& link : text.media) {
    Attachment& each = out.emplace_back();
    each.n = static_cast<std::uint32_t>(out.size());
    each.type = safe_media_type(link.type);
    each.name = media_name(each.n, each.type);
    if (each.type.empty()) each.type = kUnknownType;
    each.source_url = link.url;
  }
  return out;
}

ContentPtr content_of(const SmsLine& line, const InboundText& text, const std::string& from) {
  MessageContent out;
  out.subject = subject_of(text);
  out.text = text.text;
  out.from = {.name = {}, .address = from};
  out.to = {{.name = {}, .address = line.line.number}};
  out.language = text::detect_language(text.text);
  out.attachments = attachments_of(text);
  return std::make_shared<const MessageContent>(std::move(out));
}

Instant received_at(const InboundText& text, Instant now, Duration span) {
  if (!text.sent_at) return now;
  return std::clamp(text.sent_at, now - span, now);
}

}  // namespace

Command inbound_command(const KeyHasher& keys, const SmsLine& line, const InboundText& text,
                        Instant now, Duration span) {
  const std::string from = line.normalised(text.from);
  const Consent consent = consent_of(text);
  ReceiveMessage out;
  out.channel = Channel::sms;
  out.addressed = {line.channel};
  out.received_at = received_at(text, now, span);
  out.sender = number_identity(keys, from);
  out.references = {sms_conversation_key(keys, line.line.number, from)};
  const std::string id =
      std::string(line.adapter->name()).append(":").append(line.scope()).append(":") + text.id;
  out.dedupe = keys.key("sms", id);
  // Alike in the first half, the keys of one conversation are neighbours in a store.
  out.dedupe.hi = out.references.front().hi;
  out.dedupe_for = kKnownFor;
  out.machine = consent == Consent::unsaid ? Machine::none : Machine::keyword;
  out.consent = consent;
  out.content = content_of(line, text, from);
  return {.actor = {}, .body = std::move(out)};
}

bool asks_for_help(const InboundText& text) {
  return text.keyword == Keyword::none && text.media.empty() &&
         text::read_opt_out(text.text) == text::OptOut::help;
}

Command help_command(const KeyHasher& keys, const SmsLine& line, const InboundText& text,
                     TicketId ticket) {
  const std::string them = line.normalised(text.from);
  MessageContent content;
  content.text = line.help_reply;
  content.from = {.name = {}, .address = line.line.number};
  content.to = {{.name = {}, .address = them}};
  SendReply out;
  out.ticket = ticket;
  out.client_key = keys.key("client", "help:" + line.line.number + ":" + them);
  out.content = std::make_shared<const MessageContent>(std::move(content));
  return {.actor = {}, .body = std::move(out)};
}

Key provider_key(const KeyHasher& keys, const Adapter& adapter, std::string_view id) {
  if (id.empty()) return {};
  return keys.key("sms id", std::string(adapter.name()).append(":").append(id));
}

std::string safe_media_type(std::string_view declared) {
  std::string out(declared.substr(0, declared.find(';')));
  while (out.ends_with(' ')) out.pop_back();
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
  const auto is_token = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
           std::string_view("/.+-_").find(c) != std::string_view::npos;
  };
  const auto slash = out.find('/');
  if (out.size() > kTypeBytes || !std::ranges::all_of(out, is_token) || slash == 0 ||
      slash + 1 >= out.size() || std::ranges::count(out, '/') != 1)
    return {};
  return out;
}

std::string media_name(std::uint32_t n, std::string_view type) {
  static const std::map<std::string_view, std::string_view> kEndings{
      {"image/jpeg", ".jpg"},  {"image/png", ".png"},   {"image/gif", ".gif"},
      {"image/webp", ".webp"}, {"image/heic", ".heic"}, {"video/mp4", ".mp4"},
      {"video/3gpp", ".3gp"},  {"audio/mpeg", ".mp3"},  {"audio/amr", ".amr"},
      {"audio/ogg", ".ogg"},   {"audio/mp4", ".m4a"},   {"application/pdf", ".pdf"},
      {"text/vcard", ".vcf"},  {"text/x-vcard", ".vcf"}};
  const auto found = kEndings.find(type);
  return "media-" + std::to_string(n) +
         std::string(found == kEndings.end() ? std::string_view() : found->second);
}

}  // namespace deskwire::sms
