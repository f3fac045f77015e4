// SPDX-License-Identifier: Apache-2.0
#include "config/pattern.hpp"

#include <re2/re2.h>

namespace deskwire::config {
namespace {

// Room for a pattern's program and its cached automaton; a pattern that needs more is refused at
// load.
constexpr std::int64_t kMaxMemory = 1 << 20;
constexpr std::size_t kMaxPatternBytes = 2'048;

RE2::Options options() {
  RE2::Options o;
  o.set_max_mem(kMaxMemory);
  o.set_log_errors(false);
  return o;
}

class Re2Matcher final : public Matcher {
 public:
  explicit Re2Matcher(std::string_view pattern)
      : pattern_(re2::StringPiece(pattern.data(), pattern.size()), options()) {}
  [[nodiscard]] bool matches(std::string_view text) const override {
    return RE2::PartialMatch(re2::StringPiece(text.data(), text.size()), pattern_);
  }
  [[nodiscard]] const RE2& pattern() const { return pattern_; }

 private:
  RE2 pattern_;
};

}  // namespace

std::expected<std::shared_ptr<const Matcher>, std::string> Re2Matchers::compile(
    std::string_view pattern) const {
  if (pattern.size() > kMaxPatternBytes)
    return std::unexpected("longer than " + std::to_string(kMaxPatternBytes) + " bytes");
  auto matcher = std::make_shared<const Re2Matcher>(pattern);
  if (!matcher->pattern().ok()) return std::unexpected(matcher->pattern().error());
  return matcher;
}

}  // namespace deskwire::config
