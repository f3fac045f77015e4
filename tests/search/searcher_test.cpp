// SPDX-License-Identifier: Apache-2.0
// What is found, in which order, by whom, and what is shown of it.
#include <catch2/catch.hpp>

#include "search/index_rig.hpp"

using namespace deskwire;
using namespace deskwire::test;
using search::FoundIn;

namespace {

std::string shown(const search::Found& found) {
  std::string out;
  for (const search::SnippetPart& part : found.snippet)
    out += part.hit ? "[" + part.text + "]" : part.text;
  return out;
}

struct Started : IndexRig {
  Started() { start(); }
  std::string found(const std::string& text) {
    settle();
    return tickets(text);
  }
  search::Found first(const std::string& text) {
    settle();
    const search::Page page = find(text);
    REQUIRE_FALSE(page.found.empty());
    return page.found.front();
  }
};

SearchFilter with(SearchFilter::Field field, std::uint64_t value, bool negated = false) {
  return {.values = {{field, value}}, .tags = {}, .negated = negated};
}

}  // namespace

TEST_CASE("three languages are found with and without marks") {
  Started rig;
  rig.desk.ask("Tôi muốn xuất hóa đơn đỏ cho đơn hàng");
  rig.desk.ask("我要申请退款，订单还没有收到");
  rig.desk.ask("My parcel has not arrived");
  rig.desk.ask("toi muon doi dia chi giao hang");
  CHECK(rig.found("hoa don do ") == "1");
  CHECK(rig.found("hóa đơn đỏ ") == "1");
  CHECK(rig.found("HÓA ĐƠN") == "1");
  CHECK(rig.found("muốn ") == "1 4");
  CHECK(rig.found("退款") == "2");
  CHECK(rig.found("款") == "2");
  CHECK(rig.found("收到") == "2");
  CHECK(rig.found("到") == "2");
  CHECK(rig.found("退订").empty());
  CHECK(rig.found("parc") == "3");
  CHECK(rig.found("parc ").empty());
  CHECK(rig.found("arrived parcel ") == "3");
}

TEST_CASE("words may be spread over messages, subject and customer of one ticket") {
  Started rig;
  const TicketId id = rig.desk.open("Shipping question", "kim", QueueId{1}, Channel::chat);
  rig.desk.say(id, "hello");
  rig.desk.say(id, "it is about order 991");
  rig.desk.say(id, "the box was damaged");
  CHECK(rig.found("shipping damaged 991 kim ") == "1");
  CHECK(rig.found("\"damaged 991\" ").empty());
  CHECK(rig.found("\"991 the\" ").empty());
}

TEST_CASE("a long chat is found at the right message") {
  Started rig;
  const TicketId id = rig.desk.open("Chat", "kim", QueueId{1}, Channel::chat);
  MessageId wanted;
  for (int i = 0; i < 100; ++i) {
    const MessageId said =
        rig.desk.say(id, i == 50 ? "the needle is here" : "hay " + std::to_string(i));
    if (i == 50) wanted = said;
  }
  const search::Found found = rig.first("needle ");
  CHECK(found.field == FoundIn::message);
  CHECK(found.message == wanted);
  CHECK(shown(found) == "the [needle] is here");
}

TEST_CASE("it is said where the words were found") {
  Started rig;
  const TicketId id = rig.desk.open("Broken lamp", "kim");
  rig.desk.say(id, "It does not work.\n\nsee the picture", Direction::in, {"Đèn hỏng.jpg"});
  rig.desk.say(id, "look at the warranty", Direction::note);
  CHECK(rig.first("lamp ").field == FoundIn::subject);
  CHECK(shown(rig.first("lamp ")) == "Broken [lamp]");
  CHECK(shown(rig.first("work picture ")) == "It does not [work]. see the [picture]");
  CHECK(shown(rig.first("warranty ")) == "look at the [warranty]");
  CHECK(rig.first("from:kim ").field == FoundIn::customer);
  CHECK(shown(rig.first("kim@example.test")) == "kim, [kim@example.test]");
  CHECK(shown(rig.first("den hong ")) == "[Đèn] [hỏng].jpg");
  CHECK(rig.first("#1").field == FoundIn::id);
}

TEST_CASE("the quoted part of a mail is not what its author said") {
  Started rig;
  rig.desk.ask("Thank you!\n\nOn Mon, 2 Mar 2026, Desk wrote:\n> please send the serialnumber\n");
  CHECK(rig.found("thank ") == "1");
  CHECK(rig.found("serialnumber ").empty());
}

TEST_CASE("what is asked with marks comes first where it is written so") {
  Started rig;
  rig.desk.ask("ban bán bạn");
  rig.desk.ask("bàn bàn bàn");
  rig.desk.ask("ban ban ban");
  CHECK(rig.found("bàn ").starts_with("2"));
  CHECK(rig.find("bàn ").found.size() == 3);
}

TEST_CASE("newer tickets come first among equals, and a subject counts more than a text") {
  Started rig;
  rig.desk.now = kNoon - days(800);
  rig.desk.ask("refund please");
  rig.desk.now = kNoon;
  rig.desk.ask("refund please");
  CHECK(rig.found("refund ") == "2 1");
  rig.desk.now = kNoon - days(10);
  rig.desk.open("refund", "lan");
  CHECK(rig.found("refund ").starts_with("3"));
}

