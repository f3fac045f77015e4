// SPDX-License-Identifier: Apache-2.0
// Log-ins and what opens them: users for admins; everyone's own sessions, password and second
// factor; tokens for other systems.
#include <algorithm>
#include <boost/json/array.hpp>
#include <charconv>
#include <utility>

#include "auth/password.hpp"
#include "auth/session_token.hpp"
#include "auth/totp.hpp"
#include "codec/wire.hpp"
#include "console/methods.hpp"
#include "desk/rows.hpp"

namespace deskwire {

namespace asio = boost::asio;
namespace json = boost::json;

namespace {

constexpr std::size_t kUserBytes = 128;
constexpr std::size_t kNameBytes = 200;
constexpr std::size_t kCodeBytes = 32;
constexpr std::size_t kQueues = 200;
constexpr std::uint64_t kMostCapacity = 1'000;
constexpr std::uint32_t kSessions = 500;
constexpr std::size_t kSessionIdLength = 12;
constexpr std::uint64_t kTokenDays = 3'650;

/// How the journal names a token or session: the beginning of its hash as a number.
std::uint64_t number_of(std::string_view hash) {
  std::uint64_t out = 0;
  const std::string_view head = hash.substr(0, kSessionIdLength);
  std::from_chars(head.data(), head.data() + head.size(), out, 16);
  return out;
}

RpcError not_allowed() { return rpc_error(Refusal::not_allowed); }

/// In the words of whoever refused it.
RpcError told(std::string words) {
  return {.code = RpcCode::refused,
          .message = "refused",
          .data = {{"refusal", "invalid_argument"}, {"detail", std::move(words)}}};
}

bool is_admin(const SessionPtr& session) { return session->who->role == Role::admin; }

/// `[{skill,level}]`, by the policy's names.
std::optional<std::vector<SkillLevel>> read_skills(JsonReader& reader, const json::object& params,
                                                   const Policy& policy) {
  const auto* given = params.if_contains("skills");
  if (given == nullptr || given->is_null()) return std::nullopt;
  std::vector<SkillLevel> out;
  constexpr std::string_view kExpected =
      "[{skill, level 1 to 5}] of the policy's skills, each once";
  if (!given->is_array()) {
    reader.fail("skills", kExpected);
    return out;
  }
  for (const json::value& one : given->get_array()) {
    const json::object* entry = one.if_object();
    JsonReader row(entry == nullptr ? params : *entry);
    const std::string name = row.text("skill", kNameBytes);
    const std::uint64_t level = row.number("level", 1, 5);
    const auto skill = std::ranges::find(policy.skills, name, &Skill::name);
    const bool known = entry != nullptr && row.ok() && skill != policy.skills.end();
    if (!known || std::ranges::find(out, skill->id, &SkillLevel::skill) != out.end()) {
      reader.fail("skills", kExpected);
      return out;
    }
    out.push_back({.skill = skill->id, .level = static_cast<std::uint8_t>(level)});
  }
  return out;
}

std::optional<std::vector<QueueId>> read_queues(JsonReader& reader, const Policy& policy) {
  if (!reader.has("queues")) return std::nullopt;
  std::vector<QueueId> out;
  for (const std::string& name : reader.texts("queues", kQueues)) {
    const Queue* queue = policy.queue(name);
    if (queue == nullptr) {
      reader.fail("queues", "names of the policy's queues");
      break;
    }
    if (std::ranges::find(out, queue->id) == out.end()) out.push_back(queue->id);
  }
  return out;
}

json::object session_row(const SessionRow& row, const People& people, std::string_view mine) {
  return {{"id", row.token_hash.substr(0, kSessionIdLength)},
          {"user", people.user(row.user)},
          {"created_at", wire::time(row.created_at)},
          {"last_seen_at", wire::time(row.last_seen_at)},
          {"expires_at", wire::time(row.expires_at)},
          {"device", wire::text_or_null(row.device)},
          {"network", wire::text_or_null(row.network)},
          {"current", row.token_hash == mine}};
}

json::object token_row(const ApiToken& token, const People& people) {
  return {{"id", token.id},
          {"name", token.name},
          {"user", people.user(token.user)},
          {"created_at", wire::time(token.created_at)},
          {"expires_at", wire::time(token.expires_at)}};
}

}  // namespace

asio::awaitable<json::object> Methods::user_row(AgentId id) {
  const PeoplePtr people = co_await desk_.directory().people();
  const bool second = co_await desk_.sign_in().second_factor().enabled(id);
  const UserRow* row = people->find(id);
  const Agent* agent = desk_.board().agent(id);
  json::object out;
  if (agent != nullptr)
    out = rows::agent(*agent, desk_.board(), *people, *desk_.gateway().policy());
  if (row == nullptr) co_return out;
  out["user"] = row->user;
  out["name"] = row->name;
  out["role"] = name(row->role);
  out["enabled"] = row->enabled;
  out["created_at"] = wire::time(row->created_at);
  out["totp"] = second;
  co_return out;
}

Methods::Answer Methods::list_users(SessionPtr session, Params) {
  if (!desk_.lookup().sight(session->who->id).all()) co_return std::unexpected(not_allowed());
  const PeoplePtr people = co_await desk_.directory().people();
  json::array items;
  for (const UserRow& row : people->all()) items.push_back(co_await user_row(row.id));
  co_return json::object{{"items", std::move(items)}};
}

/// Adds a user, or changes what is given; `add` says which of the two is meant.
Methods::Answer Methods::put_user(SessionPtr session, Params params) {
  JsonReader reader(params);
  const PolicyPtr policy = desk_.gateway().policy();
  AccountChange change;
  change.user = reader.text("user", kUserBytes);
  change.name = reader.optional_text("name", kNameBytes);
  change.password = reader.optional_text("password", PasswordHasher::kMaxBytes);
  if (const auto role = reader.optional_text("role", kNameBytes)) {
    change.role = parse_name<Role>(*role);
    if (!change.role) reader.fail("role", "agent, supervisor or admin");
  }
  if (reader.has("enabled")) change.enabled = reader.flag("enabled", true);
  if (const auto capacity = reader.optional_number("capacity_percent", 0, kMostCapacity))
    change.capacity_percent = static_cast<std::uint16_t>(*capacity);
  change.skills = read_skills(reader, params, *policy);
  change.queues = read_queues(reader, *policy);
  const bool add = reader.flag("add", false);
  if (!reader.ok()) co_return std::unexpected(rpc_invalid(reader.error()));
  if (!is_admin(session)) co_return std::unexpected(not_allowed());
  const auto mode = add ? Accounts::Mode::add : Accounts::Mode::change;
  const Actor by{.kind = ActorKind::agent, .agent = session->who->id};
  const bool password = change.password.has_value();
  const auto done = co_await desk_.accounts().put(std::move(change), mode, by);
  if (!done) co_return std::unexpected(told(done.error()));
  if (password)
    co_await remember(session, {.act = DeskAct::password_set, .whom = done->id, .thing = 0});
  co_return json::object{{"user", co_await user_row(done->id)}};
}

/// One's own; it ends all sessions, this one too.
Methods::Answer Methods::set_password(SessionPtr session, Params params) {
  JsonReader reader(params);
  std::string current = reader.text("current", PasswordHasher::kMaxBytes);
  AccountChange change;
  change.user = session->who->user;
  change.password = reader.text("password", PasswordHasher::kMaxBytes);
  if (!reader.ok()) co_return std::unexpected(rpc_invalid(reader.error()));
  const auto refused = co_await desk_.sign_in().check_password(
      session->who->user, std::move(current), session->network);
  if (refused && refused->kind == SignInRefused::Kind::limited)
    co_return std::unexpected(rpc_limited(refused->retry_after));
  if (refused) co_return std::unexpected(told("the current password is another one"));
  const auto done = co_await desk_.accounts().put(std::move(change), Accounts::Mode::change);
  if (!done) co_return std::unexpected(told(done.error()));
  co_await remember(session, {.act = DeskAct::password_set, .whom = done->id, .thing = 0});
  co_return json::object{};
}

/// One's own; admins see everyone's.
Methods::Answer Methods::list_sessions(SessionPtr session, Params params) {
  JsonReader reader(params);
  const bool all = reader.flag("all", false);
  if (!reader.ok()) co_return std::unexpected(rpc_invalid(reader.error()));
  if (all && !is_admin(session)) co_return std::unexpected(not_allowed());
  auto read = [user = all ? AgentId{} : session->who->id](Reader& r) {
    return r.sessions(user, kSessions);
  };
  const std::vector<SessionRow> found = co_await desk_.workers().read(std::move(read));
  const PeoplePtr people = co_await desk_.directory().people();
  const std::string mine = session_token_hash(session->token);
  json::array items;
  for (const SessionRow& row : found)
    if (row.expires_at > settings_.now()) items.push_back(session_row(row, *people, mine));
  co_return json::object{{"items", std::move(items)}};
}

Methods::Answer Methods::revoke_session(SessionPtr session, Params params) {
  JsonReader reader(params);
  const std::string id = reader.text("id", kNameBytes);
  if (!reader.ok()) co_return std::unexpected(rpc_invalid(reader.error()));
  auto read = [user = is_admin(session) ? AgentId{} : session->who->id](Reader& r) {
    return r.sessions(user, kSessions);
  };
  const std::vector<SessionRow> found = co_await desk_.workers().read(std::move(read));
  const auto row = std::ranges::find_if(found, [&](const SessionRow& one) {
    return one.token_hash.substr(0, kSessionIdLength) == id;
  });
  if (row == found.end()) co_return std::unexpected(told("there is no such session"));
  co_await desk_.sign_in().end_session(row->token_hash);
  co_await remember(
      session,
      {.act = DeskAct::session_ended, .whom = row->user, .thing = number_of(row->token_hash)});
  session->after_answer = [this, hash = row->token_hash] { hub_.drop_session(hash); };
  co_return json::object{};
}

Methods::Answer Methods::list_tokens(SessionPtr session, Params) {
  if (!is_admin(session)) co_return std::unexpected(not_allowed());
  const std::vector<ApiToken> tokens = co_await desk_.sign_in().api_tokens().list();
  const PeoplePtr people = co_await desk_.directory().people();
  json::array items;
  for (const ApiToken& token : tokens) items.push_back(token_row(token, *people));
  co_return json::object{{"items", std::move(items)}};
}

/// The token is in this answer and nowhere else.
Methods::Answer Methods::create_token(SessionPtr session, Params params) {
  JsonReader reader(params);
  std::string label = reader.text("name", kNameBytes);
  const std::string user = reader.text("user", kUserBytes);
  const std::uint64_t life = reader.optional_number("days", 1, kTokenDays).value_or(365);
  if (label.empty()) reader.fail("name", "a word for what will use it");
  if (!reader.ok()) co_return std::unexpected(rpc_invalid(reader.error()));
  if (!is_admin(session)) co_return std::unexpected(not_allowed());
  const PeoplePtr people = co_await desk_.directory().people();
  const UserRow* row = people->find(user);
  if (row == nullptr || !row->enabled) co_return std::unexpected(rpc_error(Refusal::no_such_agent));
  const auto drawn = co_await desk_.sign_in().api_tokens().create(
      std::move(label), row->id, settings_.now(), days(static_cast<std::int64_t>(life)));
  co_await remember(
      session, {.act = DeskAct::token_created, .whom = row->id, .thing = number_of(drawn.row.id)});
  co_return json::object{{"token", drawn.token}, {"row", token_row(drawn.row, *people)}};
}

Methods::Answer Methods::revoke_token(SessionPtr session, Params params) {
  JsonReader reader(params);
  std::string id = reader.text("id", kNameBytes);
  if (!reader.ok()) co_return std::unexpected(rpc_invalid(reader.error()));
  if (!is_admin(session)) co_return std::unexpected(not_allowed());
  const auto gone = co_await desk_.sign_in().revoke_api_token(std::move(id));
  if (!gone) co_return std::unexpected(told("there is no such token"));
  co_await remember(
      session, {.act = DeskAct::token_revoked, .whom = gone->user, .thing = number_of(gone->id)});
  co_return json::object{};
}

Methods::Answer Methods::get_totp(SessionPtr session, Params) {
  const auto left = co_await desk_.sign_in().second_factor().recovery_left(session->who->id);
  co_return json::object{{"enabled", left.has_value()}, {"recovery_codes_left", left.value_or(0)}};
}

Methods::Answer Methods::begin_totp(SessionPtr session, Params) {
  const std::string secret =
      co_await desk_.sign_in().second_factor().begin(session->who->id, settings_.now());
  if (secret.empty()) co_return std::unexpected(told("an authenticator app is set up already"));
  const std::string uri = totp_uri(desk_.gateway().policy()->desk_name, session->who->user, secret);
  co_return json::object{{"secret", secret}, {"uri", uri}};
}

Methods::Answer Methods::confirm_totp(SessionPtr session, Params params) {
  JsonReader reader(params);
  std::string code = reader.text("code", kCodeBytes);
  if (!reader.ok()) co_return std::unexpected(rpc_invalid(reader.error()));
  const auto codes = co_await desk_.sign_in().second_factor().confirm(
      session->who->id, std::move(code), settings_.now());
  if (!codes)
    co_return std::unexpected(told("this is not the code that the app shows now; try the next"));
  co_await remember(session,
                    {.act = DeskAct::second_factor_on, .whom = session->who->id, .thing = 0});
  json::array recovery(codes->begin(), codes->end());
  co_return json::object{{"recovery_codes", std::move(recovery)}};
}

/// One's own with a code of it; an admin that of others, when telephone and codes are lost.
Methods::Answer Methods::disable_totp(SessionPtr session, Params params) {
  JsonReader reader(params);
  const auto user = reader.optional_text("user", kUserBytes);
  std::string code = reader.optional_text("code", kCodeBytes).value_or("");
  if (!reader.ok()) co_return std::unexpected(rpc_invalid(reader.error()));
  AgentId of = session->who->id;
  if (user && *user != session->who->user) {
    if (!is_admin(session)) co_return std::unexpected(not_allowed());
    const PeoplePtr people = co_await desk_.directory().people();
    const UserRow* row = people->find(*user);
    if (row == nullptr) co_return std::unexpected(rpc_error(Refusal::no_such_agent));
    of = row->id;
  } else if (const auto refused =
                 co_await desk_.sign_in().check_code(*session->who, std::move(code))) {
    if (refused->kind == SignInRefused::Kind::limited)
      co_return std::unexpected(rpc_limited(refused->retry_after));
    co_return std::unexpected(told("this code is wrong, over, or was used"));
  }
  co_await desk_.sign_in().second_factor().disable(of);
  co_await remember(session, {.act = DeskAct::second_factor_off, .whom = of, .thing = 0});
  co_return json::object{};
}

}  // namespace deskwire
