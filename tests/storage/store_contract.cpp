// SPDX-License-Identifier: Apache-2.0
// The contract of port/store.hpp, kept by every store.
#include <algorithm>
#include <catch2/catch.hpp>
#include <stdexcept>

#include "codec/filled.hpp"
#include "storage/describe.hpp"
#include "storage/sample_desk.hpp"
#include "storage/store_rows.hpp"
#include "storage/stores.hpp"

using namespace deskwire;
namespace {

/// A batch of entities with something in every field; ids are small, as the engine's are.
Batch everything_filled() {
  Batch batch;
  filled::Draw draw(77);
  for (std::uint64_t id = 1; id <= 20; ++id) {
    filled::fill(batch.tickets.emplace_back(), draw);
    batch.tickets.back().id = TicketId{id};
    batch.tickets.back().queue = QueueId{1 + id % 3};
    batch.tickets.back().customer = CustomerId{id};
    batch.tickets.back().agent = AgentId{id % 5};
    filled::fill(batch.agents.emplace_back(), draw);
    batch.agents.back().id = AgentId{id};
    filled::fill(batch.offers.emplace_back(), draw);
    batch.offers.back().id = OfferId{id};
    batch.offers.back().ticket = TicketId{1 + id / 2};
    filled::fill(batch.customers.emplace_back(), draw);
    batch.customers.back().id = CustomerId{id};
    filled::fill(batch.messages.emplace_back(), draw);
    batch.messages.back().id = MessageId{id};
    batch.messages.back().ticket = TicketId{id};
    filled::fill(batch.outbox.emplace_back(), draw);
    batch.outbox.back().message = MessageId{id};
    JournalEntry& entry = batch.journal.emplace_back();
    entry.seq = id;
    entry.at = Instant{static_cast<std::int64_t>(id)};
    entry.actor = {ActorKind::agent, AgentId{id}};
    entry.command = "Command" + std::to_string(id);
    entry.events = filled::every_event(id);
  }
  batch.counters.seq = 20;
  batch.counters.next_ticket = 21;
  batch.counters.next_message = 22;
  batch.counters.next_offer = 23;
  batch.counters.next_customer = 24;
  batch.counters.last_now = Instant{20};
  return batch;
}

bool shows(const TicketFilter& filter, const Ticket& ticket) {
  if (filter.state && ticket.state != *filter.state) return false;
  if (filter.queue && ticket.queue != filter.queue) return false;
  if (filter.customer && ticket.customer != filter.customer) return false;
  if (filter.agent && ticket.agent != filter.agent) return false;
  const bool open = ticket.state != TicketState::closed;
  if (filter.priority && (!open || ticket.priority != *filter.priority)) return false;
  if (filter.snoozed && (!open || bool(ticket.snoozed_until) != *filter.snoozed)) return false;
  if (!filter.tag.empty() && (!open || ticket.tags != std::vector{filter.tag})) return false;
  if (filter.due_before) {
    bool due = false;
    for (const Clock& clock : ticket.clocks)
      if (clock.state == ClockState::running && clock.due_at < filter.due_before) due = true;
    if (!open || !due) return false;
  }
  if (filter.before && ticket.id >= filter.before) return false;
  if (filter.all_visible || (filter.visible_to && ticket.agent == filter.visible_to)) return true;
  return std::ranges::find(filter.visible, ticket.queue) != filter.visible.end();
}

}  // namespace

TEMPLATE_TEST_CASE("a new store is empty and its counters start at 1", "", STORES) {
  TestType on;
  const auto store = on.open();
  const Snapshot snapshot = store->load_snapshot();
  CHECK(snapshot.seq == 0);
  CHECK(snapshot.next_ticket == 1);
  CHECK(snapshot.next_customer == 1);
  CHECK_FALSE(snapshot.last_now);
  CHECK(snapshot.tickets.empty());
  CHECK(store->load_names().ids.empty());
  const auto reader = store->open_reader();
  CHECK(reader->load({}).as_of == 0);
  TicketFilter all;
  all.all_visible = true;
  CHECK(reader->tickets(all).empty());
  CHECK_FALSE(reader->ticket(TicketId{1}));
  CHECK_FALSE(reader->message(MessageId{1}));
  CHECK_FALSE(reader->customer(CustomerId{1}));
  CHECK_FALSE(reader->user("nobody"));
  CHECK_FALSE(reader->session("x"));
  CHECK_FALSE(reader->upload(1));
  CHECK_FALSE(reader->blob(std::string(64, 'a')));
  CHECK_FALSE(reader->blob("../../etc/passwd"));
  CHECK(store->free_bytes() > 0);
}

