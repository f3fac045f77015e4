// SPDX-License-Identifier: Apache-2.0
// The methods of the chat socket: parameters checked, the past read, one command each. Private to
// the chat.
#pragma once
#include <boost/asio/awaitable.hpp>
#include <boost/json/object.hpp>
#include <expected>
#include <map>
#include <string>
#include <vector>

#include "channels/chat/chat_hub.hpp"
#include "http/json.hpp"
#include "http/rpc.hpp"

namespace deskwire::chat {

class Methods {
 public:
  Methods(const Settings& settings, const Seams& seams, ChatHub& hub, const VisitorKeys& keys);

  /// The answer to one call, refusals and errors included.
  boost::asio::awaitable<RpcResult> call(VisitPtr visit, RpcCall call);
  void replace(const Settings& settings);

 private:
  using Answer = boost::asio::awaitable<RpcResult>;
  using Params = boost::json::object;
  using Member = Answer (Methods::*)(VisitPtr, Params);

  void add(std::string name, Member member);

  Answer start(VisitPtr visit, Params params);
  Answer resume(VisitPtr visit, Params params);
  Answer send(VisitPtr visit, Params params);
  Answer typing(VisitPtr visit, Params params);
  Answer received(VisitPtr visit, Params params);
  Answer read(VisitPtr visit, Params params);
  Answer state(VisitPtr visit, Params params);
  Answer end(VisitPtr visit, Params params);

  [[nodiscard]] Duration paced(const Conversation& conversation);
  Answer mark(VisitPtr visit, Params params, bool read);
  boost::asio::awaitable<std::expected<ConversationPtr, RpcError>> enter(VisitPtr visit,
                                                                         std::string visitor,
                                                                         Params params);
  /// Finds where the conversation is, from the store.
  boost::asio::awaitable<void> find_place(ConversationPtr conversation);
  struct Past {
    std::vector<MessageRow> rows;  ///< Oldest first.
    bool more = false;
  };
  boost::asio::awaitable<Past> past(ConversationPtr conversation, std::uint32_t after);
  boost::asio::awaitable<std::expected<std::vector<UploadRow>, RpcError>> uploads(
      const Conversation& conversation, const Params& params);
  Answer sent(MessageId message);

  Settings settings_;
  const Seams& seams_;
  ChatHub& hub_;
  const VisitorKeys& keys_;
  RateLimiter starts_;
  std::map<ChannelId, RateLimiter> messages_;  ///< By visitor, each place with its own measure.
  RpcTable<VisitPtr> table_;
};

}  // namespace deskwire::chat
