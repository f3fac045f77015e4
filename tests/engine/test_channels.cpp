// SPDX-License-Identifier: Apache-2.0
// What text messages, calls and chats ask of the engine beside what mails do.
#include "support/world.hpp"

using namespace deskwire;
using namespace deskwire::test;

namespace {

constexpr ChannelId texts{3}, phone_line{4}, web{5};

Policy with_channels() {
  Policy policy = a_policy();
  const auto add = [&](ChannelId id, const char* name, Channel channel) {
    ChannelPolicy address = an_address(id, name, general);
    address.channel = channel;
    policy.channels.push_back(address);
  };
  add(texts, "texts", Channel::sms);
  add(phone_line, "pbx", Channel::voice);
  add(web, "web", Channel::chat);
  return policy;
}

/// From one person on one channel: everything they write there is one conversation.
ReceiveMessage from(Channel channel, ChannelId to, const std::string& who, const std::string& id) {
  ReceiveMessage m;
  m.channel = channel;
  m.addressed = {to};
  m.sender = {key_of("id:" + who), "phone", who, ""};
  m.references = {key_of("conversation:" + who)};
  m.dedupe = key_of("provider:" + id);
  m.content = text("hello " + id);
  return m;
}
ReceiveMessage a_text(const std::string& who, const std::string& id) {
  return from(Channel::sms, texts, who, id);
}
ReceiveMessage a_chat(const std::string& who, const std::string& id) {
  return from(Channel::chat, web, who, id);
}

SendReply answer_to(TicketId ticket) {
  SendReply reply;
  reply.ticket = ticket;
  reply.content = text("here you are");
  return reply;
}

ReceiveMessage stop_from(const std::string& who, Consent consent, const std::string& id) {
  ReceiveMessage m = a_text(who, id);
  m.machine = Machine::keyword;
  m.consent = consent;
  return m;
}

}  // namespace

TEST_CASE("texts of one number are one conversation, and so is what follows its end") {
  World w(with_channels());
  const AgentId agent = w.someone();
  const TicketId id = w.receive(a_text("+1", "a")).receipt.ticket;
  CHECK(w.receive(a_text("+1", "b")).receipt.ticket == id);
  CHECK(w.receive(a_text("+2", "c")).receipt.ticket != id);
  CHECK(w.receive(a_text("+1", "a")).receipt.duplicate);
  w.by(agent, ClaimTicket{id});
  w.by(agent, ResolveTicket{id, ""});
  w.pass(days(8));
  const TicketId next = w.receive(a_text("+1", "d")).receipt.ticket;
  CHECK(next != id);
  CHECK(w.ticket(next).linked_to == id);
  CHECK(w.receive(a_text("+1", "e")).receipt.ticket == next);
}

TEST_CASE("STOP is kept, opens nothing and forbids an answer until START") {
  World w(with_channels());
  const AgentId agent = w.someone();
  const TicketId id = w.receive(a_text("+1", "a")).receipt.ticket;
  w.by(agent, ClaimTicket{id});
  const Applied stop = w.receive(stop_from("+1", Consent::withdrawn, "b"));
  CHECK(stop.receipt.ticket == id);
  REQUIRE(all<ConsentChanged>(stop).size() == 1);
  CHECK(refused(w.by(agent, answer_to(id)), Refusal::opted_out));
  CreateTicket anew;
  anew.channel_name = texts;
  anew.to = a_text("+1", "").sender;
  anew.content = text("are you sure?");
  CHECK(refused(w.by(agent, anew), Refusal::opted_out));
  w.receive(stop_from("+1", Consent::granted, "c"));
  CHECK(w.by(agent, answer_to(id)).kind == Applied::Kind::done);
}

TEST_CASE("what the desk says by itself is sent once, takes no ticket and stops no clock") {
  World w(with_channels());
  const TicketId id = w.receive(a_text("+1", "a")).receipt.ticket;
  SendReply words = answer_to(id);
  words.client_key = key_of("help of +1");
  const Applied said = w.system(words);
  REQUIRE(all<ReplySent>(said).size() == 1);
  CHECK(all<ReplySent>(said)[0].message.author_kind == AuthorKind::system);
  CHECK(all<ClockChanged>(said).empty());
  CHECK(w.ticket(id).state == TicketState::queued);
  CHECK(w.system(words).receipt.duplicate);
  w.receive(stop_from("+1", Consent::withdrawn, "b"));
  CHECK(refused(w.system(answer_to(id)), Refusal::opted_out));
}