TEMPLATE_TEST_CASE("every entity is read back as it was written, also after reopening", "",
                   STORES) {
  TestType on;
  auto store = on.open();
  const Batch batch = everything_filled();
  store->commit(batch);
  for (int round = 0; round < 2; ++round) {
    const Snapshot live = store->load_snapshot();
    CHECK(live.seq == 20);
    CHECK(live.next_message == 22);
    CHECK(live.last_now == Instant{20});
    CHECK(live.agents == batch.agents);
    CHECK(live.outbox == batch.outbox);
    std::vector<Ticket> open = batch.tickets;
    std::erase_if(open, [](const Ticket& t) { return t.state == TicketState::closed; });
    CHECK(live.tickets == open);
    CHECK(live.customers.size() == open.size());
    std::vector<Offer> pending = batch.offers;
    std::erase_if(pending, [](const Offer& o) { return o.end != OfferEnd::pending; });
    CHECK(live.offers == pending);

    const auto reader = store->open_reader();
    Needs needs;
    for (std::uint64_t id = 1; id <= 20; ++id) {
      needs.tickets.push_back(TicketId{id});
      needs.customers.push_back(CustomerId{id});
      needs.messages.push_back(MessageId{id});
    }
    const Loaded loaded = reader->load(needs);
    CHECK(loaded.as_of == 20);
    CHECK(loaded.tickets == batch.tickets);
    CHECK(loaded.customers == batch.customers);
    CHECK(loaded.messages == batch.messages);
    const auto journal = reader->journal(0, 100);
    REQUIRE(journal.size() == batch.journal.size());
    for (std::size_t i = 0; i < journal.size(); ++i)
      CHECK(describe(journal[i]) == describe(batch.journal[i]));
    const auto offers = reader->offers(TicketId{3});
    REQUIRE(offers.size() == 2);
    CHECK(offers[0] == batch.offers[4]);
    CHECK(offers[1] == batch.offers[3]);
    store.reset();
    store = on.open();
  }
}

