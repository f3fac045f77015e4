// SPDX-License-Identifier: Apache-2.0
// The contract of port/store.hpp for what happened: the journal, a ticket's history, a customer's
// timeline.
#include <catch2/catch.hpp>

#include "deskwire/domain/history.hpp"
#include "storage/sample_desk.hpp"
#include "storage/store_rows.hpp"
#include "storage/stores.hpp"

using namespace deskwire;

TEMPLATE_TEST_CASE("a ticket's history is the journal rows that tell of it, newest first", "",
                   STORES) {
  TestType on;
  const auto store = on.open();
  Batch batch;
  batch.tickets = {a_ticket(1), a_ticket(2)};
  const auto row = [&](std::vector<Event> events) {
    JournalEntry& entry = batch.journal.emplace_back();
    entry.seq = batch.journal.size();
    entry.at = Instant{1000 * static_cast<std::int64_t>(entry.seq)};
    entry.command = "Tick";
    entry.events = std::move(events);
  };
  row({PriorityChanged{TicketId{1}, Priority::high, {}},
       TicketTagged{TicketId{1}, {"vip"}, {}, {}}});
  row({PriorityChanged{TicketId{2}, Priority::high, {}}});
  row({TicketReranked{TicketId{1}, 7}});
  row({TicketStateChanged{TicketId{1}, TicketState::assigned, TicketState::pending, "", {}}});
  row(std::vector<Event>(kToldEvents + 1, PriorityChanged{TicketId{1}, Priority::low, {}}));
  batch.counters.seq = batch.journal.size();
  store->commit(batch);
  const auto reader = store->open_reader();
  const auto seqs = [&](std::uint64_t before, std::uint32_t limit) {
    std::vector<std::uint64_t> out;
    for (const JournalEntry& entry : reader->history(TicketId{1}, before, limit))
      out.push_back(entry.seq);
    return out;
  };
  CHECK(seqs(0, 10) == std::vector<std::uint64_t>{4, 1});
  CHECK(seqs(4, 10) == std::vector<std::uint64_t>{1});
  CHECK(seqs(0, 1) == std::vector<std::uint64_t>{4});
  CHECK(reader->history(TicketId{1}, 0, 10).back().events.size() == 2);
  // What changed no state is in no customer's timeline.
  CHECK(reader->timeline(a_ticket(1).customer, {}, 10).size() == 3);
}

TEMPLATE_TEST_CASE("a timeline joins messages, tickets and state changes, newest first", "",
                   STORES) {
  TestType on;
  const auto store = on.open();
  Batch batch;
  batch.tickets.push_back(a_ticket(1));
  batch.tickets.push_back(a_ticket(2));
  batch.tickets[1].created_at = Instant{5000};
  batch.tickets.push_back(a_ticket(3));
  batch.tickets[2].customer = CustomerId{2};
  batch.messages = {a_message(1, 1, 1), a_message(2, 3, 1)};
  batch.contents = {{MessageId{1}, TicketId{1}, true, content_of("One", std::string(250, 'x'))},
                    {MessageId{}, TicketId{2}, true, content_of("Two", "")}};
  JournalEntry& entry = batch.journal.emplace_back();
  entry.seq = 1;
  TicketStateChanged change;
  change.ticket = TicketId{1};
  change.from = TicketState::queued;
  change.to = TicketState::on_hold;
  change.at = Instant{3000};
  entry.events.emplace_back(change);
  batch.counters.seq = 1;
  store->commit(batch);
  const auto reader = store->open_reader();
  const auto rows = reader->timeline(CustomerId{1}, {}, 10);
  REQUIRE(rows.size() == 4);
  CHECK(rows[0].text == "Two");
  CHECK(rows[1].text == "queued to on_hold");
  CHECK(rows[1].kind == TimelineRow::Kind::event);
  CHECK(rows[2].text == std::string(200, 'x'));
  CHECK(rows[2].message == MessageId{1});
  CHECK(rows[2].direction == batch.messages[0].direction);
  CHECK(rows[2].author_kind == batch.messages[0].author_kind);
  CHECK(rows[2].author == batch.messages[0].author);
  CHECK(rows[3].text == "One");
  const auto before = reader->timeline(CustomerId{1}, Instant{3000}, 1);
  REQUIRE(before.size() == 1);
  CHECK(before[0].message == MessageId{1});
}

TEMPLATE_TEST_CASE("the journal is read from where one asks, so many rows", "", STORES) {
  TestType on;
  const auto store = on.open();
  SampleDesk desk(store->blobs(), {});
  store->commit(desk.mails(20));
  const auto reader = store->open_reader();
  const auto rows = reader->journal(5, 3);
  REQUIRE(rows.size() == 3);
  CHECK(rows[0].seq == 6);
  CHECK(rows[2].seq == 8);
  CHECK(reader->journal(20, 100).empty());
}
