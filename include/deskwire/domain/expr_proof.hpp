// SPDX-License-Identifier: Apache-2.0
// What can be said of conditions without running them: that one never holds, that it always does,
// or that others take everything it would take. Sound and not complete: what is proved is so for
// every message there can be, and what is not proved may be so all the same.
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "deskwire/domain/expr.hpp"

namespace deskwire {

/// All texts that a fact can have, where that is known; unset is the empty text.
struct KnownTexts {
  Fact fact = Fact::channel;
  std::vector<std::string> texts;
};

class ConditionProver {
 public:
  /// Conditions are asked for by their place in `conditions`. `effort` bounds the tests looked at
  /// by all proofs together; when it is spent nothing more is proved.
  ConditionProver(std::vector<Program> conditions, std::vector<KnownTexts> known,
                  std::int64_t effort);

  [[nodiscard]] bool never_holds(std::size_t condition);
  [[nodiscard]] bool always_holds(std::size_t condition);
  /// Wherever `condition` holds, one of `others` holds too.
  [[nodiscard]] bool covered(std::size_t condition, std::span<const std::size_t> others);

 private:
  bool impossible(std::span<const Program> wanted_then_not, std::int64_t most);

  std::vector<Program> conditions_;
  std::vector<std::uint32_t> facts_;  ///< Of each condition, a bit a fact.
  std::vector<KnownTexts> known_;
  std::int64_t effort_;
};

}  // namespace deskwire
