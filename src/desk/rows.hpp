// SPDX-License-Identifier: Apache-2.0
// Rows of the store and of the board as the objects of the public interfaces, with the names that
// only this room knows.
#pragma once
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "desk/board.hpp"
#include "desk/people.hpp"
#include "desk/pinned.hpp"
#include "deskwire/domain/policy.hpp"
#include "deskwire/engine/engine.hpp"
#include "deskwire/port/store.hpp"

namespace deskwire::rows {

[[nodiscard]] boost::json::object ticket(const TicketRow& row, const People& people,
                                         const Policy& policy);
[[nodiscard]] boost::json::object message(const MessageRow& row, const People& people,
                                          const Policy& policy);
/// `{id,name,tier,created_at,identities:[{kind,value,name,region}],pinned}`.
[[nodiscard]] boost::json::object customer(const Customer& customer,
                                           const std::vector<IdentityContent>& identities,
                                           const std::optional<Pinned>& pinned);
/// A timeline row: `{kind,at,ticket,message,text}`, and of a message `{direction,author}`.
[[nodiscard]] boost::json::object timeline(const TimelineRow& row, const People& people);
/// `{seq,at,text,until}` of a journal row; empty when it says nothing of the ticket.
[[nodiscard]] boost::json::object happening(const JournalEntry& entry, TicketId ticket,
                                            const People& people, const Policy& policy);
/// `{id,queue,waiting,oldest_at,next_due_at,level,…}`: all figures of a queue.
[[nodiscard]] boost::json::object queue(const QueueFigures& figures, const Policy& policy);
/// Null of nothing.
[[nodiscard]] boost::json::value percent_of(std::size_t met, std::size_t total);
/// `{user,presence,since,load_percent,…}`; everything about an agent but secrets.
[[nodiscard]] boost::json::object agent(const Agent& agent, const Board& board,
                                        const People& people, const Policy& policy);
/// Why an offer was made: matched skills, step, rank, the candidates in order.
[[nodiscard]] boost::json::object decision(const Decision& decision, const People& people,
                                           const Policy& policy);
[[nodiscard]] boost::json::object explanation(const Explanation& explanation, const Ticket& ticket,
                                              const std::vector<Offer>& offers,
                                              const People& people, const Policy& policy,
                                              Instant now);

}  // namespace deskwire::rows
