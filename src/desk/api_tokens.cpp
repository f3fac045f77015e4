// SPDX-License-Identifier: Apache-2.0
#include "desk/api_tokens.hpp"

#include <algorithm>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <utility>

#include "auth/session_token.hpp"

namespace deskwire {

namespace asio = boost::asio;
namespace json = boost::json;

namespace {

constexpr std::string_view kKind = "api_token";
constexpr std::string_view kPrefix = "dwt_";
constexpr std::uint32_t kTokens = 200;
constexpr std::size_t kIdLength = 12;

/// The record's key is the token's hash; its beginning is enough to name it.
ApiToken token_of(const Record& record) {
  const json::value value = json::parse(record.value);
  return {.id = record.key.substr(0, kIdLength),
          .name = std::string(value.at("name").as_string()),
          .user = AgentId{value.at("user").to_number<std::uint64_t>()},
          .created_at = record.at,
          .expires_at = record.expires_at};
}

}  // namespace

bool ApiTokens::looks_like_one(std::string_view token) {
  return token.starts_with(kPrefix) && looks_like_session_token(token.substr(kPrefix.size()));
}

asio::awaitable<ApiTokens::Drawn> ApiTokens::create(std::string name, AgentId user, Instant now,
                                                    Duration life) {
  Drawn out{.token = std::string(kPrefix) + draw_session_token(), .row = {}};
  Record record{.kind = std::string(kKind),
                .key = session_token_hash(out.token),
                .at = now,
                .expires_at = now + life,
                .value = json::serialize(json::object{{"name", name}, {"user", user.value}})};
  out.row = token_of(record);
  auto put = [record = std::move(record)](Store& store) { store.put_record(record, kTokens); };
  co_await workers_.store(std::move(put));
  co_return out;
}

asio::awaitable<std::vector<ApiToken>> ApiTokens::list() {
  auto read = [](Reader& reader) { return reader.records(std::string(kKind), {}, kTokens); };
  const std::vector<Record> records = co_await workers_.read(read);
  std::vector<ApiToken> out;
  for (const Record& record : records) out.push_back(token_of(record));
  co_return out;
}

asio::awaitable<std::optional<ApiToken>> ApiTokens::revoke(std::string id) {
  auto read = [](Reader& reader) { return reader.records(std::string(kKind), {}, kTokens); };
  const std::vector<Record> records = co_await workers_.read(read);
  const auto found = std::ranges::find_if(
      records, [&](const Record& record) { return record.key.substr(0, kIdLength) == id; });
  if (found == records.end()) co_return std::nullopt;
  auto remove = [key = found->key](Store& store) { store.delete_record(std::string(kKind), key); };
  co_await workers_.store(std::move(remove));
  co_return token_of(*found);
}

asio::awaitable<std::optional<ApiToken>> ApiTokens::find(std::string token, Instant now) {
  auto read = [key = session_token_hash(token)](Reader& reader) {
    return reader.record(std::string(kKind), key);
  };
  const auto record = co_await workers_.read(std::move(read));
  if (!record || record->expires_at <= now) co_return std::nullopt;
  co_return token_of(*record);
}

}  // namespace deskwire
