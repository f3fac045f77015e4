// SPDX-License-Identifier: Apache-2.0
#include "storage/sample_desk.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace deskwire {
namespace {

constexpr auto kWords = std::to_array<std::string_view>(
    {"order",   "refund", "invoice", "delivery", "the",      "my",     "please",   "when",
     "account", "late",   "number",  "since",    "Monday",   "parcel", "answer",   "would",
     "damaged", "box",    "and",     "not",      "received", "yet",    "shipping", "address",
     "wrong",   "thank",  "you",     "regards",  "été",      "größe"});

Key key_of(std::uint64_t kind, std::uint64_t n) {
  return {.hi = (n + 1) * 0x9E3779B97F4A7C15ULL ^ kind << 60,
          .lo = (n + 7) * 0xBF58476D1CE4E5B9ULL};
}

}  // namespace

SampleDesk::SampleDesk(BlobKeeper& keeper, Settings settings)
    : keeper_(keeper), settings_(settings), state_(settings.seed) {
  senders_.resize(settings.senders);
  for (std::size_t i = 0; i < senders_.size(); ++i) {
    senders_[i].address = "sender" + std::to_string(i) + "@example.net";
    if (i % 3 != 0) senders_[i].name = "Sender " + std::to_string(i);
  }
  while (text_.size() < 64 * 1024) {
    text_ += kWords.at(draw(kWords.size()));
    text_ += draw(9) == 0 ? '\n' : ' ';
    if (draw(6) == 0) text_ += std::to_string(draw(1'000'000));
  }
}

std::uint64_t SampleDesk::draw(std::uint64_t below) {
  state_ += 0x9E3779B97F4A7C15ULL;
  std::uint64_t z = state_;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
  return (z ^ (z >> 31)) % below;
}

/// Starts between two words, so it is valid UTF-8; each mail is unique by its number.
std::string SampleDesk::words(std::size_t bytes) {
  std::size_t from = text_.find(' ', draw(text_.size() - bytes - 100)) + 1;
  std::string out = text_.substr(from, bytes);
  while (!out.empty() && (static_cast<unsigned char>(out.back()) & 0x80) != 0) out.pop_back();
  return out;
}

JournalEntry& SampleDesk::begin(Batch& batch, const char* command) {
  now_ = now_ + milliseconds(static_cast<std::int64_t>(1 + draw(5000)));
  JournalEntry& entry = batch.journal.emplace_back();
  entry.seq = ++counters_.seq;
  entry.at = now_;
  entry.command = command;
  return entry;
}

Batch SampleDesk::finish(Batch batch) {
  counters_.last_now = now_;
  batch.counters = counters_;
  return batch;
}

Batch SampleDesk::mails(std::size_t count) {
  Batch batch;
  for (std::size_t i = 0; i < count; ++i) receive(batch);
  return finish(std::move(batch));
}

Batch SampleDesk::work(std::size_t commands) {
  Batch batch;
  for (std::size_t i = 0; i < commands; ++i) {
    const std::uint64_t kind = open_.empty() ? 0 : draw(12);
    Open* one = open_.empty() ? nullptr : &open_[draw(open_.size())];
    if (kind < 4 || !one)
      receive(batch);
    else if (kind == 4)
      receive_machine_mail(batch);
    else if (kind < 7)
      accept(batch, *one);
    else if (kind < 9)
      answer(batch, *one);
    else if (kind == 9)
      deliver(batch);
    else if (kind == 10)
      resolve(batch, *one, static_cast<TicketState>(2 + draw(4)));
    else
      name_something(batch);
  }
  return finish(std::move(batch));
}

/// A row that changes twice in a batch is there once.
template <class Row>
void SampleDesk::put_row(std::vector<Row>& rows, const Row& row) {
  const auto same = std::ranges::find(rows, row.id, &Row::id);
  if (same != rows.end())
    *same = row;
  else
    rows.push_back(row);
}

SampleDesk::Sender& SampleDesk::sender_of(Batch& batch, JournalEntry& entry) {
  const std::uint64_t n = draw(senders_.size());
  Sender& sender = senders_[n];
  const Key key = key_of(1, n);
  if (!sender.customer) {
    sender.customer = CustomerId{counters_.next_customer++};
    Customer row;
    row.id = sender.customer;
    row.created_at = now_;
    batch.customers.push_back(row);
    entry.events.emplace_back(CustomerCreated{row.id, now_});
    KeyRow identity;
    identity.kind = KeyKind::identity;
    identity.key = key;
    identity.customer = row.id;
    batch.keys.push_back(identity);
  }
  batch.identities.push_back(
      {{.key = key, .kind = "email", .value = sender.address, .name = sender.name},
       sender.customer});
  return sender;
}

