// SPDX-License-Identifier: Apache-2.0
#include "desk/second_factor.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <utility>

#include "auth/session_token.hpp"
#include "auth/totp.hpp"

namespace deskwire {

namespace asio = boost::asio;
namespace json = boost::json;

namespace {

constexpr std::string_view kKind = "totp";
constexpr std::size_t kRecoveryCodes = 8;

std::string key_of(AgentId user) { return std::to_string(user.value); }

}  // namespace

asio::awaitable<std::optional<SecondFactor::Row>> SecondFactor::load(AgentId user) {
  auto read = [user](Reader& reader) { return reader.record(std::string(kKind), key_of(user)); };
  const auto record = co_await workers_.read(std::move(read));
  if (!record) co_return std::nullopt;
  const json::value value = json::parse(record->value);
  Row row{.secret = std::string(value.at("secret").as_string()),
          .confirmed = value.at("confirmed").as_bool(),
          .used = value.at("used").to_number<std::int64_t>(),
          .recovery = {}};
  for (const json::value& hash : value.at("recovery").as_array())
    row.recovery.emplace_back(hash.as_string());
  co_return row;
}

asio::awaitable<void> SecondFactor::save(AgentId user, Row row, Instant now) {
  json::array recovery(row.recovery.begin(), row.recovery.end());
  Record record{.kind = std::string(kKind), .key = key_of(user), .at = now, .value = {}};
  record.value = json::serialize(json::object{{"secret", row.secret},
                                              {"confirmed", row.confirmed},
                                              {"used", row.used},
                                              {"recovery", std::move(recovery)}});
  auto put = [record = std::move(record)](Store& store) { store.put_record(record, 0); };
  co_await workers_.store(std::move(put));
}

SecondFactor::Hold::Hold(std::unordered_set<AgentId>& held, AgentId user)
    : held_(held), user_(user) {
  if (!held_.insert(user).second) throw Busy("a code of this user is being looked at");
}

bool SecondFactor::spend(Row& row, const std::string& code, Instant now) {
  if (const auto step = match_totp(row.secret, code, now, row.used)) {
    row.used = *step;
    return true;
  }
  return std::erase(row.recovery, session_token_hash(code)) > 0;
}

asio::awaitable<bool> SecondFactor::enabled(AgentId user) {
  const auto row = co_await load(user);
  co_return row && row->confirmed;
}

asio::awaitable<std::optional<std::size_t>> SecondFactor::recovery_left(AgentId user) {
  const auto row = co_await load(user);
  if (!row || !row->confirmed) co_return std::nullopt;
  co_return row->recovery.size();
}

asio::awaitable<SecondFactor::Verdict> SecondFactor::check(AgentId user, std::string code,
                                                           Instant now) {
  if (code.empty()) co_return co_await enabled(user) ? Verdict::needed : Verdict::passed;
  const Hold hold(held_, user);
  auto row = co_await load(user);
  if (!row || !row->confirmed) co_return Verdict::passed;
  if (!spend(*row, code, now)) co_return Verdict::wrong;
  co_await save(user, std::move(*row), now);
  co_return Verdict::passed;
}

asio::awaitable<std::string> SecondFactor::begin(AgentId user, Instant now) {
  const Hold hold(held_, user);
  if (co_await enabled(user)) co_return std::string();
  Row row{.secret = draw_totp_secret(), .confirmed = false, .used = 0, .recovery = {}};
  const std::string secret = row.secret;
  co_await save(user, std::move(row), now);
  co_return secret;
}

asio::awaitable<std::optional<std::vector<std::string>>> SecondFactor::confirm(AgentId user,
                                                                               std::string code,
                                                                               Instant now) {
  const Hold hold(held_, user);
  auto row = co_await load(user);
  if (!row || row->confirmed) co_return std::nullopt;
  const auto step = match_totp(row->secret, code, now, row->used);
  if (!step) co_return std::nullopt;
  row->confirmed = true;
  row->used = *step;
  std::vector<std::string> codes;
  for (std::size_t i = 0; i < kRecoveryCodes; ++i) {
    codes.push_back(draw_recovery_code());
    row->recovery.push_back(session_token_hash(codes.back()));
  }
  co_await save(user, std::move(*row), now);
  co_return codes;
}

asio::awaitable<void> SecondFactor::disable(AgentId user) {
  const Hold hold(held_, user);
  auto remove = [user](Store& store) { store.delete_record(std::string(kKind), key_of(user)); };
  co_await workers_.store(std::move(remove));
}

}  // namespace deskwire
