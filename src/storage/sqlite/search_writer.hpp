// SPDX-License-Identifier: Apache-2.0
// Writes the search index. Each transaction ends with the place in the journal that it brings the
// index to.
#pragma once
#include <filesystem>
#include <optional>
#include <string>

#include "deskwire/port/search_store.hpp"
#include "storage/sqlite/database.hpp"

namespace deskwire::sqlite {

class SearchFileWriter final : public SearchWriter {
 public:
  SearchFileWriter(const std::filesystem::path& file, const std::string& vfs);

  std::optional<SearchPlace> place() override;
  std::optional<std::uint64_t> digest(TicketId ticket) override;
  std::optional<std::uint64_t> digest(CustomerId customer) override;
  std::vector<TicketId> due(std::uint32_t limit) override;
  void begin() override;
  void commit(const SearchPlace& place) override;
  void put(const SearchTicket& ticket, std::uint64_t digest) override;
  void put(TicketId ticket, const SearchDocument& document) override;
  void remove(TicketId ticket, std::uint32_t window) override;
  void finish(TicketId ticket, std::uint32_t windows) override;
  void remove(TicketId ticket) override;
  void set_due(TicketId ticket) override;
  void put(CustomerId customer, std::uint64_t digest) override;
  bool tidy(Instant now) override;

 private:
  enum class Change : std::uint8_t { none, grew, lost_words };
  [[nodiscard]] Change change_of(std::int64_t id, const SearchDocument& now);
  void remove_from(TicketId ticket, std::uint32_t window);
  void remove_document(std::int64_t id);
  /// One step of writing the whole index into one piece, without what was removed from it.
  [[nodiscard]] bool merge_some();

  Database database_;
  std::optional<Transaction> transaction_;
  Statement place_, put_place_;
  Statement ticket_, ticket_gone_, ticket_digest_;
  Statement customer_, customer_digest_, customer_due_;
  Statement due_, put_due_, due_gone_;
  Statement document_, documents_, document_gone_, find_document_, owner_;
  Statement words_, words_gone_, old_words_;
  Statement purge_, purge_wanted_, purge_done_, merge_;
  bool removed_words_ = false;  ///< This transaction took words away.
  bool merging_ = false;
};

}  // namespace deskwire::sqlite
