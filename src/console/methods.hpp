// SPDX-License-Identifier: Apache-2.0
// The methods of the console socket: parameters checked, one command or look-up each, the answer as
// the contract shows it. Private to console/.
#pragma once
#include <boost/asio/awaitable.hpp>
#include <boost/json/object.hpp>
#include <string>
#include <vector>

#include "auth/keyed_hash.hpp"
#include "console/compose.hpp"
#include "console/hub.hpp"
#include "console/macro.hpp"
#include "http/json.hpp"
#include "http/rpc.hpp"

namespace deskwire {

class Methods {
 public:
  Methods(const ConsoleSettings& settings, FrontDesk& desk, Hub& hub, const KeyHasher& keys);

  /// The answer to one call, refusals and errors included.
  boost::asio::awaitable<RpcResult> call(SessionPtr session, RpcCall call);

 private:
  using Answer = boost::asio::awaitable<RpcResult>;
  using Params = boost::json::object;
  using Member = Answer (Methods::*)(SessionPtr, Params);

  void add(std::string name, Member member);

  // methods_session.cpp
  Answer login(SessionPtr session, Params params);
  Answer resume(SessionPtr session, Params params);
  Answer logout(SessionPtr session, Params params);
  Answer set_presence(SessionPtr session, Params params);
  boost::asio::awaitable<std::expected<SignedIn, RpcError>> sign_in(const SessionPtr& session,
                                                                    JsonReader& params);
  boost::asio::awaitable<std::optional<RpcError>> enter(SessionPtr session, SignedIn signed_in);

  // methods_board.cpp
  Answer get_desk(SessionPtr session, Params params);
  Answer subscribe_board(SessionPtr session, Params params);
  Answer list_figure(SessionPtr session, Params params);

  // methods_ticket.cpp
  Answer accept_offer(SessionPtr session, Params params);
  Answer decline_offer(SessionPtr session, Params params);
  Answer list_tickets(SessionPtr session, Params params);
  Answer get_ticket(SessionPtr session, Params params);
  Answer claim(SessionPtr session, Params params);
  Answer set_pending(SessionPtr session, Params params);
  Answer set_on_hold(SessionPtr session, Params params);
  Answer resolve(SessionPtr session, Params params);
  Answer set_priority(SessionPtr session, Params params);
  Answer transfer(SessionPtr session, Params params);
  Answer explain(SessionPtr session, Params params);
  Answer history(SessionPtr session, Params params);
  Answer typing(SessionPtr session, Params params);
  Answer read(SessionPtr session, Params params);
  Answer viewing(SessionPtr session, Params params);
  /// Submits, then answers with the ticket as it is after the commit.
  Answer submit_for_ticket(SessionPtr session, CommandBody body);
  Answer ticket_answer(SessionPtr session, Receipt receipt);

  // methods_tools.cpp
  Answer snooze(SessionPtr session, Params params);
  Answer unsnooze(SessionPtr session, Params params);
  Answer tag(SessionPtr session, Params params);
  Answer undo(SessionPtr session, Params params);
  Answer pin(SessionPtr session, Params params);

  // methods_people.cpp
  Answer list_users(SessionPtr session, Params params);
  Answer put_user(SessionPtr session, Params params);
  Answer set_password(SessionPtr session, Params params);
  Answer list_sessions(SessionPtr session, Params params);
  Answer revoke_session(SessionPtr session, Params params);
  Answer list_tokens(SessionPtr session, Params params);
  Answer create_token(SessionPtr session, Params params);
  Answer revoke_token(SessionPtr session, Params params);
  Answer get_totp(SessionPtr session, Params params);
  Answer begin_totp(SessionPtr session, Params params);
  Answer confirm_totp(SessionPtr session, Params params);
  Answer disable_totp(SessionPtr session, Params params);
  boost::asio::awaitable<boost::json::object> user_row(AgentId id);

  // methods_admin.cpp
  Answer list_outbox(SessionPtr session, Params params);
  Answer retry_outbox(SessionPtr session, Params params);
  Answer list_quarantine(SessionPtr session, Params params);
  Answer get_policy(SessionPtr session, Params params);
  Answer check_policy(SessionPtr session, Params params);
  Answer list_audit(SessionPtr session, Params params);

  // methods_search.cpp
  Answer search(SessionPtr session, Params params);

  // methods_draft.cpp
  Answer save_draft(SessionPtr session, Params params);
  boost::asio::awaitable<boost::json::array> drafts(AgentId user, TicketId ticket);
  /// What was begun has been sent.
  boost::asio::awaitable<void> drop_draft(AgentId user, TicketId ticket, DraftKind kind);

  // methods_macro.cpp
  Answer list_macros(SessionPtr session, Params params);
  Answer put_macro(SessionPtr session, Params params);
  Answer delete_macro(SessionPtr session, Params params);
  Answer render(SessionPtr session, Params params);
  boost::asio::awaitable<std::vector<Macro>> macros();
  [[nodiscard]] std::uint64_t next_macro(const std::vector<Macro>& all, Instant now);

  // methods_write.cpp
  Answer reply(SessionPtr session, Params params);
  Answer recipients(SessionPtr session, Params params);
  [[nodiscard]] std::vector<MailAddress> read_copies(JsonReader& reader) const;
  boost::asio::awaitable<std::vector<MessageRow>> earlier(const Ticket& ticket);
  Answer note(SessionPtr session, Params params);
  Answer create(SessionPtr session, Params params);
  Answer message_answer(Receipt receipt);
  boost::asio::awaitable<std::vector<AgentId>> named_in(std::string text);
  boost::asio::awaitable<void> call_mentioned(SessionPtr session, Receipt receipt,
                                              std::string text);
  boost::asio::awaitable<std::expected<Uploads, RpcError>> read_uploads(
      AgentId owner, std::vector<std::uint64_t> ids);
  boost::asio::awaitable<std::expected<Addressee, RpcError>> read_addressee(SessionPtr session,
                                                                            Params params,
                                                                            Channel channel,
                                                                            std::string region);
  [[nodiscard]] Key client_key(AgentId agent, std::string_view kind, TicketId ticket,
                               std::string_view client_id) const;

  [[nodiscard]] std::uint64_t wire_seq(const Receipt& receipt) const;
  boost::asio::awaitable<Submission> submit(const SessionPtr& session, CommandBody body);
  /// Puts into the journal what was done without a command.
  boost::asio::awaitable<void> remember(const SessionPtr& session, NoteAct act);

  const ConsoleSettings& settings_;
  FrontDesk& desk_;
  Hub& hub_;
  KeyHasher keys_;
  RpcTable<SessionPtr> table_;
  std::uint64_t last_macro_ = 0;
};

}  // namespace deskwire
