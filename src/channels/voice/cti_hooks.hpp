// SPDX-License-Identifier: Apache-2.0
// Telephone systems that report what becomes of their calls: POST /hooks/cti/{channel}, signed as
// Standard Webhooks. A ringing telephone is told to the agents; a call that was answered or missed
// is a message on a ticket; a finished one gives its agent free. Loop thread only.
#pragma once
#include "channels/voice/call_book.hpp"
#include "channels/voice/voice_house.hpp"
#include "http/router.hpp"

namespace deskwire::voice {

class CtiHooks {
 public:
  CtiHooks(VoiceHouse& house, CallBook& book) : house_(house), book_(book) {}
  void add_routes(Router& router);

 private:
  using Answer = boost::asio::awaitable<HttpResponse>;
  template <class T>
  using Task = VoiceHouse::Task<T>;

  /// One event, with what is known of its call.
  struct Call {
    const CtiLine& line;
    CallEvent event;
    Caller caller;
    CallBook::Turn& turn;
    CallRecord& record;
  };

  Answer take(HttpRequest& request);
  Task<void> apply(Call& call);
  Task<void> ring(Call& call);
  Task<void> answer(Call& call);
  Task<void> miss(Call& call);
  Task<void> end(Call& call);
  /// What follows from the end of a call that an agent had.
  Task<void> finish(Call& call);
  boost::asio::awaitable<void> tell(const Call& call, AgentId agent, std::vector<AgentId> to,
                                    bool everyone);
  /// To whoever was told that it rings, and to `agent`.
  boost::asio::awaitable<void> tell_end(const Call& call, AgentId agent);
  [[nodiscard]] CallMessage message(const Call& call) const;

  VoiceHouse& house_;
  CallBook& book_;
};

}  // namespace deskwire::voice
