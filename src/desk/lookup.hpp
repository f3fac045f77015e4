// SPDX-License-Identifier: Apache-2.0
// The questions that both REST and the console ask, answered as the objects of the public
// interfaces and only as far as the asker may see. Loop thread only.
#pragma once
#include <boost/asio/awaitable.hpp>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "desk/board.hpp"
#include "desk/people.hpp"
#include "desk/sight.hpp"
#include "runtime/gateway.hpp"
#include "runtime/workers.hpp"

namespace deskwire {

/// A list of tickets as asked for; texts are still names.
struct TicketQuery {
  std::optional<TicketState> state;
  std::string queue;  ///< Empty: any.
  CustomerId customer;
  AgentId assignee;
  std::optional<Priority> priority;
  Instant due_before;  ///< Zero: any.
  std::string tag;     ///< Empty: any.
  std::optional<bool> snoozed;
  std::uint32_t limit = 50;
  TicketId after;  ///< The last one of the page before.
};

class Lookup {
 public:
  Lookup(Workers& workers, Gateway& gateway, Directory& directory, const Board& board)
      : workers_(workers), gateway_(gateway), directory_(directory), board_(board) {}

  using Object = std::optional<boost::json::object>;
  template <class T>
  using Task = boost::asio::awaitable<T>;

  [[nodiscard]] Sight sight(AgentId asker) const { return Sight(board_.agent(asker)); }

  /// `{items,next}`, newest first; no_such_queue for a queue that is not there or not theirs.
  Task<Result<boost::json::object>> tickets(AgentId asker, TicketQuery query);
  Task<Object> ticket(AgentId asker, TicketId id);
  /// The row itself, if the asker sees it.
  Task<std::optional<TicketRow>> ticket_row(AgentId asker, TicketId id);
  /// The same; no_such_ticket, or not_your_ticket for one that others may see.
  Task<Result<TicketRow>> find_ticket(AgentId asker, TicketId id);
  /// Why it is where it is and what became of its offers, whoever asks: ask find_ticket() first.
  Task<Result<boost::json::object>> explanation(TicketId id);
  /// What happened to it beside its messages, the newest first, before a journal row (zero: from
  /// the newest); whoever asks: ask find_ticket() first.
  Task<boost::json::object> history(TicketId id, std::uint64_t before, std::uint32_t limit);
  /// Which end stays when not everything fits.
  enum class Keep : std::uint8_t { oldest, newest };
  /// At most `limit` messages after `after_seq`, oldest first, about `max_bytes` of them.
  Task<boost::json::array> messages(TicketId ticket, std::uint32_t after_seq, std::uint32_t limit,
                                    std::size_t max_bytes, Keep keep);
  Task<boost::json::object> message(MessageId id);
  /// A message of a ticket that the asker sees; machine mail is for supervisors.
  Task<std::optional<MessageRow>> message_row(AgentId asker, MessageId id);
  Task<Object> customer(AgentId asker, CustomerId id);
  /// `{items,next}`; `next` is a time to go on before.
  Task<Object> timeline(AgentId asker, CustomerId id, Instant before, std::uint32_t limit);
  /// Nothing for agents.
  Task<Object> machine_mail(AgentId asker, MessageId before, std::uint32_t limit);
  /// Records whose values are JSON objects, with `at`; `next` is a time to go on before. Nothing
  /// for agents.
  Task<Object> records(AgentId asker, std::string kind, Instant before, std::uint32_t limit);
  Task<boost::json::array> agents(AgentId asker);
  [[nodiscard]] boost::json::array queues(AgentId asker) const;

  [[nodiscard]] PolicyPtr policy() const { return gateway_.policy(); }
  [[nodiscard]] Directory& directory() { return directory_; }
  [[nodiscard]] const Board& board() const { return board_; }

 private:
  Task<bool> sees_customer(AgentId asker, CustomerId id);

  Workers& workers_;
  Gateway& gateway_;
  Directory& directory_;
  const Board& board_;
};

}  // namespace deskwire
