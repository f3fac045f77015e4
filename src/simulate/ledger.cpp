// SPDX-License-Identifier: Apache-2.0
#include "simulate/ledger.hpp"

#include <map>
#include <optional>
#include <utility>
#include <variant>

namespace deskwire::sim {
namespace {

constexpr std::uint32_t kPage = 200;

ContentPtr content_of(const CommandBody& body) {
  if (const auto* c = std::get_if<ReceiveMessage>(&body)) return c->content;
  if (const auto* c = std::get_if<SendReply>(&body)) return c->content;
  if (const auto* c = std::get_if<AddNote>(&body)) return c->content;
  if (const auto* c = std::get_if<CreateTicket>(&body)) return c->content;
  return nullptr;
}

/// Every message in a store, by the Message-ID of its content.
class Inventory {
 public:
  explicit Inventory(Reader& reader) {
    TicketFilter filter;
    filter.all_visible = true;
    filter.limit = kPage;
    for (;;) {
      const std::vector<TicketRow> page = reader.tickets(filter);
      for (const TicketRow& row : page) add_ticket(reader, row.ticket);
      if (page.size() < kPage) break;
      filter.before = page.back().ticket.id;
    }
    MessageId before;
    for (;;) {
      const std::vector<MessageRow> page = reader.machine_mail(before, kPage);
      for (const MessageRow& row : page) add(row);
      if (page.size() < kPage) break;
      before = page.back().message.id;
    }
  }

  std::map<std::string, std::vector<Message>> by_id;
  std::string problem;

 private:
  void add(const MessageRow& row) { by_id[row.content.message_id].push_back(row.message); }

  void add_ticket(Reader& reader, const Ticket& ticket) {
    std::uint32_t seq = 0;
    for (const MessageRow& row : reader.messages(ticket.id, 0, 1'000'000)) {
      add(row);
      if (row.message.seq != ++seq)
        problem = "messages of ticket " + std::to_string(ticket.id.value) + " have a gap";
    }
    if (seq != ticket.last_seq)
      problem = "ticket " + std::to_string(ticket.id.value) + " counts its messages wrong";
  }
};

}  // namespace

void Ledger::acknowledged(const Command& command, const Receipt& receipt) {
  const ContentPtr content = content_of(command.body);
  if (!content || !receipt.message) return;
  promises_[content->message_id] = {receipt.ticket, receipt.message};
  recent_.push_back(content->message_id);
}

std::string Ledger::check_recent(Reader& reader) {
  for (const std::string& id : std::exchange(recent_, {})) {
    const std::optional<MessageRow> row = reader.message(promises_.at(id).message);
    if (!row || row->content.message_id != id)
      return "acknowledged " + id + " is not there after the restart";
  }
  return {};
}

std::string Ledger::check_all(Reader& reader) const {
  const Inventory inventory(reader);
  if (!inventory.problem.empty()) return inventory.problem;
  for (const auto& [id, rows] : inventory.by_id) {
    if (rows.size() != 1) return id + " is in the store " + std::to_string(rows.size()) + " times";
  }
  for (const auto& [id, promise] : promises_) {
    const auto found = inventory.by_id.find(id);
    if (found == inventory.by_id.end()) return "acknowledged " + id + " is missing";
    const Message& row = found->second.front();
    if (row.id != promise.message || row.ticket != promise.ticket)
      return "acknowledged " + id + " is not what its receipt named";
  }
  return {};
}

}  // namespace deskwire::sim
