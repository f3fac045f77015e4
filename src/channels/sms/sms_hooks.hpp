// SPDX-License-Identifier: Apache-2.0
// The entrances for providers: `POST /hooks/{provider}/sms` and `/status`, `POST
// /hooks/sms/{channel}` for the generic gateway. What is not believed is quarantined; what is, is
// answered when it is durable, repeated or not. Loop thread only.
#pragma once
#include <boost/asio/awaitable.hpp>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "channels/sms/house.hpp"
#include "channels/sms/receipts.hpp"
#include "http/router.hpp"

namespace deskwire::sms {

class SmsHooks {
 public:
  /// `turned_away` is called when a text could not be taken now: it may not come again.
  SmsHooks(SmsHouse& house, SmsReceipts& receipts, std::function<void()> turned_away);

  /// Before the listener opens.
  void add_routes(Router& router);

 private:
  using Answer = boost::asio::awaitable<HttpResponse>;
  using Candidates = std::vector<const SmsLine*>;

  Answer take(const Adapter& adapter, HttpRequest& request, std::string entrance, SmsLinesPtr lines,
              Candidates candidates);
  Answer take_parsed(const Adapter& adapter, Hook hook, bool token_in_url, SmsLinesPtr lines,
                     Candidates believed);
  Answer generic(HttpRequest& request);
  boost::asio::awaitable<void> answer_help(const SmsLine& line, const InboundText& text,
                                           TicketId ticket);

  SmsHouse& house_;
  SmsReceipts& receipts_;
  std::function<void()> turned_away_;
};

}  // namespace deskwire::sms