TEST_CASE("STOP from somebody unknown is remembered without a ticket") {
  World w(with_channels());
  const AgentId agent = w.someone();
  const Applied stop = w.receive(stop_from("+9", Consent::withdrawn, "a"));
  CHECK_FALSE(stop.receipt.ticket);
  const TicketId id = w.receive(a_text("+9", "b")).receipt.ticket;
  w.by(agent, ClaimTicket{id});
  CHECK(refused(w.by(agent, answer_to(id)), Refusal::opted_out));
}

TEST_CASE("receipts name a message by the provider's id and only move it forward") {
  World w(with_channels());
  const AgentId agent = w.someone();
  const TicketId id = w.receive(a_text("+1", "a")).receipt.ticket;
  w.by(agent, ClaimTicket{id});
  const MessageId reply = w.by(agent, answer_to(id)).receipt.message;
  const auto report = [&](MessageId message, Key key, DeliveryState state) {
    RecordDelivery r;
    r.message = message;
    r.provider_key = key;
    r.state = state;
    return w.system(r);
  };
  const Key sid = key_of("SM1");
  CHECK(refused(report({}, sid, DeliveryState::delivered), Refusal::no_such_message));
  w.system(StartSend{reply});
  report(reply, sid, DeliveryState::sent);
  CHECK(all<DeliveryRecorded>(report({}, sid, DeliveryState::delivered)).size() == 1);
  CHECK(report({}, sid, DeliveryState::sent).events.empty());
  CHECK(report({}, sid, DeliveryState::delivered).events.empty());
  CHECK(all<DeliveryRecorded>(report({}, sid, DeliveryState::failed)).size() == 1);
  CHECK(report({}, sid, DeliveryState::delivered).events.empty());
}

TEST_CASE("a receipt that overtakes the send's own answer wins, and the id is still learned") {
  World w(with_channels());
  const AgentId agent = w.someone();
  const TicketId id = w.receive(a_text("+1", "a")).receipt.ticket;
  w.by(agent, ClaimTicket{id});
  const MessageId reply = w.by(agent, answer_to(id)).receipt.message;
  w.system(StartSend{reply});
  RecordDelivery delivered;
  delivered.message = reply;
  delivered.state = DeliveryState::delivered;
  w.system(delivered);
  RecordDelivery sent;
  sent.message = reply;
  sent.provider_key = key_of("SM1");
  CHECK(w.system(sent).events.empty());
  RecordDelivery failed;
  failed.provider_key = key_of("SM1");
  failed.state = DeliveryState::failed;
  CHECK(all<DeliveryRecorded>(w.system(failed)).size() == 1);
}

TEST_CASE("a call that was taken is its agent's at once, answered, and weighs a whole agent") {
  Policy policy = with_channels();
  policy.slas = {a_sla()};
  World w(policy);
  const AgentId agent = w.someone();
  ReceiveMessage call = from(Channel::voice, phone_line, "+1", "call");
  call.answered_by = agent;
  const Applied applied = w.receive(call);
  const Ticket& ticket = w.ticket(applied.receipt.ticket);
  CHECK(ticket.state == TicketState::assigned);
  CHECK(ticket.agent == agent);
  CHECK(ticket.queue == general);
  CHECK(w.state().load_percent(agent) == 100);
  CHECK(all<OfferMade>(applied).empty());
  CHECK(all<TicketQueued>(applied).empty());
  const auto answered = std::ranges::find(ticket.clocks, Metric::first_response, &Clock::metric);
  CHECK(answered->state == ClockState::met);
}

TEST_CASE("a call on an open ticket comes to whoever took it") {
  World w(with_channels());
  const AgentId first = w.someone(), second = w.someone();
  const TicketId id = w.receive(from(Channel::voice, phone_line, "+1", "one")).receipt.ticket;
  w.by(first, ClaimTicket{id});
  ReceiveMessage call = from(Channel::voice, phone_line, "+1", "two");
  call.answered_by = second;
  CHECK(w.receive(call).receipt.ticket == id);
  CHECK(w.ticket(id).agent == second);
  CHECK(w.state().load_percent(first) == 0);
}

TEST_CASE("a call taken by someone who is not there waits like any other") {
  World w(with_channels());
  ReceiveMessage call = from(Channel::voice, phone_line, "+1", "call");
  call.answered_by = AgentId{99};
  CHECK(w.ticket(w.receive(call).receipt.ticket).state == TicketState::queued);
}

