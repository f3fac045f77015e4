// SPDX-License-Identifier: Apache-2.0
// A macro: an answer prepared for many tickets, and what is done along with it. One record each,
// its value a JSON object.
#pragma once
#include <boost/json/object.hpp>
#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include "deskwire/domain/policy.hpp"
#include "deskwire/port/batch.hpp"
#include "text/placeholders.hpp"

namespace deskwire {

inline constexpr std::string_view kMacroKind = "macro";

struct Macro {
  std::uint64_t id = 0;
  std::string name, text;
  std::string queue;            ///< By name; empty: for all.
  std::string channel;          ///< Empty: any.
  boost::json::object actions;  ///< Checked: priority, tags_add, state.
};

/// As put by a client, without `id`; the error is a sentence for people.
[[nodiscard]] std::expected<Macro, std::string> read_macro(const boost::json::object& params,
                                                           const Policy& policy);
[[nodiscard]] Record macro_record(const Macro& macro, Instant at);
/// Nothing for a record that is none.
[[nodiscard]] std::optional<Macro> macro_of(const Record& record);
[[nodiscard]] boost::json::object macro_row(const Macro& macro);

/// What a macro's placeholders stand for.
struct MacroFacts {
  std::string customer, ticket, subject, queue, agent, desk;
};
[[nodiscard]] text::Filled render_macro(const Macro& macro, const MacroFacts& facts);

}  // namespace deskwire
