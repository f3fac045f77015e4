// SPDX-License-Identifier: Apache-2.0
// Calls to our numbers at Twilio: each is a ticket at once and waits in its queue, while the caller
// hears where they stand; whoever accepts the ticket is called and connected. Twilio asks, we
// answer with TwiML: POST /hooks/twilio/voice/{channel}, then …/wait, gather, dialed, answered,
// recorded and status, all signed. Loop thread only.
#pragma once
#include "channels/voice/call_book.hpp"
#include "channels/voice/twiml.hpp"
#include "channels/voice/voice_house.hpp"
#include "http/form.hpp"
#include "http/router.hpp"

namespace deskwire::voice {

class TwilioHooks {
 public:
  TwilioHooks(VoiceHouse& house, CallBook& book) : house_(house), book_(book) {}
  void add_routes(Router& router);

 private:
  using Answer = boost::asio::awaitable<HttpResponse>;
  template <class T>
  using Task = VoiceHouse::Task<T>;

  /// One request, believed.
  struct Posted {
    const NumberLine& line;
    const VoiceLines& lines;
    Params fields;  ///< Of the body, then those of the URL.
    std::string sid;

    [[nodiscard]] std::string_view field(std::string_view name) const {
      return param(fields, name);
    }
    /// Of another step of the same call.
    [[nodiscard]] std::string url(std::string_view step) const;
    [[nodiscard]] Twiml twiml() const { return Twiml(line.language); }
  };
  /// The same with what is known of its call.
  struct Call : Posted {
    Caller caller;
    std::uint32_t dial;  ///< Which attempt the request is about; zero: none.
    CallBook::Turn& turn;
    CallRecord& record;
  };
  /// What Twilio is to do next.
  using Next = Task<Twiml>;
  using Work = Next (TwilioHooks::*)(Call&);
  struct Step {
    std::string_view name;  ///< Empty: the call's first.
    Work work;
    /// The caller is on the line and listens: while the desk is busy they are asked to wait. Twilio
    /// would end the call otherwise, and with it what the request has to say.
    bool holds = true;
  };

  Answer take(HttpRequest& request, Step step);
  Next follow(const Posted& posted, Work work);
  /// The same step once more after a pause, with what this request had to say.
  [[nodiscard]] static Twiml again(const Posted& posted, std::string_view step);
  [[nodiscard]] std::optional<HttpResponse> refuse(const HttpRequest& request,
                                                   const NumberLine& line,
                                                   const VoiceLines& lines) const;

  Next incoming(Call& call);
  Next wait(Call& call);
  Next gather(Call& call);
  Next dialed(Call& call);
  Next answered(Call& call);
  Next recorded(Call& call);
  Next status(Call& call);

  /// The call's ticket, made when there is none yet.
  Task<void> ensure_ticket(Call& call);
  Next after_hours(Call& call);
  Next hold(Call& call, const Ticket& ticket);
  Next connect(Call& call, const Ticket& ticket);
  /// The ticket is its agent's, answered; taken once.
  Task<void> count_as_answered(Call& call);
  Next talked(Call& call);
  Next not_reached(Call& call, std::string_view why);
  Task<void> hung_up(Call& call);

  [[nodiscard]] CallMessage message(const Call& call, std::string step) const;
  [[nodiscard]] Twiml take_message(const Call& call) const;
  [[nodiscard]] bool is_open(const NumberLine& line) const;

  VoiceHouse& house_;
  CallBook& book_;
};

}  // namespace deskwire::voice