Ticket SampleDesk::new_ticket(const Sender& sender) {
  Ticket ticket;
  ticket.id = TicketId{counters_.next_ticket++};
  ticket.queue = QueueId{1 + draw(settings_.queues)};
  ticket.channel_name = ChannelId{1};
  ticket.priority = static_cast<Priority>(draw(4));
  ticket.customer = sender.customer;
  ticket.policy_version = 3;
  ticket.rule = RuleId{2};
  ticket.sla = SlaId{1};
  ticket.created_at = ticket.updated_at = ticket.queued_at = ticket.state_since = now_;
  ticket.rank = now_.ms + 3'600'000;
  ticket.required = {{SkillId{1}, 2}};
  ticket.participants = {key_of(1, sender.customer.value)};
  ticket.addressed = {ChannelId{1}};
  for (const Metric metric : {Metric::first_response, Metric::resolution}) {
    Clock& clock = ticket.clocks.emplace_back();
    clock.metric = metric;
    clock.sla = ticket.sla;
    clock.target = hours(4);
    clock.started_at = clock.resumed_at = now_;
    clock.due_at = now_ + hours(4);
    clock.warn_at = now_ + hours(3);
  }
  return ticket;
}

Message SampleDesk::new_message(Ticket& ticket, Direction direction) {
  Message message;
  message.id = MessageId{counters_.next_message++};
  message.ticket = ticket.id;
  message.seq = ++ticket.last_seq;
  message.direction = direction;
  message.channel_name = ticket.channel_name;
  message.at = now_;
  message.author_kind = direction == Direction::in ? AuthorKind::customer : AuthorKind::agent;
  message.author = direction == Direction::in ? ticket.customer.value : ticket.agent.value;
  if (direction == Direction::in) ticket.last_in_seq = message.seq;
  ticket.updated_at = now_;
  return message;
}

Offer SampleDesk::new_offer(const Ticket& ticket) {
  Offer offer;
  offer.id = OfferId{counters_.next_offer++};
  offer.ticket = ticket.id;
  offer.agent = AgentId{1 + draw(settings_.agents)};
  offer.made_at = now_;
  offer.expires_at = now_ + seconds(30);
  offer.weight_percent = 20;
  offer.why.policy_version = 3;
  offer.why.rank = ticket.rank;
  offer.why.matched = ticket.required;
  offer.why.candidates_total = settings_.agents;
  for (std::uint64_t agent = 1; agent <= settings_.agents; ++agent) {
    CandidateVerdict& verdict = offer.why.candidates.emplace_back();
    verdict.agent = AgentId{agent};
    verdict.verdict = agent == offer.agent.value ? Verdict::chosen : Verdict::eligible_but_later;
    verdict.idle_since = now_;
  }
  return offer;
}

void SampleDesk::put_content(Batch& batch, const Message& message, const Sender& sender,
                             bool opens) {
  auto content = std::make_shared<MessageContent>();
  content->subject = "Message " + std::to_string(message.id.value) + " about an order";
  content->text = words(settings_.mail_bytes * 3 / 4);
  content->from = {.name = sender.name, .address = sender.address};
  content->to = {{.name = "", .address = "support@demo.test"}};
  content->message_id = "m" + std::to_string(message.id.value) + "@example.net";
  content->references = {"root@example.net"};
  content->language = "en";
  if (message.direction == Direction::in) {
    const std::size_t bytes =
        message.id.value % 37 == 0 ? 3 * settings_.mail_bytes : settings_.mail_bytes;
    content->raw = keeper_.keep("From: " + sender.address + "\r\nSubject: " + content->subject +
                                "\r\n\r\n" + words(bytes));
  } else {
    content->html = "<p>" + std::to_string(message.id.value) + "</p>";
    auto upload = keeper_.keep("an upload for " + std::to_string(message.id.value));
    Attachment& attachment = content->attachments.emplace_back();
    attachment.n = 1;
    attachment.name = "notes.txt";
    attachment.type = "text/plain";
    attachment.size_bytes = upload->size_bytes;
    attachment.blob_sha256 = upload->sha256;
    content->blobs.push_back(std::move(upload));
  }
  batch.contents.push_back({message.id, message.ticket, opens, std::move(content)});
}

void SampleDesk::put_keys(Batch& batch, const Message& message) {
  for (const KeyKind kind : {KeyKind::thread, KeyKind::dedupe}) {
    KeyRow& row = batch.keys.emplace_back();
    row.kind = kind;
    row.key = key_of(2 + static_cast<std::uint64_t>(kind), message.id.value);
    row.ticket = message.ticket;
    row.message = message.id;
    row.message_seq = message.seq;
    if (kind == KeyKind::dedupe) row.expires_at = now_ + days(90);
  }
}

