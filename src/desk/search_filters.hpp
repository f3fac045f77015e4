// SPDX-License-Identifier: Apache-2.0
// The filters of a search question, from the names that people type to ids.
#pragma once
#include <string>
#include <vector>

#include "desk/people.hpp"
#include "desk/sight.hpp"
#include "deskwire/domain/policy.hpp"
#include "search/query.hpp"

namespace deskwire {

struct NamesAround {
  AgentId asker;
  const Sight& sight;
  const People& people;
  const Policy& policy;
};

/// A value that means nothing matches nothing, and a sentence in `hints` says so.
[[nodiscard]] std::vector<SearchFilter> read_filters(
    const std::vector<search::NamedFilter>& filters, const NamesAround& names,
    std::vector<std::string>& hints);

}  // namespace deskwire
