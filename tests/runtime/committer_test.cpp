// SPDX-License-Identifier: Apache-2.0
// Commands become batches, batches become durable, and only then does anyone hear of them.
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <catch2/catch.hpp>

#include "deskwire/engine/state.hpp"
#include "runtime/limits.hpp"
#include "runtime/rig.hpp"
#include "runtime/task_group.hpp"

namespace deskwire {
namespace {

using namespace test;
namespace asio = boost::asio;
using Kind = Submission::Kind;

}  // namespace

TEST_CASE("a command is answered and published only after its commit") {
  Rig rig;
  rig.make();
  rig.start();
  const int before = rig.gate.arrived();
  rig.gate.close();
  const auto answer = rig.submit(a_mail("ann"));
  rig.run_until([&] { return rig.gate.arrived() > before; });
  rig.loop.poll();
  CHECK_FALSE(answer->has_value());
  CHECK(rig.published.empty());
  CHECK(rig.image->tickets.empty());

  rig.gate.open();
  rig.run_until([&] { return !rig.published.empty(); });
  REQUIRE(answer->has_value());
  CHECK((*answer)->kind == Kind::done);
  CHECK((*answer)->receipt.seq == rig.core->feed().seq());
  CHECK(rig.image->tickets.contains((*answer)->receipt.ticket));
}

TEST_CASE("what queues up while a commit runs becomes one batch") {
  Rig rig;
  rig.make();
  rig.start();
  const int before = rig.gate.arrived();
  rig.gate.close();
  std::vector<std::shared_ptr<std::optional<Submission>>> answers;
  answers.push_back(rig.submit(a_mail("first")));
  rig.run_until([&] { return rig.gate.arrived() > before; });
  for (int i = 0; i < 50; ++i) answers.push_back(rig.submit(a_mail("sender " + std::to_string(i))));
  rig.run_while_commit_waits(50);
  rig.gate.open();
  rig.run_until([&] { return rig.published.size() == 2; });
  CHECK(rig.published.at(0)->journal.size() == 1);
  CHECK(rig.published.at(1)->journal.size() == 50);
  for (const auto& answer : answers) CHECK((*answer)->kind == Kind::done);
}

TEST_CASE("interactive commands go before intake") {
  Rig rig;
  rig.make();
  rig.start();
  rig.submit(a_mail("ann"), Lane::intake);
  rig.submit(a_mail("bob"), Lane::intake);
  rig.submit(an_agent(AgentId{7}), Lane::interactive);
  rig.run_until([&] { return !rig.published.empty(); });
  CHECK(commands_of(*rig.published.front()) ==
        std::vector<std::string>{"PutAgent", "ReceiveMessage", "ReceiveMessage"});
}

TEST_CASE("a batch holds no more commands and bytes than its bounds") {
  Rig rig;
  rig.make();
  rig.start();
  const bool large = GENERATE(false, true);
  const std::size_t count = large ? 120 : 700;
  const std::string text(large ? 100'000 : 10, 'x');
  std::vector<std::shared_ptr<std::optional<Submission>>> answers;
  for (std::size_t i = 0; i < count; ++i)
    answers.push_back(
        rig.submit(by_system(a_mail_from("sender " + std::to_string(i)).saying(text).build())));
  rig.run_until(
      [&] { return std::ranges::all_of(answers, [](const auto& a) { return a->has_value(); }); });
  rig.run_until([&] { return rig.core->feed().seq() == rig.core->engine().head_seq(); });
  std::size_t journaled = 0;
  for (const auto& batch : rig.published) {
    std::size_t bytes = 0;
    for (const ContentRow& row : batch->contents) bytes += row.content->text.size();
    CHECK(batch->journal.size() <= limits::kBatchCommands);
    CHECK(bytes <= limits::kBatchBytes);
    journaled += batch->journal.size();
  }
  CHECK(journaled == count);
}

TEST_CASE("a refusal waits for everything that was decided before it") {
  Rig rig;
  rig.make();
  rig.start();
  const int before = rig.gate.arrived();
  rig.gate.close();
  rig.submit(a_mail("ann"));
  rig.run_until([&] { return rig.gate.arrived() > before; });
  const auto refused = rig.submit(by_agent(AgentId{9}, AcceptOffer{OfferId{5}}), Lane::interactive);
  rig.run_while_commit_waits(1);
  rig.loop.poll();
  CHECK_FALSE(refused->has_value());
  rig.gate.open();
  rig.run_until([&] { return refused->has_value(); });
  CHECK((*refused)->kind == Kind::refused);
  CHECK(rig.published.size() == 1);
}

TEST_CASE("a duplicate gets the first one's receipt and adds nothing to the disk") {
  Rig rig;
  rig.make();
  rig.start();
  const Submission first = rig.settle(a_mail("ann"));
  const auto commits = rig.store->commits();
  const Submission second = rig.settle(a_mail("ann"));
  CHECK(second.kind == Kind::done);
  CHECK(second.receipt.duplicate);
  CHECK(second.receipt.ticket == first.receipt.ticket);
  CHECK(second.receipt.message == first.receipt.message);
  CHECK(rig.store->commits() == commits);
}

TEST_CASE("a duplicate of a mail that is not durable yet waits for its commit") {
  Rig rig;
  rig.make();
  rig.start();
  const int before = rig.gate.arrived();
  rig.gate.close();
  rig.submit(a_mail("ann"));
  rig.run_until([&] { return rig.gate.arrived() > before; });
  const auto again = rig.submit(a_mail("ann"));
  rig.run_while_commit_waits(1);
  rig.loop.poll();
  CHECK_FALSE(again->has_value());
  rig.gate.open();
  rig.run_until([&] { return again->has_value(); });
  CHECK((*again)->receipt.duplicate);
  CHECK(rig.image->tickets.size() == 1);
}

TEST_CASE("a row that only turns out to be needed is read in another round") {
  auto image = std::make_shared<MemoryImage>();
  Ticket closed;
  closed.id = TicketId{3};
  closed.state = TicketState::closed;
  closed.queue = general;
  Batch rows;
  rows.tickets = {closed};
  KeyRow key;
  key.key = key_of("thread:old");
  key.ticket = closed.id;
  rows.keys = {key};
  rows.counters.next_ticket = 4;
  image->apply(rows);
  Rig rig(image);
  rig.make();
  rig.start();
  const Submission s = rig.settle(by_system(a_mail_from("ann").in_reply_to("old").build()));
  REQUIRE(s.kind == Kind::done);
  CHECK(s.receipt.ticket == TicketId{4});
  CHECK(image->tickets.at(TicketId{4}).linked_to == TicketId{3});
}

TEST_CASE("a failed commit is told to everyone, publishes nothing and ends the taking") {
  Rig rig;
  rig.make();
  rig.start();
  const int before = rig.gate.arrived();
  rig.gate.close();
  rig.store->fail_commit(1, GENERATE(FaultyStore::When::before, FaultyStore::When::after));
  const auto in_flight = rig.submit(a_mail("ann"));
  rig.run_until([&] { return rig.gate.arrived() > before; });
  const auto building = rig.submit(a_mail("bob"));
  rig.run_while_commit_waits(1);
  const auto queued = rig.submit(a_mail("cid"));
  rig.gate.open();
  rig.run_until([&] { return rig.fatal != nullptr; });
  CHECK((*in_flight)->kind == Kind::failed);
  CHECK((*building)->kind == Kind::failed);
  CHECK((*queued)->kind == Kind::failed);
  CHECK(rig.published.empty());
  CHECK_THROWS_AS(std::rethrow_exception(rig.fatal), StoreError);
  CHECK(rig.settle(a_mail("dan")).kind == Kind::failed);
  CHECK_FALSE(rig.core->gateway().accepts_intake());
  CHECK_FALSE(rig.core->ready());
}

TEST_CASE("a job that meets a broken store is as fatal as a failed commit") {
  Rig rig;
  rig.make();
  rig.start();
  TaskGroup tasks(rig.loop.get_executor(), "the test");
  bool thrown = false;
  tasks.spawn([](Rig& r, bool& flag) -> asio::awaitable<void> {
    try {
      co_await r.core->workers().store(
          [](Store&) { throw StoreError(StoreError::Kind::corrupt, "a page is torn"); });
    } catch (const StoreError&) {
      flag = true;
    }
  }(rig, thrown));
  rig.run_until([&] { return rig.fatal && thrown; });
  CHECK(rig.settle(a_mail("ann")).kind == Kind::failed);
}

TEST_CASE("intake is refused while the disk is nearly full, and agents go on") {
  Rig rig;
  rig.make(std::make_shared<Policy>(a_policy()), {}, {});
  rig.start();
  CHECK(rig.core->gateway().accepts_intake());
  rig.stop();

  Rig full(rig.image);
  full.make(std::make_shared<Policy>(a_policy()), {}, [](FaultyStore& s) { s.fill_disk(999); });
  CHECK_FALSE(full.core->gateway().accepts_intake());
  const Submission s = full.settle(a_mail("ann"), Lane::intake);
  CHECK(s.kind == Kind::busy);
  CHECK(s.disk_full);
  CHECK_FALSE(full.core->ready());
  // Refused without a write, so a reader's question is still answered.
  CHECK(full.settle(by_agent(AgentId{9}, AcceptOffer{OfferId{5}})).kind == Kind::refused);
  // The free space is looked at again all the time.
  full.store->empty_disk();
  full.run_until([&] { return full.core->gateway().accepts_intake(); });
  CHECK(full.settle(a_mail("ann"), Lane::intake).kind == Kind::done);
}

TEST_CASE("a full intake queue says busy and takes nothing") {
  Rig rig;
  rig.make();
  rig.start();
  std::vector<std::shared_ptr<std::optional<Submission>>> answers;
  for (std::size_t i = 0; i <= limits::kIntakeQueue; ++i)
    answers.push_back(rig.submit(a_mail("sender " + std::to_string(i))));
  rig.run_until([&] { return answers.back()->has_value(); });
  CHECK((*answers.back())->kind == Kind::busy);
  CHECK_FALSE((*answers.back())->disk_full);
  rig.run_until([&] { return answers.at(limits::kIntakeQueue - 1)->has_value(); });
  CHECK(rig.image->tickets.size() == limits::kIntakeQueue);
}

TEST_CASE("a question is answered after everything decided before it is durable") {
  Rig rig;
  rig.make();
  rig.start();
  const int before = rig.gate.arrived();
  rig.gate.close();
  const auto mail = rig.submit(a_mail("ann"));
  rig.run_until([&] { return rig.gate.arrived() > before; });
  std::optional<Result<Explanation>> answer;
  rig.core->gateway().explain(TicketId{1}, [&](Result<Explanation> e) { answer = std::move(e); });
  rig.loop.poll();
  CHECK_FALSE(answer);
  rig.gate.open();
  rig.run_until([&] { return answer.has_value(); });
  REQUIRE(*answer);
  CHECK((*answer)->queue == general);
  CHECK(mail->has_value());
}

TEST_CASE("a policy is in force for the channels once it is durable") {
  Rig rig;
  rig.make();
  rig.start();
  auto next = std::make_shared<Policy>(a_policy());
  next->version = 2;
  std::optional<Submission> replaced;
  rig.core->replace_policy(next, {{.kind = "queue", .name = "vip", .id = 9}},
                           [&](const Submission& s) { replaced = s; });
  CHECK(rig.core->gateway().policy()->version == 1);
  rig.run_until([&] { return replaced.has_value(); });
  CHECK(rig.core->gateway().policy()->version == 2);
  CHECK(rig.image->names.find("queue", "vip") == 9u);
}

TEST_CASE("ten thousand mails from a hundred coroutines are each there once") {
  Rig rig;
  rig.make();
  rig.start();
  TaskGroup senders(rig.loop.get_executor(), "the senders");
  std::size_t acknowledged = 0;
  for (int sender = 0; sender < 100; ++sender)
    senders.spawn([](Rig& r, int id, std::size_t& count) -> asio::awaitable<void> {
      for (int i = 0; i < 100; ++i) {
        Command mail = a_mail(std::to_string(id) + "." + std::to_string(i));
        const Submission s = co_await r.core->gateway().submit(std::move(mail), Lane::intake);
        if (s.kind == Kind::done && !s.receipt.duplicate) ++count;
      }
    }(rig, sender, acknowledged));
  rig.run_until([&] { return senders.size() == 0; });
  CHECK(acknowledged == 10'000);
  CHECK(rig.image->tickets.size() == 10'000);
  CHECK(rig.core->engine().state().tickets.size() == 10'000);
  // Group commit: a hundred senders who wait for their answer share each commit.
  CHECK(rig.store->commits() < 5'000);
  rig.stop();
}

}  // namespace deskwire
