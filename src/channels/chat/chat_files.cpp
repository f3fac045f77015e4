// SPDX-License-Identifier: Apache-2.0
#include "channels/chat/chat_files.hpp"

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <utility>

#include "auth/digest.hpp"
#include "codec/wire.hpp"
#include "http/files.hpp"
#include "http/origin.hpp"
#include "http/problem.hpp"

namespace deskwire::chat {

namespace json = boost::json;

namespace {

/// The test page runs our scripts and nothing else.
constexpr std::string_view kPagePolicy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

HttpResponse no_such_chat() { return problem(404, "not_found", "There is no chat of this name."); }

std::string_view media_type(std::string_view path) {
  if (path.ends_with(".html")) return "text/html; charset=utf-8";
  if (path.ends_with(".css")) return "text/css; charset=utf-8";
  return "text/javascript; charset=utf-8";
}

HttpHandler asset_handler(const Asset& asset) {
  const std::string tag = '"' + sha256_hex(asset.second).substr(0, 32) + '"';
  const bool page = asset.first.ends_with(".html");
  return [asset, tag, page](HttpRequest& request) -> boost::asio::awaitable<HttpResponse> {
    HttpResponse answer;
    answer.set("etag", tag).set("cache-control", page ? "no-cache" : "public, max-age=300");
    // Any site may load the script; who may talk to the desk is decided at the socket.
    if (page)
      answer.set("content-security-policy", std::string(kPagePolicy));
    else
      answer.set("cross-origin-resource-policy", "cross-origin");
    if (request.header("if-none-match") == tag) {
      answer.status = 304;
      co_return answer;
    }
    answer.set("content-type", std::string(media_type(asset.first)));
    answer.body = asset.second;
    co_return answer;
  };
}

std::string_view bearer_of(const HttpRequest& request) {
  constexpr std::string_view kScheme = "Bearer ";
  const std::string_view header = request.header("authorization");
  return header.starts_with(kScheme) ? header.substr(kScheme.size()) : std::string_view();
}

}  // namespace

OriginCheck site_check(FindPlace find) {
  return [find = std::move(find)](std::string_view origin, const HttpRequest& request) {
    const PlacePtr place = request.params.empty() ? nullptr : find(request.params.front());
    const std::string asked = origin_of(origin);
    return place && !asked.empty() &&
           std::ranges::any_of(place->allowed_origins, [&](const std::string& allowed) {
             return origin_of(allowed) == asked;
           });
  };
}

void ChatFiles::add_routes(Router& router) {
  for (const Asset& asset : seams_.assets) {
    const bool page = asset.first.ends_with(".html");
    router.add(Route{.method = "GET",
                     .pattern = page ? "/chat/{channel}/demo" : "/chat/" + std::string(asset.first),
                     .handle = asset_handler(asset)});
  }
  router.add(Route{.method = "GET",
                   .pattern = "/chat/{channel}/config",
                   .handle = [this](HttpRequest& request) { return config(request); },
                   .cross_origin = site_check(find_)});
  router.add(Route{.method = "POST",
                   .pattern = "/chat/{channel}/uploads",
                   .handle = [this](HttpRequest& request) { return upload(request); },
                   .body_limit = largest_upload_,
                   .cross_origin = site_check(find_)});
  // The link is the permission: it is signed, and whoever has it may see the file anywhere.
  router.add(Route{.method = "GET",
                   .pattern = "/chat/files/{file}",
                   .handle = [this](HttpRequest& request) { return file(request); },
                   .cross_origin = [](std::string_view, const HttpRequest&) { return true; }});
}

ChatFiles::Answer ChatFiles::config(HttpRequest& request) {
  const PlacePtr place = find_(request.params.at(0));
  if (!place) co_return no_such_chat();
  const PolicyPtr policy = seams_.gateway.policy();
  const Calendar* hours = policy->calendar(place->hours);
  const Instant now = seams_.now();
  const bool open = hours == nullptr || hours->is_open(now);
  const Instant opens_at = open ? Instant{} : hours->deadline(now, {});
  json::array ask_for(place->ask_for.begin(), place->ask_for.end());
  co_return json_response(200, json::serialize(json::object{
                                   {"name", policy->desk_name},
                                   {"greeting", wire::text_or_null(place->greeting)},
                                   {"open", open},
                                   {"opens_at", wire::time(opens_at)},
                                   {"closed_message", wire::text_or_null(place->closed_message)},
                                   {"ask_for", std::move(ask_for)},
                                   {"max_upload_bytes", place->max_upload_bytes},
                                   {"text_bytes", kTextBytes}}));
}

ChatFiles::Answer ChatFiles::upload(HttpRequest& request) {
  const PlacePtr place = find_(request.params.at(0));
  if (!place) co_return no_such_chat();
  const auto visitor = keys_.read_token(*place, bearer_of(request));
  if (!visitor)
    co_return problem(401, "unauthenticated", "Send the token of this chat.")
        .set("www-authenticate", "Bearer");
  if (const Duration wait = uploads_.take(*visitor, seams_.now()); wait > Duration{})
    co_return problem_retry(429, "too_many_uploads", "Too many files at once.", wait);
  // Strangers fill no disk: neither under many tokens nor once it is nearly full.
  if (const Duration wait = networks_.take(client_network(request.client), seams_.now());
      wait > Duration{})
    co_return problem_retry(429, "too_many_uploads", "Too many files at once.", wait);
  if (!seams_.gateway.accepts_intake())
    co_return problem_retry(503, "busy", "The desk takes no files at the moment.", seconds(30));
  if (request.body.empty()) co_return problem(422, "invalid_body", "The file is empty.");
  if (request.body.size() > place->max_upload_bytes)
    co_return problem(
        413, "too_large",
        "At most " + std::to_string(place->max_upload_bytes) + " bytes are taken here.");
  const std::string_view named = request.query_value("name").value_or("");
  if (named.size() > kMaxFileNameBytes)
    co_return problem(422, "invalid_parameter", "name: at most 255 bytes");
  UploadRow row;
  row.name = safe_file_name(std::string(named));
  row.type = uploaded_type(request.header("content-type"));
  row.size_bytes = request.body.size();
  row.created_at = seams_.now();
  auto keep = [this, bytes = std::move(request.body)] { return seams_.blobs.keep(bytes); };
  const std::shared_ptr<const Blob> blob =
      co_await seams_.workers.run(Workers::Pool::parse, std::move(keep));
  row.blob_sha256 = blob->sha256;
  auto put = [row, blob](Store& store) { return store.put_upload(row, *blob); };
  const std::uint64_t number = co_await seams_.workers.store(std::move(put));
  co_return json_response(201, json::serialize(json::object{{"id", keys_.upload(*visitor, number)},
                                                            {"name", row.name},
                                                            {"type", row.type},
                                                            {"size_bytes", row.size_bytes}}));
}

ChatFiles::Answer ChatFiles::file(HttpRequest& request) {
  const HttpResponse missing = problem(404, "not_found", "There is no such file.");
  const auto asked = keys_.read_file(request.params.at(0));
  if (!asked) co_return missing;
  struct File {
    Attachment attachment;
    std::string bytes;
  };
  auto look = [id = asked->message, n = asked->n](Reader& reader) -> std::optional<File> {
    const auto row = reader.message(id);
    if (!row) return std::nullopt;
    for (const Attachment& one : row->content.attachments) {
      if (one.n != n || one.blob_sha256.empty()) continue;
      auto bytes = reader.blob(one.blob_sha256);
      if (bytes) return File{one, std::move(*bytes)};
    }
    return std::nullopt;
  };
  auto found = co_await seams_.workers.read(std::move(look));
  if (!found) co_return missing;
  co_return file_response(found->attachment.name, found->attachment.type, std::move(found->bytes));
}

}  // namespace deskwire::chat
