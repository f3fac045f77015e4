// SPDX-License-Identifier: Apache-2.0
#include "console/methods.hpp"

#include <spdlog/spdlog.h>

#include <utility>

namespace deskwire {

namespace asio = boost::asio;

Methods::Methods(const ConsoleSettings& settings, FrontDesk& desk, Hub& hub, const KeyHasher& keys)
    : settings_(settings), desk_(desk), hub_(hub), keys_(keys) {
  add("session.login", &Methods::login);
  add("session.resume", &Methods::resume);
  add("session.logout", &Methods::logout);
  add("presence.set", &Methods::set_presence);
  add("desk.get", &Methods::get_desk);
  add("board.subscribe", &Methods::subscribe_board);
  add("board.list", &Methods::list_figure);
  add("offer.accept", &Methods::accept_offer);
  add("offer.decline", &Methods::decline_offer);
  add("ticket.list", &Methods::list_tickets);
  add("ticket.get", &Methods::get_ticket);
  add("ticket.create", &Methods::create);
  add("ticket.reply", &Methods::reply);
  add("ticket.recipients", &Methods::recipients);
  add("ticket.note", &Methods::note);
  add("ticket.claim", &Methods::claim);
  add("ticket.pending", &Methods::set_pending);
  add("ticket.hold", &Methods::set_on_hold);
  add("ticket.resolve", &Methods::resolve);
  add("ticket.priority", &Methods::set_priority);
  add("ticket.transfer", &Methods::transfer);
  add("ticket.explain", &Methods::explain);
  add("ticket.history", &Methods::history);
  add("draft.save", &Methods::save_draft);
  add("macro.list", &Methods::list_macros);
  add("macro.put", &Methods::put_macro);
  add("macro.delete", &Methods::delete_macro);
  add("macro.render", &Methods::render);
  add("ticket.snooze", &Methods::snooze);
  add("ticket.unsnooze", &Methods::unsnooze);
  add("ticket.tag", &Methods::tag);
  add("customer.pin", &Methods::pin);
  add("message.undo", &Methods::undo);
  add("ticket.typing", &Methods::typing);
  add("ticket.read", &Methods::read);
  add("ticket.viewing", &Methods::viewing);
  add("user.list", &Methods::list_users);
  add("user.put", &Methods::put_user);
  add("user.password", &Methods::set_password);
  add("session.list", &Methods::list_sessions);
  add("session.revoke", &Methods::revoke_session);
  add("token.list", &Methods::list_tokens);
  add("token.create", &Methods::create_token);
  add("token.revoke", &Methods::revoke_token);
  add("totp.get", &Methods::get_totp);
  add("totp.begin", &Methods::begin_totp);
  add("totp.confirm", &Methods::confirm_totp);
  add("totp.disable", &Methods::disable_totp);
  add("outbox.list", &Methods::list_outbox);
  add("outbox.retry", &Methods::retry_outbox);
  add("quarantine.list", &Methods::list_quarantine);
  add("policy.get", &Methods::get_policy);
  add("policy.check", &Methods::check_policy);
  add("audit.list", &Methods::list_audit);
  if (settings.search != nullptr) add("ticket.search", &Methods::search);
}

void Methods::add(std::string name, Member member) {
  table_.add(std::move(name), [this, member](SessionPtr& session, Params params) {
    return (this->*member)(session, std::move(params));
  });
}

asio::awaitable<RpcResult> Methods::call(SessionPtr session, RpcCall call) {
  const auto* handler = table_.find(call.method);
  if (handler == nullptr)
    co_return std::unexpected(RpcError{
        .code = RpcCode::no_such_method, .message = "there is no such method", .data = {}});
  const bool opens = call.method == "session.login" || call.method == "session.resume";
  if (!session->who && !opens)
    co_return std::unexpected(
        RpcError{.code = RpcCode::unauthenticated, .message = "log in first", .data = {}});
  try {
    if (session->doubted() && !co_await hub_.look_again(session))
      co_return std::unexpected(RpcError{
          .code = RpcCode::unauthenticated, .message = "the log-in has changed", .data = {}});
    co_return co_await (*handler)(session, std::move(call.params));
  } catch (const Busy&) {
    co_return std::unexpected(RpcError{
        .code = RpcCode::busy, .message = "busy, try again", .data = {{"retry_after_ms", 1000}}});
  }
}

asio::awaitable<Submission> Methods::submit(const SessionPtr& session, CommandBody body) {
  Command command{.actor = {.kind = ActorKind::agent, .agent = session->who->id},
                  .body = std::move(body)};
  auto done = co_await desk_.gateway().submit(std::move(command), Lane::interactive);
  // The board is a fold of what is published, and answers are read from it.
  if (done.kind == Submission::Kind::done) co_await hub_.published(done.receipt.seq);
  co_return done;
}

/// What was done stays done if this cannot be kept; the log has it then.
asio::awaitable<void> Methods::remember(const SessionPtr& session, NoteAct act) {
  const AgentId by = session->who->id;
  const Submission kept = co_await submit(session, act);
  if (kept.kind != Submission::Kind::done)
    spdlog::warn("the journal did not take that user {} did: {}", by.value, name(act.act));
}

/// A repeated command was decided before now; everything up to here holds its outcome.
std::uint64_t Methods::wire_seq(const Receipt& receipt) const {
  return receipt.seq == 0 ? hub_.head().wire() : Cursor::end_of(receipt.seq).wire();
}

}  // namespace deskwire
