// SPDX-License-Identifier: Apache-2.0
// Log-in, resume, presence, the board.
#include <boost/json/array.hpp>
#include <utility>

#include "auth/password.hpp"
#include "codec/wire.hpp"
#include "console/methods.hpp"
#include "desk/rows.hpp"

namespace deskwire {

namespace asio = boost::asio;
namespace json = boost::json;

namespace {

constexpr std::size_t kUserBytes = 128;
constexpr std::size_t kTokenBytes = 128;
constexpr std::size_t kCodeBytes = 32;
constexpr std::size_t kReasonBytes = 200;

RpcError unauthenticated(std::string why) {
  return {.code = RpcCode::unauthenticated, .message = std::move(why), .data = {}};
}

RpcError forbidden(std::string why) {
  return {.code = RpcCode::forbidden, .message = std::move(why), .data = {}};
}

RpcError error_of(const SignInRefused& refused) {
  switch (refused.kind) {
    case SignInRefused::Kind::wrong:
      return unauthenticated("user name or password is wrong");
    case SignInRefused::Kind::code_needed:
      return {.code = RpcCode::unauthenticated,
              .message = "a code of your authenticator app is asked for",
              .data = {{"refusal", "totp_required"}}};
    case SignInRefused::Kind::code_wrong:
      return {.code = RpcCode::unauthenticated,
              .message = "this code is wrong, over, or was used",
              .data = {{"refusal", "totp_wrong"}}};
    case SignInRefused::Kind::limited:
      return rpc_limited(refused.retry_after);
    case SignInRefused::Kind::busy:
      return {.code = RpcCode::busy,
              .message = "busy, try again",
              .data = {{"retry_after_ms", refused.retry_after.ms}}};
  }
  return unauthenticated("no");
}

json::object user_of(const Principal& who) {
  return {{"id", who.id.value}, {"user", who.user}, {"name", who.name}, {"role", name(who.role)}};
}

}  // namespace

/// By password, by a token, or by the cookie that came with the upgrade.
asio::awaitable<std::expected<SignedIn, RpcError>> Methods::sign_in(const SessionPtr& session,
                                                                    JsonReader& params) {
  if (params.has("user")) {
    std::string user = params.text("user", kUserBytes);
    std::string password = params.text("password", PasswordHasher::kMaxBytes);
    std::string code = params.optional_text("code", kCodeBytes).value_or("");
    if (!params.ok()) co_return std::unexpected(rpc_invalid(params.error()));
    auto done = co_await desk_.sign_in().log_in(
        std::move(user), std::move(password), std::move(code), {session->network, session->device});
    if (!done) co_return std::unexpected(error_of(done.error()));
    co_return std::move(*done);
  }
  std::string token = params.optional_text("token", kTokenBytes).value_or(session->cookie);
  if (!params.ok()) co_return std::unexpected(rpc_invalid(params.error()));
  auto known = co_await desk_.sign_in().who(std::move(token));
  if (!known) co_return std::unexpected(unauthenticated("the session has ended, log in again"));
  co_return std::move(*known);
}

asio::awaitable<std::optional<RpcError>> Methods::enter(SessionPtr session, SignedIn signed_in) {
  if (hub_.sessions_of(signed_in.who.id) >= settings_.sessions_per_user)
    co_return RpcError{.code = RpcCode::limited,
                       .message = "too many sessions of this user",
                       .data = {{"retry_after_ms", 10'000}}};
  session->who = std::move(signed_in.who);
  session->token = std::move(signed_in.token);
  const Submission done = co_await hub_.connect(session);
  if (done.kind != Submission::Kind::done) {
    hub_.disown(session);
    if (done.kind == Submission::Kind::refused)
      co_return forbidden("this user is not an enabled agent");
    co_return rpc_error(done);
  }
  co_await hub_.published(done.receipt.seq);
  session->socket->clear_deadline();
  co_return std::nullopt;
}

Methods::Answer Methods::login(SessionPtr session, Params params) {
  if (session->who) co_return std::unexpected(forbidden("this socket is logged in already"));
  JsonReader reader(params);
  auto signed_in = co_await sign_in(session, reader);
  if (!signed_in) co_return std::unexpected(signed_in.error());
  const std::string token = signed_in->token;
  if (auto error = co_await enter(session, std::move(*signed_in)))
    co_return std::unexpected(std::move(*error));
  session->after_answer = [this, session] { hub_.tell_offers(session); };
  hub_.go_live(session);
  co_return json::object{
      {"token", token}, {"user", user_of(*session->who)}, {"seq", session->sent.wire()}};
}

Methods::Answer Methods::resume(SessionPtr session, Params params) {
  if (session->who) co_return std::unexpected(forbidden("this socket is logged in already"));
  JsonReader reader(params);
  const Cursor after = Cursor::from_wire(reader.number("after", 0, (1ull << 53) - 1));
  if (!reader.ok()) co_return std::unexpected(rpc_invalid(reader.error()));
  auto signed_in = co_await sign_in(session, reader);
  if (!signed_in) co_return std::unexpected(signed_in.error());
  if (auto error = co_await enter(session, std::move(*signed_in)))
    co_return std::unexpected(std::move(*error));
  session->after_answer = [this, session, after] { hub_.replay(session, after); };
  co_return json::object{{"seq", hub_.head().wire()}, {"user", user_of(*session->who)}};
}

/// Ends the session itself, not only this socket.
Methods::Answer Methods::logout(SessionPtr session, Params) {
  if (!session->who) co_return std::unexpected(unauthenticated("log in first"));
  co_await desk_.sign_in().log_out(session->token);
  session->after_answer = [session] { session->socket->close(CloseCode::normal, "logged out"); };
  co_return json::object{};
}

Methods::Answer Methods::set_presence(SessionPtr session, Params params) {
  JsonReader reader(params);
  const auto state = parse_name<Presence>(reader.text("state", 32));
  if (!state) reader.fail("state", "available, away or offline");
  const std::string reason = reader.optional_text("reason", kReasonBytes).value_or("");
  const auto other = reader.optional_text("agent", kUserBytes);
  if (!reader.ok()) co_return std::unexpected(rpc_invalid(reader.error()));
  AgentId agent = session->who->id;
  if (other) {
    const PeoplePtr people = co_await desk_.directory().people();
    const UserRow* row = people->find(*other);
    if (row == nullptr) co_return std::unexpected(rpc_error(Refusal::no_such_agent));
    agent = row->id;
  }
  const auto done =
      co_await submit(session, SetPresence{.agent = agent, .presence = *state, .reason = reason});
  if (done.kind != Submission::Kind::done) co_return std::unexpected(rpc_error(done));
  const Agent* row = desk_.board().agent(agent);
  if (row == nullptr) co_return std::unexpected(rpc_error(Refusal::no_such_agent));
  co_return json::object{{"state", name(row->presence)},
                         {"since", wire::time(row->presence_since)},
                         {"reason", wire::text_or_null(row->presence_reason)},
                         {"seq", wire_seq(done.receipt)}};
}

}  // namespace deskwire