TEST_CASE("numbers of tickets and of telephones are exact") {
  Started rig;
  for (int i = 0; i < 12; ++i) rig.desk.ask("call me: 0912.345.67" + std::to_string(i % 10));
  CHECK(rig.found("#11") == "11");
  CHECK(rig.found("#11 -call ").empty());
  CHECK(rig.found("#99").empty());
  CHECK(rig.found("+84 912 345 675") == "6");
  const search::Page page = rig.find("0912345670");
  CHECK(rig.ids(page) == "11 1");
  CHECK(shown(page.found.front()) == "call me: [0912.345.670]");
}

TEST_CASE("a dash leaves tickets out, whatever message says so") {
  Started rig;
  const TicketId first = rig.desk.ask("refund");
  rig.desk.ask("refund");
  rig.desk.say(first, "it was paid", Direction::note);
  CHECK(rig.found("refund -paid ") == "2");
  CHECK(rig.found("-paid ") == "2");
}

TEST_CASE("filters go with words or alone") {
  Started rig;
  const TicketId first = rig.desk.ask("refund");
  rig.desk.ask("refund");
  rig.desk.change(first, [](Ticket& ticket) {
    ticket.state = TicketState::resolved;
    ticket.agent = AgentId{7};
  });
  rig.settle();
  rig.filters = {
      with(SearchFilter::Field::state, static_cast<std::uint64_t>(TicketState::resolved))};
  CHECK(rig.tickets("refund ") == "1");
  CHECK(rig.tickets("") == "1");
  rig.filters = {with(SearchFilter::Field::agent, 7, true)};
  CHECK(rig.tickets("refund ") == "2");
  rig.filters = {{.values = {}, .tags = {"it's"}, .negated = false}};
  CHECK(rig.tickets("refund ").empty());
}

TEST_CASE("tickets of others are left out, and pages are full nonetheless") {
  Started rig;
  for (std::uint64_t i = 0; i < 30; ++i) {
    const TicketId id = rig.desk.open("refund", "kim", QueueId{i % 3 + 1});
    if (i == 1) rig.desk.change(id, [](Ticket& ticket) { ticket.agent = AgentId{5}; });
  }
  rig.settle();
  std::vector<std::string> seen;
  std::string after;
  do {
    const search::Page page = rig.find("refund ", 4, after, {QueueId{1}}, AgentId{5});
    after = page.next;
    CHECK((page.found.size() == 4 || after.empty()));
    CHECK_FALSE(page.found.empty());
    for (const search::Found& one : page.found) {
      CHECK((one.ticket.ticket.queue == QueueId{1} || one.ticket.ticket.agent == AgentId{5}));
      seen.push_back(std::to_string(one.ticket.ticket.id.value));
    }
  } while (!after.empty());
  CHECK(seen.size() == 11);
  std::ranges::sort(seen);
  CHECK(std::ranges::unique(seen).empty());
}

TEST_CASE("pages neither repeat nor lose a ticket while others come in or go away") {
  Started rig;
  for (int i = 0; i < 10; ++i) rig.desk.ask("refund");
  rig.settle();
  const search::Page first = rig.find("refund ", 4);
  rig.desk.ask("refund refund refund");
  {
    const std::lock_guard lock(rig.store.image()->mutex);
    rig.store.image()->tickets.erase(TicketId{5});
  }
  rig.settle();
  const search::Page second = rig.find("refund ", 4, first.next);
  const search::Page third = rig.find("refund ", 4, second.next);
  CHECK(rig.ids(first) == "10 9 8 7");
  CHECK(rig.ids(second) == "6 4 3 2");
  CHECK(rig.ids(third) == "1");
  CHECK(third.next.empty());
  CHECK(rig.ids(rig.find("refund ", 4, "no such place")).starts_with("11"));
  CHECK(rig.ids(rig.find("refund ", 4, "999.4")).size() > 0);
}

TEST_CASE("a question without anything in it finds everything one may see") {
  Started rig;
  for (int i = 0; i < 3; ++i) rig.desk.ask("refund");
  CHECK(rig.found("") == "3 2 1");
  CHECK(rig.found("-- !? ") == "3 2 1");
}

TEST_CASE("when the time is up the answer says so") {
  Started rig;
  rig.searching.find_within = std::chrono::milliseconds(0);
  rig.searching.show_within = std::chrono::milliseconds(0);
  for (int i = 0; i < 50; ++i) rig.desk.ask("refund");
  rig.settle();
  const search::Page page = rig.find("refund ");
  CHECK_FALSE(page.complete);
  CHECK(page.found.size() < 50);
  for (const search::Found& one : page.found) CHECK(one.field == FoundIn::subject);
}

TEST_CASE("no question is an error of the index") {
  Started rig;
  rig.desk.ask("refund NEAR AND OR NOT");
  rig.settle();
  for (const char* text :
       {"NEAR(", "AND", "\"", "'", "a OR", "* ^ -", "text:x", "{a b}:c", "a + b", "\\", "x'y''z",
        "-'", "from:'", "\xff\xfe", "((((", "a AND NOT", "退*", "NOT refund "}) {
    CAPTURE(text);
    CHECK_NOTHROW(rig.find(text));
  }
  std::string most;
  for (int i = 0; i < 40; ++i) most += (i % 3 == 0 ? "-" : "") + std::string("mấy 0912345678 ");
  CHECK(rig.find(most).found.empty());
  CHECK(rig.indexer->rebuilds() == 1);
  CHECK(rig.tickets("near and ") == "1");
}
