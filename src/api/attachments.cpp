// SPDX-License-Identifier: Apache-2.0
// Attachments out of kept mails, and uploads in. Nothing is ever served as active content from our
// origin.
#include <algorithm>
#include <array>
#include <boost/json/serialize.hpp>

#include "api/api.hpp"
#include "api/query.hpp"
#include "http/problem.hpp"
#include "mime/parsed_mail.hpp"

namespace deskwire {
namespace json = boost::json;

namespace {

constexpr std::size_t kMaxNameBytes = 255;

/// Types that browsers show without running anything; all others are sent as bytes to save.
bool shown_inline(std::string_view type) {
  constexpr auto kSafe =
      std::to_array<std::string_view>({"image/png", "image/jpeg", "image/gif", "image/webp"});
  return std::ranges::find(kSafe, type) != kSafe.end();
}

bool is_token_char(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
         c == '-' || c == '_';
}

/// RFC 6266 with RFC 8187's UTF-8 form; the plain form is ASCII for old clients.
std::string disposition(std::string_view kind, const std::string& file) {
  constexpr char kHex[] = "0123456789ABCDEF";
  std::string plain, encoded;
  for (const char c : file) {
    plain += is_token_char(c) || c == ' ' ? c : '_';
    if (is_token_char(c)) {
      encoded += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      encoded += {'%', kHex[byte >> 4], kHex[byte & 15]};
    }
  }
  if (file.empty()) plain = encoded = "attachment";
  return std::string(kind) + "; filename=\"" + plain + "\"; filename*=UTF-8''" + encoded;
}

HttpResponse bytes_answer(const Attachment& attachment, std::string bytes) {
  const bool shown = shown_inline(attachment.type);
  HttpResponse answer;
  answer.body = std::move(bytes);
  answer.set("content-type", shown ? attachment.type : "application/octet-stream");
  answer.set("content-disposition", disposition(shown ? "inline" : "attachment", attachment.name));
  answer.set("content-security-policy", "default-src 'none'; sandbox");
  answer.set("x-content-type-options", "nosniff");
  answer.set("cache-control", "private, max-age=3600");
  return answer;
}

/// A media type as an upload's client may name it; anything odd is plain bytes.
std::string type_of(std::string_view header) {
  std::string type(header.substr(0, header.find(';')));
  while (!type.empty() && type.back() == ' ') type.pop_back();
  for (char& c : type)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  const auto allowed = [](char c) { return is_token_char(c) || c == '/' || c == '+'; };
  if (type.size() > 100 || std::ranges::count(type, '/') != 1 ||
      !std::ranges::all_of(type, allowed))
    return "application/octet-stream";
  return type;
}

/// The last segment of a path, without control characters.
std::string safe_name(std::string text) {
  if (const auto slash = text.find_last_of("/\\"); slash != std::string::npos)
    text.erase(0, slash + 1);
  std::erase_if(text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; });
  return text;
}

}  // namespace

Api::Answer Api::download(HttpRequest& request, const Principal& who) {
  const HttpResponse missing =
      problem(404, "not_found", "There is no such attachment that you may see.");
  const MessageId id{parse_number(request.params.at(0)).value_or(0)};
  const std::uint64_t n = parse_number(request.params.at(1)).value_or(0);
  const auto row = co_await lookup_.message_row(who.id, id);
  if (!row) co_return missing;
  const auto& list = row->content.attachments;
  const auto found =
      std::ranges::find(list, n, [](const Attachment& a) -> std::uint64_t { return a.n; });
  if (found == list.end()) co_return missing;
  const bool own = !found->blob_sha256.empty();
  auto read = [id, own, sha256 = found->blob_sha256](Reader& reader) {
    return own ? reader.blob(sha256) : reader.raw_message(id);
  };
  auto bytes = co_await workers_.read(std::move(read));
  if (bytes && !own) {
    auto extract = [raw = std::move(*bytes), part = found->part] {
      return mime::extract_part(raw, part);
    };
    bytes = co_await workers_.run(Workers::Pool::parse, std::move(extract));
  }
  if (!bytes) co_return missing;
  co_return bytes_answer(*found, std::move(*bytes));
}

Api::Answer Api::upload(HttpRequest& request, const Principal& who) {
  Query query(request);
  UploadRow row;
  row.name = safe_name(query.text("name", kMaxNameBytes));
  if (!query.ok()) co_return query.refusal();
  if (request.body.empty()) co_return problem(422, "invalid_body", "The file is empty.");
  row.user = who.id;
  row.type = type_of(request.header("content-type"));
  row.size_bytes = request.body.size();
  row.created_at = settings_.now();
  auto keep = [this, bytes = std::move(request.body)] { return blobs_.keep(bytes); };
  const std::shared_ptr<const Blob> blob =
      co_await workers_.run(Workers::Pool::parse, std::move(keep));
  row.blob_sha256 = blob->sha256;
  auto put = [row, blob](Store& store) { return store.put_upload(row, *blob); };
  const std::uint64_t id = co_await workers_.store(std::move(put));
  co_return json_response(201, json::serialize(json::object{{"id", id}}));
}

}  // namespace deskwire
