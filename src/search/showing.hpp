// SPDX-License-Identifier: Apache-2.0
// From a ticket that was found to what is shown of it: the place where most of the question's words
// are, read from the store as it is now.
#pragma once
#include <functional>
#include <span>
#include <vector>

#include "search/searcher.hpp"

namespace deskwire::search {

class Showing {
 public:
  /// When `spent` says so, messages are not looked through any more.
  Showing(Reader& reader, std::span<const SearchTerm> terms, std::function<bool()> spent)
      : reader_(reader), terms_(terms), spent_(std::move(spent)) {}

  [[nodiscard]] Found by_number(TicketRow ticket) const;
  [[nodiscard]] Found by_words(TicketRow ticket, std::uint32_t window) const;

 private:
  struct Candidate;
  [[nodiscard]] Candidate in_messages(TicketId ticket, std::uint32_t window) const;
  [[nodiscard]] Candidate in_message(const MessageRow& row) const;
  [[nodiscard]] Candidate in_customer(const TicketRow& ticket) const;
  [[nodiscard]] Candidate in_text(FoundIn field, std::string text) const;

  Reader& reader_;
  std::span<const SearchTerm> terms_;
  std::function<bool()> spent_;
};

}  // namespace deskwire::search
