// SPDX-License-Identifier: Apache-2.0
// A Reader with its own read-only connection; every call is one short read transaction.
#pragma once
#include <memory>

#include "storage/sqlite/blob_files.hpp"
#include "storage/sqlite/database.hpp"
#include "storage/sqlite/ticket_lists.hpp"
#include "storage/sqlite/timeline.hpp"

namespace deskwire::sqlite {

class SqliteReader final : public Reader {
 public:
  /// `blobs` is shared with the store, which may go first.
  SqliteReader(const std::filesystem::path& file, const std::string& vfs,
               std::shared_ptr<const BlobFiles> blobs);

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
  // These run inside the caller's transaction.
  [[nodiscard]] std::optional<TicketRow> ticket_row(TicketId id);
  [[nodiscard]] std::vector<TicketRow> ticket_rows(const std::vector<TicketId>& ids);
  [[nodiscard]] std::string customer_name(CustomerId id);
  [[nodiscard]] std::optional<Customer> customer_row(CustomerId id);
  [[nodiscard]] std::optional<KeyRow> key_row(KeyKind kind, const Key& key);
  [[nodiscard]] static std::vector<MessageRow> message_rows(Rows rows);
  struct StoredBlob {
    std::string hash;
    std::uint64_t size_bytes = 0;
    std::optional<std::string> compressed;  ///< Nothing: in a file.
  };
  [[nodiscard]] std::string bytes_of(StoredBlob blob) const;

  Database database_;
  std::shared_ptr<const BlobFiles> blobs_;
  TicketLists lists_;
  Timeline timeline_;
  Statement seq_, key_, ticket_, subject_, customer_, identities_, message_;
  Statement message_row_, messages_, machine_mail_, blob_, raw_, journal_, history_, offers_;
  Statement users_, user_, session_, sessions_, outbox_, upload_, drafts_, record_, records_;
};

}  // namespace deskwire::sqlite
