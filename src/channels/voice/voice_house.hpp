// SPDX-License-Identifier: Apache-2.0
// What the entrances of this room share: the seams to the rest of the house, and what both kinds of
// calls ask of tickets. Loop thread only.
#pragma once
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <expected>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "auth/keyed_hash.hpp"
#include "channels/voice/call_event.hpp"
#include "channels/voice/voice_lines.hpp"
#include "desk/call_notice.hpp"
#include "http/message.hpp"
#include "http/quarantine.hpp"
#include "runtime/gateway.hpp"
#include "runtime/workers.hpp"

namespace deskwire::voice {

struct Person {
  AgentId id;
  std::string user;
  std::string shown;
};

struct VoiceSeams {
  boost::asio::any_io_executor executor;
  Gateway& gateway;
  Workers& workers;
  Quarantine& quarantine;
  KeyHasher keys;
  std::function<Instant()> now;
  /// An enabled agent's log-in, by name and by id.
  std::function<boost::asio::awaitable<std::optional<Person>>(std::string user)> person_named;
  std::function<boost::asio::awaitable<std::optional<Person>>(AgentId id)> person;
  /// To the agents' consoles; resumes once it was said.
  std::function<boost::asio::awaitable<void>(CallNotice notice)> announce;
};

/// Something of a call that its ticket is to hear.
struct CallMessage {
  ChannelId channel;
  std::string channel_name;
  std::string call;  ///< The telephone system's name of the call.
  std::string step;  ///< What of it: "answered". A call and a step are taken once.
  Caller caller;
  std::string to;  ///< Our number; may be empty.
  Instant at;
  TicketId ticket;  ///< Known to be the call's; zero: by the caller's number, else a new one.
  AgentId answered_by;
  std::string subject, text;
  std::string recording_url;  ///< A sound to fetch; empty: none.
};

/// The agent's part of a call, as it began.
struct Talk {
  TicketId ticket;
  AgentId agent;
  std::uint32_t seq = 0;   ///< The ticket's last message then.
  Instant began;           ///< The ticket became theirs by this call if not before this.
  Instant assigned_since;  ///< Since when it was theirs then.
};

class VoiceHouse {
 public:
  /// The error is the answer for whoever sent the hook: they are to try again.
  template <class T>
  using Task = boost::asio::awaitable<std::expected<T, HttpResponse>>;

  VoiceHouse(VoiceSeams s, VoiceLinesPtr l) : seams(std::move(s)), lines(std::move(l)) {}

  /// Durable on return. A call that was heard of gives the receipt of then.
  Task<Receipt> receive(CallMessage message);
  /// A note by the desk itself; `once` names it within the call. A ticket that is closed meanwhile
  /// stays as it is.
  Task<void> note(TicketId ticket, std::string text, std::string once);
  /// Frees the agent of a call that has ended: the ticket is resolved if it became theirs by this
  /// call and neither they wrote anything nor anyone moved it since.
  Task<void> let_go(Talk talk);
  /// The ticket as it is now; nothing if it is not there.
  boost::asio::awaitable<std::optional<TicketRow>> ticket(TicketId id);
  /// Fills in who the caller is and what is open for them.
  boost::asio::awaitable<void> look_up(const Caller& caller, CallNotice& notice);

  VoiceSeams seams;
  VoiceLinesPtr lines;

  /// For commands that may come too late: refusals are told to the log, the rest is the answer.
  Task<void> submit(CommandBody body, std::string_view what);
};

}  // namespace deskwire::voice