TEST_CASE("what a visitor sees is counted from one over follow-ups, and notes are not") {
  World w(with_channels());
  const AgentId agent = w.someone();
  const Applied first = w.receive(a_chat("v", "a"));
  const TicketId id = first.receipt.ticket;
  const auto number = [](const Applied& applied) {
    for (const Message& m : applied.messages) return m.visible_seq;
    return 99U;
  };
  CHECK(number(first) == 1);
  w.by(agent, ClaimTicket{id});
  CHECK(number(w.by(agent, AddNote{id, {}, {}, text("hm")})) == 0);
  CHECK(number(w.by(agent, answer_to(id))) == 2);
  CHECK(number(w.receive(a_chat("v", "b"))) == 3);
  w.by(agent, ResolveTicket{id, ""});
  w.pass(days(8));
  const Applied next = w.receive(a_chat("v", "c"));
  CHECK(next.receipt.ticket != id);
  CHECK(number(next) == 4);
}

TEST_CASE("a mail that answers a closed chat goes on as the chat") {
  World w(with_channels());
  const AgentId agent = w.someone();
  const TicketId id = w.receive(a_chat("v", "a")).receipt.ticket;
  w.by(agent, ClaimTicket{id});
  w.by(agent, ResolveTicket{id, ""});
  w.pass(days(8));
  ReceiveMessage mail = a_chat("v", "m");
  mail.channel = Channel::email;
  mail.addressed = {support_address};
  const Applied next = w.receive(mail);
  CHECK(w.ticket(next.receipt.ticket).channel == Channel::chat);
  CHECK(w.ticket(next.receipt.ticket).channel_name == web);
  REQUIRE(next.messages.size() == 1);
  CHECK(next.messages.front().visible_seq == 2);
  CHECK(w.receive(a_chat("v", "b")).messages.front().visible_seq == 3);
}

TEST_CASE("an address bound to a customer brings their other channel's matters to them") {
  World w(with_channels());
  const AgentId agent = w.someone();
  const TicketId mail = w.receive(a_mail_from("ann")).receipt.ticket;
  const CustomerId ann = w.ticket(mail).customer;
  BindIdentity bind{ann, a_text("+1", "").sender};
  CHECK(all<IdentityBound>(w.by(agent, bind)).size() == 1);
  CHECK(w.by(agent, bind).events.empty());
  CHECK(w.ticket(w.receive(a_text("+1", "a")).receipt.ticket).customer == ann);
  const CustomerId bob = w.ticket(w.receive(a_text("+2", "b")).receipt.ticket).customer;
  CHECK(refused(w.by(agent, BindIdentity{bob, bind.identity}), Refusal::identity_taken));
  CHECK(refused(w.by(agent, BindIdentity{CustomerId{999}, a_text("+3", "").sender}),
                Refusal::no_such_customer));
}

TEST_CASE("a verified visitor is the customer of the mail address that was verified with them") {
  World w(with_channels());
  const CustomerId ann = w.ticket(w.receive(a_mail_from("ann")).receipt.ticket).customer;
  ReceiveMessage chat = a_chat("user-1", "a");
  chat.sender_is_external = true;
  chat.also = {a_mail_from("ann").build().sender};
  CHECK(w.ticket(w.receive(chat).receipt.ticket).customer == ann);

  SECTION("their id alone leads to them from then on") {
    ReceiveMessage later = a_chat("user-1", "b");
    later.references = {key_of("conversation:other browser")};
    later.sender_is_external = true;
    CHECK(w.ticket(w.receive(later).receipt.ticket).customer == ann);
  }
  SECTION("another id of the company's own never becomes the same customer") {
    ReceiveMessage other = a_chat("user-2", "c");
    other.sender_is_external = true;
    other.also = chat.also;
    CHECK(w.ticket(w.receive(other).receipt.ticket).customer != ann);
  }
}

TEST_CASE("media that arrive later belong to a message that is there") {
  World w(with_channels());
  const MessageId message = w.receive(a_text("+1", "a")).receipt.message;
  const Applied done = w.system(AttachMedia{message, text("")});
  REQUIRE(all<MediaAttached>(done).size() == 1);
  CHECK(all<MediaAttached>(done).front().message == message);
  CHECK(refused(w.system(AttachMedia{MessageId{999}, text("")}), Refusal::no_such_message));
}

TEST_CASE("what is said in a chat is said at once") {
  World w(with_channels());
  const AgentId agent = w.someone();
  const TicketId id = w.receive(a_chat("ann", "one")).receipt.ticket;
  w.accept(agent, id);
  SendReply answer = answer_to(id);
  answer.hold = seconds(5);
  CHECK(refused(w.by(agent, answer), Refusal::invalid_argument));
}
