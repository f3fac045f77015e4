// SPDX-License-Identifier: Apache-2.0
// From applied commands to one batch: the committer's and the simulator's shared idea of what a
// transaction holds.
#include "deskwire/port/assembler.hpp"

#include <algorithm>
#include <array>
#include <cassert>
#include <iterator>
#include <utility>
#include <variant>

#include "deskwire/engine/state.hpp"

namespace deskwire {
namespace {

constexpr auto kCommandNames = std::to_array<std::string_view>(
    {"ReceiveMessage",    "AcceptOffer",    "DeclineOffer",    "SetPresence",   "AgentConnected",
     "AgentDisconnected", "SendReply",      "AddNote",         "CreateTicket",  "SetPending",
     "SetOnHold",         "ResolveTicket",  "TransferTicket",  "SetPriority",   "ClaimTicket",
     "StartSend",         "RecordDelivery", "PutAgent",        "ReplacePolicy", "ClockStepped",
     "Restarted",         "Tick",           "AttachMedia",     "BindIdentity",  "SnoozeTicket",
     "UnsnoozeTicket",    "TagTicket",      "WithdrawMessage", "NoteAct",       "HurryDelivery"});
static_assert(kCommandNames.size() == std::variant_size_v<CommandBody>);

template <class T>
void append(std::vector<T>& to, const std::vector<T>& from) {
  to.insert(to.end(), from.begin(), from.end());
}

template <class T>
void sort_unique(std::vector<T>& ids) {
  std::ranges::sort(ids);
  ids.erase(std::ranges::unique(ids).begin(), ids.end());
}

/// A message row may change again before the batch is sealed; only its last value is written.
void keep_last(std::vector<Message>& rows) {
  constexpr auto not_after = [](const Message& a, const Message& b) { return a.id >= b.id; };
  if (std::ranges::adjacent_find(rows, not_after) == rows.end()) return;  // Only new ones: usual.
  std::vector<std::pair<MessageId, std::size_t>> order;
  order.reserve(rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) order.emplace_back(rows[i].id, i);
  std::ranges::sort(order);
  std::vector<Message> kept;
  kept.reserve(rows.size());
  for (std::size_t i = 0; i < order.size(); ++i) {
    if (i + 1 < order.size() && order[i + 1].first == order[i].first) continue;
    kept.push_back(std::move(rows[order[i].second]));
  }
  rows = std::move(kept);
}

/// Copies the rows of `ids` that are in `rows`. A touched row stays in the state until it is
/// sealed.
template <class Id, class Map, class Row>
void copy_rows(std::vector<Id>& ids, const Map& rows, std::vector<Row>& out) {
  sort_unique(ids);
  out.reserve(ids.size());
  for (Id id : ids) {
    auto found = rows.find(id);
    assert(found != rows.end() && "a touched row left the state before it was sealed");
    if (found != rows.end()) out.push_back(found->second);
  }
}

void copy_outbox(std::vector<MessageId>& ids, const State& state, Batch& batch) {
  sort_unique(ids);
  for (MessageId id : ids) {
    if (auto found = state.outbox.find(id); found != state.outbox.end())
      batch.outbox.push_back(found->second);
    else
      batch.outbox_gone.push_back(id);
  }
}

ContentPtr content_of(const CommandBody& body) {
  if (const auto* c = std::get_if<ReceiveMessage>(&body)) return c->content;
  if (const auto* c = std::get_if<SendReply>(&body)) return c->content;
  if (const auto* c = std::get_if<AddNote>(&body)) return c->content;
  if (const auto* c = std::get_if<CreateTicket>(&body)) return c->content;
  if (const auto* c = std::get_if<TransferTicket>(&body)) return c->note;
  if (const auto* c = std::get_if<AttachMedia>(&body)) return c->content;
  return nullptr;
}

const Message* message_of(const Event& event) {
  if (const auto* e = std::get_if<MessageReceived>(&event)) return &e->message;
  if (const auto* e = std::get_if<ReplySent>(&event)) return &e->message;
  if (const auto* e = std::get_if<NoteAdded>(&event)) return &e->message;
  return nullptr;
}

bool waits_for_media(const MessageContent& content) {
  return std::ranges::any_of(content.attachments,
                             [](const Attachment& a) { return !a.source_url.empty(); });
}

std::size_t size_of(const MessageContent& content) {
  std::size_t bytes = content.subject.size() + content.text.size() + content.html.size();
  if (content.raw) bytes += content.raw->compressed.size();
  for (const auto& blob : content.blobs) bytes += blob->compressed.size();
  return bytes;
}

}  // namespace

std::string_view command_name(const CommandBody& body) { return kCommandNames.at(body.index()); }

std::size_t inline_bytes(const CommandBody& body) {
  const ContentPtr content = content_of(body);
  return content ? size_of(*content) : 0;
}

void BatchAssembler::add(const Command& command, const Applied& applied, Instant at) {
  assert(applied.kind == Applied::Kind::done);
  ++commands_;
  if (!applied.events.empty()) {
    batch_.journal.push_back({.seq = applied.receipt.seq,
                              .at = at,
                              .actor = command.actor,
                              .command = std::string(command_name(command.body)),
                              .events = applied.events});
    add_content(command, applied);
  }
  append(touched_.tickets, applied.touched.tickets);
  append(touched_.agents, applied.touched.agents);
  append(touched_.offers, applied.touched.offers);
  append(touched_.customers, applied.touched.customers);
  append(touched_.outbox, applied.touched.outbox);
  append(batch_.messages, applied.messages);
  append(batch_.keys, applied.keys);
  assert(applied.identities_seen.size() == applied.identity_customers.size());
  for (std::size_t i = 0; i < applied.identities_seen.size(); ++i)
    batch_.identities.push_back({applied.identities_seen[i], applied.identity_customers[i]});
}

void BatchAssembler::add_names(std::vector<NameRow> names) {
  std::ranges::move(names, std::back_inserter(batch_.names));
}

/// The content goes with the one message the command wrote; a ticket opened without one keeps its
/// subject alone.
void BatchAssembler::add_content(const Command& command, const Applied& applied) {
  ContentPtr content = content_of(command.body);
  if (!content) return;
  TicketId opened;
  const Message* written = nullptr;
  for (const Event& event : applied.events) {
    if (const auto* e = std::get_if<TicketOpened>(&event)) opened = e->ticket.id;
    if (!written) written = message_of(event);
  }
  if (const auto* media = std::get_if<AttachMedia>(&command.body))
    return add_media(media->message, std::move(content));
  if (!written && !opened) return;
  if (written && waits_for_media(*content))
    batch_.records.push_back({.kind = std::string(kMediaRecord),
                              .key = std::to_string(written->id.value),
                              .at = written->at,
                              .value = {}});
  ContentRow row;
  row.message = written ? written->id : MessageId{};
  row.ticket = written ? written->ticket : opened;
  row.opens_ticket = opened && row.ticket == opened;
  inline_bytes_ += size_of(*content);
  row.content = std::move(content);
  batch_.contents.push_back(std::move(row));
}

void BatchAssembler::add_media(MessageId message, ContentPtr content) {
  if (!waits_for_media(*content))
    batch_.records_gone.emplace_back(kMediaRecord, std::to_string(message.value));
  inline_bytes_ += size_of(*content);
  batch_.contents.push_back(
      {.message = message, .ticket = {}, .content = std::move(content), .attachments_only = true});
}

bool BatchAssembler::empty() const {
  return batch_.journal.empty() && batch_.messages.empty() && batch_.keys.empty() &&
         batch_.identities.empty() && batch_.names.empty() && touched_.tickets.empty() &&
         touched_.agents.empty() && touched_.offers.empty() && touched_.customers.empty() &&
         touched_.outbox.empty();
}

Batch BatchAssembler::seal(Engine& engine, std::uint64_t epoch) {
  const State& state = engine.state();
  batch_.epoch = epoch;
  copy_rows(touched_.tickets, state.tickets, batch_.tickets);
  copy_rows(touched_.agents, state.agents, batch_.agents);
  copy_rows(touched_.offers, state.offers, batch_.offers);
  copy_rows(touched_.customers, state.customers, batch_.customers);
  copy_outbox(touched_.outbox, state, batch_);
  keep_last(batch_.messages);
  batch_.counters = engine.counters();
  engine.sealed();
  touched_ = {};
  commands_ = 0;
  inline_bytes_ = 0;
  return std::exchange(batch_, {});
}

}  // namespace deskwire
