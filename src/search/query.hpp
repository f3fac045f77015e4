// SPDX-License-Identifier: Apache-2.0
// A question as a person types it: words, "words side by side", -without, #1042, and filters such
// as state:open or from:kim@example.com. Everything means something; there are no mistakes to be
// made.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "deskwire/port/search_store.hpp"

namespace deskwire::search {

/// Longer questions are refused at the entrances.
inline constexpr std::size_t kQueryBytes = 512;
/// More words than these are not looked for.
inline constexpr std::size_t kTerms = 32;

/// A filter that needs names which only the desk knows.
struct NamedFilter {
  std::string key;    ///< "state", "queue", "agent", "tag" or "channel".
  std::string value;  ///< As typed; commas separate alternatives.
  bool negated = false;
  friend bool operator==(const NamedFilter&, const NamedFilter&) = default;
};

struct Query {
  std::vector<SearchTerm> all, none;
  std::vector<NamedFilter> filters;
  std::vector<TicketId> ids;      ///< Only these tickets (#1042).
  std::vector<TicketId> not_ids;  ///< -#1042
  TicketId maybe_id;              ///< The question is one number, which may be a ticket's.
  bool too_long = false;          ///< Words beyond kTerms were left out.

  [[nodiscard]] bool empty() const {
    return all.empty() && none.empty() && filters.empty() && ids.empty() && not_ids.empty();
  }
};

/// `region` says how telephone numbers without their country are read, as in text::to_e164. Takes
/// any bytes.
[[nodiscard]] Query parse_query(std::string_view text, std::string_view region);

}  // namespace deskwire::search