TEMPLATE_TEST_CASE("a desk at work is the same after reopening", "", STORES) {
  TestType on;
  auto store = on.open();
  SampleDesk desk(store->blobs(), {});
  for (std::size_t size = 1; size < 30; ++size) store->commit(desk.work(size));
  const std::string before = describe(*store);
  CHECK(before.size() > 100'000);
  store.reset();
  store = on.open();
  CHECK(describe(*store) == before);
}

TEST_CASE("two kinds of store show the same desk") {
  OnMemory memory;
  OnSqlite sqlite;
  const auto first = memory.open();
  const auto second = sqlite.open();
  SampleDesk on_first(first->blobs(), {.seed = 5, .senders = 9});
  SampleDesk on_second(second->blobs(), {.seed = 5, .senders = 9});
  for (std::size_t size = 1; size < 30; ++size) {
    first->commit(on_first.work(size));
    second->commit(on_second.work(size));
  }
  CHECK(describe(*first) == describe(*second));
}

TEMPLATE_TEST_CASE("a reader sees a batch as soon as its commit returned", "", STORES) {
  TestType on;
  const auto store = on.open();
  const auto reader = store->open_reader();
  for (std::uint64_t id = 1; id <= 5; ++id) {
    Batch batch;
    batch.tickets.push_back(a_ticket(id));
    batch.counters.seq = id;
    store->commit(batch);
    CHECK(reader->ticket(TicketId{id}).has_value());
    CHECK(reader->load({}).as_of == id);
  }
}

TEMPLATE_TEST_CASE("a list shows what its filter asks for, newest first, page by page", "",
                   STORES) {
  TestType on;
  const auto store = on.open();
  filled::Draw draw(3);
  std::vector<Ticket> tickets;
  Batch batch;
  for (std::uint64_t id = 1; id <= 300; ++id) {
    Ticket ticket = a_ticket(id);
    ticket.state = static_cast<TicketState>(draw.below(6));
    ticket.queue = QueueId{1 + draw.below(5)};
    ticket.customer = CustomerId{draw.below(6)};
    ticket.agent = AgentId{draw.below(5)};
    ticket.priority = static_cast<Priority>(draw.below(4));
    if (draw.below(3) == 0) ticket.snoozed_until = Instant{1};
    ticket.tags = {draw.below(2) == 0 ? "vip" : "bug"};
    Clock& clock = ticket.clocks.emplace_back();
    clock.state = draw.below(2) == 0 ? ClockState::running : ClockState::met;
    clock.due_at = Instant{static_cast<std::int64_t>(1 + draw.below(100))};
    batch.tickets.push_back(ticket);
    tickets.push_back(ticket);
  }
  store->commit(batch);
  std::ranges::reverse(tickets);
  const auto reader = store->open_reader();
  for (int i = 0; i < 400; ++i) {
    TicketFilter filter;
    filter.all_visible = draw.below(2) == 0;
    filter.limit = static_cast<std::uint32_t>(draw.below(60));
    if (draw.below(2) == 0) filter.state = static_cast<TicketState>(draw.below(6));
    if (draw.below(3) == 0) filter.queue = QueueId{1 + draw.below(6)};
    if (draw.below(4) == 0) filter.customer = CustomerId{1 + draw.below(6)};
    if (draw.below(4) == 0) filter.agent = AgentId{1 + draw.below(5)};
    if (draw.below(5) == 0) filter.priority = static_cast<Priority>(draw.below(4));
    if (draw.below(6) == 0) filter.snoozed = draw.below(2) == 0;
    if (draw.below(6) == 0) filter.tag = draw.below(3) == 0 ? "none" : "vip";
    if (draw.below(5) == 0)
      filter.due_before = Instant{static_cast<std::int64_t>(1 + draw.below(100))};
    if (draw.below(2) == 0) filter.visible_to = AgentId{1 + draw.below(5)};
    if (draw.below(2) == 0) filter.before = TicketId{1 + draw.below(320)};
    for (std::uint64_t n = draw.below(4); n > 0; --n)
      filter.visible.push_back(QueueId{1 + draw.below(5)});
    std::vector<TicketId> expected;
    for (const Ticket& ticket : tickets) {
      if (shows(filter, ticket) && expected.size() < std::max<std::size_t>(filter.limit, 1))
        expected.push_back(ticket.id);
    }
    std::vector<TicketId> found;
    for (const TicketRow& row : reader->tickets(filter)) found.push_back(row.ticket.id);
    CHECK(found == expected);
  }
}

TEMPLATE_TEST_CASE("a list is never longer than 200", "", STORES) {
  TestType on;
  const auto store = on.open();
  Batch batch;
  for (std::uint64_t id = 1; id <= 250; ++id) batch.tickets.push_back(a_ticket(id));
  store->commit(batch);
  TicketFilter filter;
  filter.all_visible = true;
  filter.limit = 100'000;
  CHECK(store->open_reader()->tickets(filter).size() == 200);
}

TEMPLATE_TEST_CASE("tickets asked for by id come in that order, unknown ones not at all", "",
                   STORES) {
  TestType on;
  const auto store = on.open();
  Batch batch;
  for (std::uint64_t id = 1; id <= 5; ++id) batch.tickets.push_back(a_ticket(id));
  store->commit(batch);
  const auto rows = store->open_reader()->tickets_by_id({TicketId{4}, TicketId{9}, TicketId{1}});
  REQUIRE(rows.size() == 2);
  CHECK(rows[0].ticket.id == TicketId{4});
  CHECK(rows[1].ticket.id == TicketId{1});
}

TEMPLATE_TEST_CASE("a ticket keeps the subject of the message that opened it", "", STORES) {
  TestType on;
  const auto store = on.open();
  Batch first;
  first.tickets.push_back(a_ticket(1));
  first.messages.push_back(a_message(1, 1, 1));
  first.contents.push_back({MessageId{1}, TicketId{1}, true, content_of("Broken", "It is")});
  store->commit(first);
  Batch second;
  second.tickets.push_back(a_ticket(1));
  second.tickets.back().state = TicketState::pending;
  second.messages.push_back(a_message(2, 1, 2));
  second.contents.push_back({MessageId{2}, TicketId{1}, false, content_of("Re: Other", "Still")});
  store->commit(second);
  const auto row = store->open_reader()->ticket(TicketId{1});
  REQUIRE(row);
  CHECK(row->subject == "Broken");
  CHECK(row->ticket.state == TicketState::pending);
}

TEMPLATE_TEST_CASE("a ticket opened without a message has its subject", "", STORES) {
  TestType on;
  const auto store = on.open();
  Batch batch;
  batch.tickets.push_back(a_ticket(1));
  batch.contents.push_back({MessageId{}, TicketId{1}, true, content_of("By phone", "")});
  store->commit(batch);
  const auto reader = store->open_reader();
  CHECK(reader->ticket(TicketId{1})->subject == "By phone");
  CHECK(reader->messages(TicketId{1}, 0, 10).empty());
}

TEMPLATE_TEST_CASE("text of any bytes is kept as it is", "", STORES) {
  TestType on;
  const auto store = on.open();
  std::string text;
  for (int c = 0; c < 256; ++c) text += static_cast<char>(c);
  Batch batch;
  batch.messages.push_back(a_message(1, 1, 1));
  batch.contents.push_back({MessageId{1}, TicketId{1}, false, content_of(text, text + text)});
  store->commit(batch);
  const auto row = store->open_reader()->message(MessageId{1});
  REQUIRE(row);
  CHECK(row->content.subject == text);
  CHECK(row->content.text == text + text);
}

TEMPLATE_TEST_CASE("messages come in the order of their sequence, from where one asks", "",
                   STORES) {
  TestType on;
  const auto store = on.open();
  Batch batch;
  for (const std::uint32_t seq : {3U, 1U, 4U, 2U})
    batch.messages.push_back(a_message(10 + seq, 7, seq));
  batch.messages.push_back(a_message(20, 8, 1));
  store->commit(batch);
  const auto rows = store->open_reader()->messages(TicketId{7}, 1, 2);
  REQUIRE(rows.size() == 2);
  CHECK(rows[0].message.seq == 2);
  CHECK(rows[1].message.seq == 3);
}

TEMPLATE_TEST_CASE("mail without a ticket is listed newest first", "", STORES) {
  TestType on;
  const auto store = on.open();
  Batch batch;
  for (std::uint64_t id = 1; id <= 5; ++id) batch.messages.push_back(a_message(id, id == 3, 0));
  store->commit(batch);
  const auto reader = store->open_reader();
  const auto rows = reader->machine_mail({}, 3);
  REQUIRE(rows.size() == 3);
  CHECK(rows[0].message.id == MessageId{5});
  CHECK(rows[2].message.id == MessageId{2});
  CHECK(reader->machine_mail(MessageId{2}, 3).size() == 1);
  CHECK(reader->messages(TicketId{}, 0, 10).empty());
}

TEMPLATE_TEST_CASE("a delivery changes the message, not its content", "", STORES) {
  TestType on;
  const auto store = on.open();
  Batch batch;
  batch.messages.push_back(a_message(1, 1, 1));
  batch.contents.push_back({MessageId{1}, TicketId{1}, false, content_of("S", "T")});
  OutboxItem item;
  item.message = MessageId{1};
  batch.outbox.push_back(item);
  store->commit(batch);
  Batch later;
  later.messages.push_back(a_message(1, 1, 1));
  later.messages.back().delivery = DeliveryState::sent;
  later.outbox_gone.push_back(MessageId{1});
  store->commit(later);
  const auto row = store->open_reader()->message(MessageId{1});
  CHECK(row->message.delivery == DeliveryState::sent);
  CHECK(row->content.text == "T");
  CHECK(store->load_snapshot().outbox.empty());
}

TEMPLATE_TEST_CASE("keys are found by kind and key; identities bring their customer", "", STORES) {
  TestType on;
  const auto store = on.open();
  Batch batch;
  std::vector<KeyRow> rows;
  for (const KeyKind kind :
       {KeyKind::thread, KeyKind::identity, KeyKind::dedupe, KeyKind::client}) {
    KeyRow row;
    row.kind = kind;
    row.key = {.hi = 0xFFEEDDCCBBAA0099, .lo = 0x8000000000000001};
    row.ticket = TicketId{static_cast<std::uint64_t>(kind) + 1};
    row.message = MessageId{4};
    row.message_seq = 4'000'000'000;
    row.customer = kind == KeyKind::identity ? CustomerId{7} : CustomerId{};
    if (kind == KeyKind::dedupe) row.expires_at = Instant{123};
    rows.push_back(row);
  }
  batch.keys = rows;
  Customer customer;
  customer.id = CustomerId{7};
  batch.customers.push_back(customer);
  store->commit(batch);
  Needs needs;
  for (const KeyRow& row : rows) needs.keys.emplace_back(row.kind, row.key);
  needs.keys.emplace_back(KeyKind::thread, Key{1, 2});
  const Loaded loaded = store->open_reader()->load(needs);
  CHECK(loaded.keys == rows);
  CHECK(loaded.asked.keys == needs.keys);
  REQUIRE(loaded.customers.size() == 1);
  CHECK(loaded.customers[0].id == CustomerId{7});
}

TEMPLATE_TEST_CASE("a key that ran out is forgotten, others stay", "", STORES) {
  TestType on;
  const auto store = on.open();
  Batch batch;
  Needs needs;
  for (std::uint64_t i = 0; i < 30; ++i) {
    KeyRow row;
    row.kind = static_cast<KeyKind>(i % 4);
    row.key = {.hi = i, .lo = 5};
    if (i % 2 == 0 && i % 4 >= 2) row.expires_at = i < 15 ? kLater - seconds(1) : kLater + days(1);
    batch.keys.push_back(row);
    needs.keys.emplace_back(row.kind, row.key);
  }
  store->commit(batch);
  keep_house(*store, kLater);
  std::erase_if(batch.keys, [](const KeyRow& row) { return row.expires_at <= kLater; });
  CHECK(batch.keys.size() == 26);
  CHECK(store->open_reader()->load(needs).keys == batch.keys);
}

TEMPLATE_TEST_CASE("a customer goes by the first name seen, else by the first address", "",
                   STORES) {
  TestType on;
  const auto store = on.open();
  const auto identity = [](std::uint64_t key, const char* value, const char* name) {
    return IdentityRow{
        {.key = {.hi = 9 - key, .lo = 1}, .kind = "email", .value = value, .name = name},
        CustomerId{1}};
  };
  Batch batch;
  batch.tickets.push_back(a_ticket(1));
  batch.identities = {identity(1, "first@example.net", ""), identity(2, "second@example.net", "")};
  batch.counters.seq = 1;
  store->commit(batch);
  const auto reader = store->open_reader();
  CHECK(reader->ticket(TicketId{1})->customer_name == "first@example.net");
  Batch later;
  later.identities = {identity(3, "third@example.net", "Ann"),
                      identity(2, "second@example.net", "Bea")};
  later.counters.seq = 2;
  store->commit(later);
  CHECK(reader->ticket(TicketId{1})->customer_name == "Bea");
  Batch nameless;
  nameless.identities = {identity(2, "second@example.net", "")};
  nameless.counters.seq = 3;
  store->commit(nameless);
  CHECK(reader->ticket(TicketId{1})->customer_name == "Bea");
  const auto all = reader->identities(CustomerId{1});
  REQUIRE(all.size() == 3);
  CHECK(all[0].value == "first@example.net");
  CHECK(all[1].name == "Bea");
  CHECK(all[2].key == Key{.hi = 6, .lo = 1});
}
