// SPDX-License-Identifier: Apache-2.0
// All conversations that somebody looks at or that wait for something, kept true by committed
// batches: which ticket a conversation is at, what was said, who has it. Tells visitors; decides
// idle visitors. Loop thread only.
#pragma once
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/json/object.hpp>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

#include "channels/chat/conversation.hpp"
#include "channels/chat/past.hpp"
#include "channels/chat/wait_times.hpp"
#include "deskwire/engine/state.hpp"
#include "runtime/task_group.hpp"

namespace deskwire::chat {

class ChatHub {
 public:
  /// `state` is what is durable, before the first command: chats that were under way are watched
  /// on.
  ChatHub(const Settings& settings, const Seams& seams, const VisitorKeys& keys,
          boost::asio::any_io_executor executor, const State& state);

  /// The conversation of a visitor; made when there is none.
  ConversationPtr open(const std::shared_ptr<const Place>& place, const std::string& visitor,
                       const Card& card);
  [[nodiscard]] Conversation* of(TicketId ticket) const;
  void join(const VisitPtr& visit, const ConversationPtr& conversation);
  void leave(const VisitPtr& visit);
  [[nodiscard]] std::size_t visits() const { return visits_; }

  /// From here on events flow; what was held back goes first.
  void go_live(const VisitPtr& visit);
  /// Where the store says a conversation is, unless a batch after `before` has said so.
  void learn_place(Conversation& conversation, const Found& found, std::uint64_t before);
  /// How many batches were committed so far: what was read before one may lack it.
  [[nodiscard]] std::uint64_t batches() const { return followed_; }
  /// The places have changed: whoever is there is treated by the new ones.
  void replace(const Settings& settings);

  /// As the visit is told it in an answer; it is not told the same again.
  boost::json::object state_for(Visit& visit) const;
  [[nodiscard]] boost::json::object state_of(const Conversation& conversation) const;
  void tell_state(Conversation& conversation);
  void sign_of_life(Conversation& conversation);
  /// The visitor's client has, or the visitor has seen, everything up to `seq`.
  void received(Conversation& conversation, std::uint32_t seq, bool read);
  void agent_typing(TicketId ticket, bool typing);
  void agent_read(TicketId ticket, std::uint32_t seq);
  void visitor_typing(const Conversation& conversation, bool typing);
  /// A note on the ticket in the desk's own name, and its end unless it has ended. What became of
  /// the note.
  boost::asio::awaitable<Submission> end(ConversationPtr conversation, std::string note,
                                         std::string disposition);

  [[nodiscard]] Instant now() const { return seams_.now(); }
  [[nodiscard]] ToldPtr told(const Message& message, const MessageContent& content,
                             const std::string& author) const;
  boost::asio::awaitable<std::string> author_of(const Message& message);
  /// Asks for the place in the queue and tells it.
  boost::asio::awaitable<void> find_position(ConversationPtr conversation);
  /// Learns what the agent who has the ticket is called.
  boost::asio::awaitable<void> find_agent_name(ConversationPtr conversation);
  void start();
  boost::asio::awaitable<void> stop();

 private:
  void on_batch(const std::shared_ptr<const Batch>& batch);
  boost::asio::awaitable<void> run();
  boost::asio::awaitable<void> dispatch(const Batch& batch);
  void follow(const Batch& batch);
  boost::asio::awaitable<void> tell_message(const Batch& batch, const Message& message);
  static void deliver(Visit& visit, const ToldPtr& told);
  static void tell_state(Visit& visit, const std::string& frame);
  boost::asio::awaitable<void> look_back();
  void learn_answers(Conversation& conversation, const std::vector<Message>& answers) const;
  boost::asio::awaitable<void> watch();
  boost::asio::awaitable<void> look_after(ConversationPtr conversation, bool line_moved);
  void look_again(Conversation& conversation) const;
  boost::asio::awaitable<std::string> name_of(AgentId agent);
  boost::asio::awaitable<void> record(MessageId message, std::string detail);
  [[nodiscard]] Instant closes_at(const Conversation& conversation) const;
  [[nodiscard]] bool open_now(const Place& place) const;
  void forget_if_done(const ConversationPtr& conversation);
  void index(const ConversationPtr& conversation, TicketId ticket);

  Settings settings_;
  const Seams& seams_;
  const VisitorKeys& keys_;
  std::unordered_map<Key, ConversationPtr> by_key_;
  std::unordered_map<TicketId, ConversationPtr> by_ticket_;  ///< All of the chain that are known.
  std::unordered_map<TicketId, ConversationPtr> by_first_;
  std::size_t visits_ = 0;
  std::uint64_t followed_ = 0;
  WaitTimes waits_;
  Instant looked_at_all_;
  std::unordered_set<QueueId> moved_;  ///< Queues in which places may have changed.
  std::deque<std::shared_ptr<const Batch>> batches_;
  boost::asio::steady_timer wake_;  ///< Never expires; cancelled when there is a batch.
  TaskGroup tasks_;
  TaskGroup farewells_;
  Feed::Subscription subscription_;
};

}  // namespace deskwire::chat