void SampleDesk::receive(Batch& batch) {
  JournalEntry& entry = begin(batch, "ReceiveMessage");
  const Sender& sender = sender_of(batch, entry);
  Open open;
  open.ticket = new_ticket(sender);
  entry.events.emplace_back(TicketOpened{open.ticket});
  const Message message = new_message(open.ticket, Direction::in);
  entry.events.emplace_back(MessageReceived{message, true, key_of(1, sender.customer.value)});
  TicketQueued queued;
  queued.ticket = open.ticket.id;
  queued.queue = open.ticket.queue;
  queued.required = open.ticket.required;
  queued.rank = open.ticket.rank;
  queued.queued_at = queued.at = now_;
  entry.events.emplace_back(queued);
  for (const Clock& clock : open.ticket.clocks)
    entry.events.emplace_back(ClockStarted{open.ticket.id, clock});
  open.offer = new_offer(open.ticket);
  open.ticket.offer = open.offer.id;
  entry.events.emplace_back(OfferMade{open.offer});
  batch.messages.push_back(message);
  put_content(batch, message, sender, true);
  put_keys(batch, message);
  batch.tickets.push_back(open.ticket);
  batch.offers.push_back(open.offer);
  open_.push_back(std::move(open));
}

void SampleDesk::receive_machine_mail(Batch& batch) {
  JournalEntry& entry = begin(batch, "ReceiveMessage");
  Message message;
  message.id = MessageId{counters_.next_message++};
  message.at = now_;
  message.machine = Machine::bulk;
  entry.events.emplace_back(MessageReceived{message, false, {}});
  batch.messages.push_back(message);
  put_content(batch, message, senders_.front(), false);
}

void SampleDesk::accept(Batch& batch, Open& open) {
  if (open.ticket.state != TicketState::queued || !open.ticket.offer) return;
  JournalEntry& entry = begin(batch, "AcceptOffer");
  entry.actor = {ActorKind::agent, open.offer.agent};
  open.offer.end = OfferEnd::accepted;
  open.offer.ended_at = now_;
  open.ticket.offer = {};
  open.ticket.state = TicketState::assigned;
  open.ticket.agent = open.offer.agent;
  open.ticket.assigned_at = now_;
  open.ticket.weight_percent = 20;
  entry.events.emplace_back(OfferAccepted{open.offer.id, open.ticket.id, open.offer.agent, now_});
  TicketStateChanged change;
  change.ticket = open.ticket.id;
  change.from = TicketState::queued;
  change.to = TicketState::assigned;
  change.at = now_;
  entry.events.emplace_back(change);
  Agent agent;
  agent.id = open.offer.agent;
  agent.queues = {QueueId{1}};
  agent.presence = Presence::available;
  agent.idle_since = now_;
  put_row(batch.agents, agent);
  put_row(batch.offers, open.offer);
  put_row(batch.tickets, open.ticket);
}

void SampleDesk::answer(Batch& batch, Open& open) {
  JournalEntry& entry = begin(batch, "SendReply");
  Message message = new_message(open.ticket, Direction::out);
  message.delivery = DeliveryState::queued;
  OutboxItem item;
  item.message = message.id;
  item.ticket = message.ticket;
  item.created_at = item.next_attempt_at = now_;
  entry.events.emplace_back(ReplySent{message, item});
  batch.messages.push_back(message);
  batch.outbox.push_back(item);
  put_content(batch, message, senders_.front(), false);
  put_row(batch.tickets, open.ticket);
  outgoing_.emplace_back(item, message);
}

void SampleDesk::deliver(Batch& batch) {
  if (outgoing_.empty()) return;
  JournalEntry& entry = begin(batch, "RecordDelivery");
  auto [item, message] = outgoing_.back();
  outgoing_.pop_back();
  message.delivery = DeliveryState::sent;
  message.delivery_detail = "250 2.0.0 Ok";
  entry.events.emplace_back(DeliveryRecorded{
      message.id, message.ticket, DeliveryState::sent, {}, message.delivery_detail, now_});
  put_row(batch.messages, message);
  std::erase_if(batch.outbox, [&](const OutboxItem& o) { return o.message == message.id; });
  batch.outbox_gone.push_back(message.id);
}

void SampleDesk::resolve(Batch& batch, Open& open, TicketState to) {
  JournalEntry& entry = begin(batch, "ResolveTicket");
  TicketStateChanged change;
  change.ticket = open.ticket.id;
  change.from = open.ticket.state;
  change.to = to;
  change.disposition = "done";
  change.at = now_;
  entry.events.emplace_back(change);
  open.ticket.state = to;
  open.ticket.state_since = open.ticket.updated_at = now_;
  open.ticket.disposition = "done";
  if (open.offer.end == OfferEnd::pending) {
    open.offer.end = OfferEnd::rescinded;
    open.offer.ended_at = now_;
    open.ticket.offer = {};
    put_row(batch.offers, open.offer);
  }
  put_row(batch.tickets, open.ticket);
}

void SampleDesk::name_something(Batch& batch) {
  ++names_;
  batch.names.push_back(
      {names_ % 2 == 0 ? "queue" : "skill", "name" + std::to_string(names_), 1 + names_ / 2});
}

}  // namespace deskwire
