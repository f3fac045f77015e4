// SPDX-License-Identifier: Apache-2.0
// What agents, the supervisor, the outbox and the administrator do next. Mostly sensible, sometimes
// wrong on purpose: a refusal must change nothing.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "deskwire/domain/commands.hpp"
#include "simulate/model.hpp"
#include "simulate/office.hpp"
#include "simulate/random.hpp"
#include "simulate/senders.hpp"

namespace deskwire::sim {

class Staff {
 public:
  Staff(Office& office, Senders& senders) : office_(office), senders_(senders) {}

  /// One agent does one thing.
  Command act(Random& random, const Model& model, Instant now);
  /// The outbox starts a send or learns how it ended; nothing if nothing is on its way.
  std::optional<Command> deliver(Random& random, const Model& model, Instant now);
  /// The administrator changes an agent or asks for another policy.
  Command administrate(Random& random);
  /// What was missing arrives: media of a message, an address of a customer.
  std::optional<Command> complete(Random& random, const Model& model);
  /// Something about a console session of an agent.
  Command attend(Random& random, const Model& model);

 private:
  AgentId any_agent(Random& random) const { return {1 + random.below(office_.agent_count())}; }
  Command answer_offer(Random& random, const Model& model, const OfferView& offer) const;
  Command work(Random& random, const Model& model, AgentId agent, TicketId ticket, Instant now);
  Command write(Random& random, const Model& model, AgentId agent, TicketId ticket);
  /// Something that belongs to the desk's own order: a snooze, a tag, a reply taken back.
  Command arrange(Random& random, const Model& model, AgentId agent, TicketId ticket, Instant now);
  Command supervise(Random& random, const Model& model);
  Command transfer(Random& random, const Model& model, AgentId by, TicketId ticket);
  Command create_ticket(Random& random, const Model& model, AgentId agent);
  Command err(Random& random, const Model& model);
  ContentPtr write_down(const char* kind);

  Office& office_;
  Senders& senders_;
  std::uint64_t next_content_ = 1;
};

}  // namespace deskwire::sim
