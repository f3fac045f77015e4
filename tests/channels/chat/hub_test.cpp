// SPDX-License-Identifier: Apache-2.0
// Conversations over a real socket and a desk in memory.
#include <chrono>
#include <numeric>
#include <thread>

#include "channels/chat/past.hpp"
#include "chat_office.hpp"
#include "storage/memory/memory_store.hpp"

using namespace deskwire;
using namespace deskwire::test;
namespace json = boost::json;

namespace {

std::vector<std::int64_t> numbers(std::int64_t from, std::int64_t to) {
  std::vector<std::int64_t> out(static_cast<std::size_t>(to - from + 1));
  std::iota(out.begin(), out.end(), from);
  return out;
}

Command by(AgentId agent, decltype(Command::body) body) {
  return {.actor = {.kind = ActorKind::agent, .agent = agent}, .body = std::move(body)};
}

SendReply a_reply(TicketId ticket, const std::string& text) {
  SendReply out;
  out.ticket = ticket;
  auto content = std::make_shared<MessageContent>();
  content->text = text;
  out.content = std::move(content);
  return out;
}

TicketId newest(ChatOffice& office) {
  return office.desk().on_loop([&] {
    TicketId out;
    for (const auto& [id, ticket] : office.desk().core().engine().state().tickets)
      out = std::max(out, id);
    return out;
  });
}

std::vector<std::int64_t> resumed(ChatClient& client, const std::string& token,
                                  std::int64_t after) {
  std::vector<std::int64_t> out;
  for (;;) {
    const json::object page = client.call("chat.resume", {{"token", token}, {"after", after}});
    for (const json::value& event : page.at("events").as_array())
      out.push_back(event.at("seq").as_int64());
    after = page.at("seq").as_int64();
    if (!page.at("more").as_bool()) return out;
  }
}

}  // namespace

TEST_CASE("a conversation counts on over follow-ups, and is resumed from any point of them") {
  ChatOffice office(milliseconds(1));
  ChatClient visitor(office.port());
  const std::string token = visitor.start();
  std::vector<TicketId> chain;
  for (std::int64_t part = 0; part < 4; ++part) {
    CHECK(visitor.say("part " + std::to_string(part)) == part * 3 + 1);
    chain.push_back(newest(office));
    CHECK(office.desk().submit(by(ann, ClaimTicket{chain.back()})).kind == Submission::Kind::done);
    office.desk().submit(by(ann, a_reply(chain.back(), "answer")));
    CHECK(visitor.say("and " + std::to_string(part)) == part * 3 + 3);
    office.desk().submit(by(ann, ResolveTicket{chain.back(), ""}));
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
    office.desk().submit({.actor = {}, .body = Tick{}});
  }
  CHECK(std::set<TicketId>(chain.begin(), chain.end()).size() == 4);
  CHECK(visitor.until(12) == numbers(1, 12));
  for (std::int64_t after = 0; after <= 12; ++after) {
    ChatClient back(office.port());
    CHECK(resumed(back, token, after) == numbers(after + 1, 12));
  }
}

TEST_CASE("who is told what happens is told on when a call came to nothing") {
  ChatOffice office;
  ChatClient visitor(office.port()), tab(office.port());
  const std::string token = visitor.start();
  tab.call("chat.resume", {{"token", token}, {"after", 0}});
  visitor.say("one");
  office.workers().busy = true;
  CHECK(tab.error("chat.resume", {{"token", token}, {"after", 0}}) == -32050);
  CHECK(tab.error("chat.send", {{"client_id", "two"}, {"text", "two"}}) == -32050);
  office.workers().busy = false;
  CHECK(tab.say("two") == 2);
  CHECK(visitor.say("three") == 3);
  CHECK(tab.until(3) == numbers(1, 3));
  CHECK(visitor.until(3) == numbers(1, 3));
}

TEST_CASE("busy readers cost an answer its author's name, never the answer") {
  ChatOffice office;
  ChatClient visitor(office.port());
  visitor.start();
  visitor.say("hello");
  const TicketId ticket = newest(office);
  office.desk().submit(by(ann, ClaimTicket{ticket}));
  office.workers().busy = true;
  office.desk().submit(by(ann, a_reply(ticket, "one")));
  office.desk().submit(by(ann, a_reply(ticket, "two")));
  CHECK(visitor.until(3) == numbers(1, 3));
  office.workers().busy = false;
}

TEST_CASE("a visitor who comes back while answers are written misses none") {
  ChatOffice office;
  std::string token;
  {
    ChatClient visitor(office.port());
    token = visitor.start();
    visitor.say("hello");
  }
  const TicketId ticket = newest(office);
  office.desk().submit(by(ann, ClaimTicket{ticket}));
  std::thread agent([&] {
    for (int n = 0; n < 150; ++n)
      office.desk().submit(by(ann, a_reply(ticket, "answer " + std::to_string(n))));
  });
  // Each comes, hears one more and goes: what `start` says to be the last is where events begin.
  bool whole = true;
  for (std::int64_t last = 0; last < 150 && whole;) {
    ChatClient visitor(office.port());
    const std::int64_t begin = visitor.call("chat.start", {{"token", token}}).at("seq").as_int64();
    if (begin < 151) whole = visitor.until(begin + 1) == numbers(begin + 1, begin + 1);
    ChatClient back(office.port());
    const std::vector<std::int64_t> got = resumed(back, token, last);
    whole = whole && !got.empty() && got == numbers(last + 1, got.back());
    if (!got.empty()) last = got.back();
  }
  agent.join();
  CHECK(whole);
}

TEST_CASE("a page that was only looked at leaves nothing behind") {
  ChatOffice office;
  for (int n = 0; n < 20; ++n) {
    ChatClient visitor(office.port());
    visitor.start();
  }
  for (int n = 0; n < 200 && office.visits() > 0; ++n)
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  CHECK(office.visits() == 0);
  CHECK(newest(office) == TicketId{});
}

TEST_CASE("a place that is gone ends its visits, one that changed holds at once") {
  ChatOffice office;
  ChatClient visitor(office.port());
  visitor.start();
  visitor.say("one");
  chat::Settings slower = ChatOffice::places();
  slower.places.front().messages_per_minute = 1;
  office.reload(slower);
  CHECK(visitor.say("two") == 2);
  CHECK(visitor.error("chat.send", {{"client_id", "three"}, {"text", "three"}}) == -32029);
  chat::Settings none;
  office.reload(none);
  visitor.socket.send_text(R"({"jsonrpc":"2.0","id":99,"method":"chat.state"})");
  CHECK(visitor.socket.read_close() == 1008);
}

TEST_CASE("the past is read from where it begins, in pages") {
  ChatOffice office;
  ChatClient visitor(office.port());
  const std::string token = visitor.start();
  for (int n = 1; n <= 450; ++n) visitor.say(std::to_string(n));
  for (const std::int64_t after : {0, 1, 199, 200, 201, 249, 250, 449, 450}) {
    ChatClient back(office.port());
    CHECK(resumed(back, token, after) == numbers(after + 1, 450));
  }
  ChatClient ahead(office.port());
  const json::object page = ahead.call("chat.resume", {{"token", token}, {"after", 1'000}});
  CHECK(page.at("seq") == 450);
  CHECK(visitor.say("more") == 451);
  CHECK(ahead.until(451) == numbers(451, 451));
}
