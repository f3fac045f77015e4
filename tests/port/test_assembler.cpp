// SPDX-License-Identifier: Apache-2.0
// From applied commands to one batch, with a real engine.
#include <catch2/catch.hpp>
#include <memory>
#include <string>

#include "deskwire/engine/state.hpp"
#include "deskwire/port/assembler.hpp"

namespace deskwire {
namespace {

PolicyPtr one_queue() {
  Policy policy;
  policy.queues.push_back(
      {.id = {1}, .name = "general", .required = {}, .calendar = {}, .level = {}});
  policy.default_queue = {1};
  policy.channels.push_back({.id = {1}, .name = "support", .queue = {1}, .required = {}});
  return std::make_shared<const Policy>(std::move(policy));
}

Command system(CommandBody body) { return {.actor = {}, .body = std::move(body)}; }
Command agent(CommandBody body) {
  return {.actor = {.kind = ActorKind::agent, .agent = {1}}, .body = std::move(body)};
}

ContentPtr content(const std::string& subject, const std::string& text) {
  auto content = std::make_shared<MessageContent>();
  content->subject = subject;
  content->text = text;
  return content;
}

ReceiveMessage mail(std::uint64_t n) {
  ReceiveMessage mail;
  mail.addressed = {{1}};
  mail.received_at = {1'000};
  mail.sender = {.key = {7, 7}, .kind = "email", .value = "c@example.test", .name = "C"};
  mail.own_key = {n, 1};
  mail.dedupe = {n, 2};
  mail.content = content("broken", "it is broken");
  return mail;
}

/// An engine and the assembler behind it, without a store.
class Bench {
 public:
  /// Everything that could be looked up is looked up in an empty store.
  Applied apply(const Command& command) {
    Loaded nothing;
    nothing.asked = engine.needs(command);
    Applied applied = engine.apply(command, nothing, {2'000});
    REQUIRE(applied.kind == Applied::Kind::done);
    assembler.add(command, applied, {2'000});
    return applied;
  }
  void staff() {
    PutAgent put;
    put.agent = {1};
    put.role = Role::admin;
    put.queues = {{1}};
    apply(system(put));
    apply(system(AgentConnected{{1}}));
    apply(agent(SetPresence{{1}, Presence::available, ""}));
  }

  Engine engine{one_queue(), {}};
  BatchAssembler assembler;
};

}  // namespace

TEST_CASE("a mail costs about a dozen rows") {
  Bench bench;
  bench.staff();
  (void)bench.assembler.seal(bench.engine);
  bench.apply(system(mail(1)));
  const Batch batch = bench.assembler.seal(bench.engine);
  CHECK(batch.journal.size() == 1);
  CHECK(batch.journal.front().command == "ReceiveMessage");
  CHECK(batch.tickets.size() == 1);
  CHECK(batch.contents.size() == 1);
  CHECK(batch.contents.front().opens_ticket);
  CHECK(batch.offers.size() == 1);
  CHECK(batch.agents.size() == 1);
  const std::size_t rows = batch.journal.size() + batch.tickets.size() + batch.agents.size() +
                           batch.offers.size() + batch.customers.size() + batch.messages.size() +
                           batch.keys.size() + batch.identities.size() + batch.contents.size();
  CHECK(rows <= 12);
}

TEST_CASE("a ticket touched by many commands is one row, as it is at the end") {
  Bench bench;
  bench.staff();
  const TicketId ticket = bench.apply(system(mail(1))).receipt.ticket;
  for (const Priority p : {Priority::low, Priority::high, Priority::urgent})
    bench.apply(agent(SetPriority{ticket, p}));
  const Batch batch = bench.assembler.seal(bench.engine);
  REQUIRE(batch.tickets.size() == 1);
  CHECK(batch.tickets.front().priority == Priority::urgent);
  CHECK(batch.tickets.front() == *bench.engine.state().ticket(ticket));
  CHECK(batch.journal.size() == 7);
  CHECK(batch.counters.seq == 7);
}

TEST_CASE("a message that changes before the seal is written once, with its last state") {
  Bench bench;
  bench.staff();
  const TicketId ticket = bench.apply(system(mail(1))).receipt.ticket;
  SendReply reply{.ticket = ticket,
                  .expected_seq = {},
                  .client_key = {1, 3},
                  .own_key = {1, 4},
                  .content = content("re", "try again")};
  const MessageId message = bench.apply(agent(reply)).receipt.message;
  bench.apply(system(StartSend{message}));
  bench.apply(system(RecordDelivery{
      .message = message, .state = DeliveryState::sent, .retry_at = {}, .detail = "250"}));
  const Batch batch = bench.assembler.seal(bench.engine);
  REQUIRE(batch.messages.size() == 2);
  CHECK(batch.messages[0].id < batch.messages[1].id);
  CHECK(batch.messages[1].delivery == DeliveryState::sent);
  CHECK(batch.outbox.empty());
  CHECK(batch.outbox_gone == std::vector<MessageId>{message});
  CHECK(batch.contents.size() == 2);
}

TEST_CASE("a ticket opened without a message keeps its subject alone") {
  Bench bench;
  bench.staff();
  CreateTicket create;
  create.channel_name = {1};
  create.queue = {1};
  create.to = mail(1).sender;
  create.content = content("call back", "");
  const Applied applied = bench.apply(agent(create));
  const Batch batch = bench.assembler.seal(bench.engine);
  REQUIRE(batch.contents.size() == 1);
  CHECK_FALSE(batch.contents.front().message);
  CHECK(batch.contents.front().ticket == applied.receipt.ticket);
  CHECK(batch.contents.front().opens_ticket);
  CHECK(batch.messages.empty());
}

TEST_CASE("a command that changes nothing leaves no trace") {
  Bench bench;
  bench.apply(system(Tick{}));
  CHECK(bench.assembler.empty());
  CHECK(bench.assembler.commands() == 1);
  const Batch batch = bench.assembler.seal(bench.engine);
  CHECK(batch.journal.empty());
  CHECK(bench.assembler.commands() == 0);
}

TEST_CASE("what a batch holds inline is counted until it is sealed") {
  Bench bench;
  bench.apply(system(mail(1)));
  CHECK(bench.assembler.inline_bytes() == std::string("brokenit is broken").size());
  (void)bench.assembler.seal(bench.engine);
  CHECK(bench.assembler.inline_bytes() == 0);
  CHECK(bench.assembler.empty());
}

}  // namespace deskwire
