// SPDX-License-Identifier: Apache-2.0
// Every question a Reader can be asked, answered from a MemoryImage. Each call sees one consistent
// state.
#pragma once
#include <memory>

#include "storage/memory/memory_image.hpp"

namespace deskwire {

class MemoryReader final : public Reader {
 public:
  explicit MemoryReader(std::shared_ptr<MemoryImage> image) : image_(std::move(image)) {}

  Loaded load(const Needs& needs) override;
  std::vector<TicketRow> tickets(const TicketFilter& filter) override;
  std::optional<TicketRow> ticket(TicketId id) override;
  std::vector<TicketRow> tickets_by_id(const std::vector<TicketId>& ids) override;
  std::vector<MessageRow> messages(TicketId ticket, std::uint32_t after_seq,
                                   std::uint32_t limit) override;
  std::optional<MessageRow> message(MessageId id) override;
  std::vector<MessageRow> machine_mail(MessageId before, std::uint32_t limit) override;
  std::optional<Customer> customer(CustomerId id) override;
  std::vector<IdentityContent> identities(CustomerId id) override;
  std::vector<TimelineRow> timeline(CustomerId id, Instant before, std::uint32_t limit) override;
  std::optional<std::string> blob(const std::string& sha256) override;
  std::optional<std::string> raw_message(MessageId id) override;
  std::vector<JournalEntry> journal(std::uint64_t after_seq, std::uint32_t limit) override;
  std::vector<JournalEntry> history(TicketId ticket, std::uint64_t before_seq,
                                    std::uint32_t limit) override;
  std::vector<Offer> offers(TicketId ticket) override;
  std::vector<UserRow> users() override;
  std::optional<UserRow> user(const std::string& name) override;
  std::optional<SessionRow> session(const std::string& token_hash) override;
  std::vector<SessionRow> sessions(AgentId user, std::uint32_t limit) override;
  std::vector<OutboxItem> outbox(MessageId after, std::uint32_t limit) override;
  std::optional<UploadRow> upload(std::uint64_t id) override;
  std::vector<DraftRow> drafts(AgentId user, TicketId ticket) override;
  std::optional<Record> record(const std::string& kind, const std::string& key) override;
  std::vector<Record> records(const std::string& kind, Instant before,
                              std::uint32_t limit) override;

 private:
  // These expect the mutex to be held.
  [[nodiscard]] TicketRow row_of(const Ticket& ticket) const;
  [[nodiscard]] MessageRow row_of(const Message& message) const;
  [[nodiscard]] std::string customer_name(CustomerId id) const;
  void add_messages(TicketId ticket, Instant before, std::vector<TimelineRow>& out) const;
  void add_events(CustomerId customer, Instant before, std::vector<TimelineRow>& out) const;

  std::shared_ptr<MemoryImage> image_;
};

}  // namespace deskwire
