// SPDX-License-Identifier: Apache-2.0
// `matches` by RE2: linear in the text, bounded in memory, whatever the pattern.
#pragma once
#include "deskwire/domain/expr.hpp"

namespace deskwire::config {

class Re2Matchers final : public MatcherFactory {
 public:
  std::expected<std::shared_ptr<const Matcher>, std::string> compile(
      std::string_view pattern) const override;
};

}  // namespace deskwire::config
