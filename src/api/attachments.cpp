// SPDX-License-Identifier: Apache-2.0
// Attachments and HTML out of kept mails, and uploads in. Nothing is ever served as active content
// from our origin.
#include <algorithm>
#include <boost/json/serialize.hpp>

#include "api/api.hpp"
#include "api/query.hpp"
#include "http/files.hpp"
#include "http/problem.hpp"
#include "mime/parsed_mail.hpp"

namespace deskwire {
namespace json = boost::json;

namespace {

constexpr std::size_t kHtmlBytes = 1u << 20;
/// What a message's row holds of it (`MessageContent::html`), give or take a cut character.
constexpr std::size_t kRowBytes = (64u << 10) - 4;

/// A document that can do nothing, wherever it is opened: no script, no picture, no style, no
/// origin.
HttpResponse harmless_page(std::string html) {
  HttpResponse answer;
  answer.body = std::move(html);
  answer.set("content-type", "text/html; charset=utf-8");
  answer.set("content-security-policy", "default-src 'none'; frame-ancestors 'none'; sandbox");
  answer.set("cache-control", "private, max-age=3600");
  return answer;
}

}  // namespace

Api::Answer Api::html(HttpRequest& request, const Principal& who) {
  const HttpResponse missing =
      problem(404, "not_found", "There is no such message with HTML that you may see.");
  const MessageId id{parse_number(request.params.at(0)).value_or(0)};
  auto row = co_await lookup_.message_row(who.id, id);
  if (!row || row->content.html.empty()) co_return missing;
  std::string html = std::move(row->content.html);
  if (html.size() >= kRowBytes) {
    // The row has the beginning of it, the kept mail the whole.
    auto read = [id](Reader& reader) { return reader.raw_message(id); };
    auto raw = co_await workers_.read(std::move(read));
    if (raw) {
      auto extract = [raw = std::move(*raw)] {
        return mime::html_of(mime::parse(raw), kHtmlBytes);
      };
      html = co_await workers_.run(Workers::Pool::parse, std::move(extract));
    }
  }
  co_return harmless_page(std::move(html));
}

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
  co_return file_response(found->name, found->type, std::move(*bytes));
}

Api::Answer Api::upload(HttpRequest& request, const Principal& who) {
  Query query(request);
  UploadRow row;
  row.name = safe_file_name(query.text("name", kMaxFileNameBytes));
  if (!query.ok()) co_return query.refusal();
  if (request.body.empty()) co_return problem(422, "invalid_body", "The file is empty.");
  row.user = who.id;
  row.type = uploaded_type(request.header("content-type"));
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
