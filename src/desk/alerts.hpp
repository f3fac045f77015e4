// SPDX-License-Identifier: Apache-2.0
// The policy's alerts: a figure that is beyond its threshold for long enough raises one, and one
// that is not any more clears it. Times are exact: a wait grows beyond its threshold at a known
// instant, and a hold ends at one.
#pragma once
#include <cstdint>
#include <optional>
#include <vector>

#include "desk/board.hpp"

namespace deskwire {

class AlertBook {
 public:
  explicit AlertBook(const PolicyPtr& policy) { replace_policy(policy); }

  /// Alerts that stay as they were defined keep their state.
  void replace_policy(const PolicyPtr& policy);
  /// Raises and clears by the figures as they are; positions of those that changed.
  std::vector<std::size_t> judge(const Board& board);
  /// When `judge` may find something else without any change of a figure.
  [[nodiscard]] Instant next(const Board& board) const;

  struct Entry {
    Alert alert;
    Instant since;                      ///< Beyond the threshold since then; zero: it is not.
    Instant raised_at;                  ///< Zero: not raised.
    std::optional<std::int64_t> value;  ///< When it was raised or cleared, in the threshold's unit.
  };
  [[nodiscard]] const std::vector<Entry>& entries() const { return entries_; }

 private:
  std::vector<Entry> entries_;  ///< As in the policy.
};

}  // namespace deskwire
