// SPDX-License-Identifier: Apache-2.0
// The simulated company: queues, skills, service levels and staff, drawn from a seed. The policy an
// office hands out is what the oracle believes in.
#pragma once
#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "deskwire/domain/commands.hpp"
#include "simulate/random.hpp"

namespace deskwire::sim {

/// Monday, 5 January 2026, midnight UTC.
inline constexpr Instant kEpoch{1'767'571'200'000};

inline constexpr SkillId kBilling{1}, kTechnical{2}, kGerman{3};
inline constexpr QueueId kGeneral{1}, kInvoices{2}, kRepairs{3}, kContracts{4}, kSeasonal{5};

/// Words a customer may use; rule n of the office's workflow looks for word n − 1.
inline constexpr std::array<std::string_view, 4> kRuleWords{"refund", "broken", "contract", "sale"};

class Office {
 public:
  explicit Office(Random& random);

  /// A new version of the policy: other priorities, delays, rules, credits and service levels. From
  /// version 2 on the seasonal queue may be gone, its tickets moved.
  [[nodiscard]] PolicyPtr next_policy(Random& random);
  /// A policy that forgets to say where the seasonal queue's tickets go.
  [[nodiscard]] PolicyPtr careless_policy(Random& random);
  /// An agent as the administrator might set them up at this moment.
  [[nodiscard]] PutAgent draw_agent(Random& random, AgentId agent) const;

  [[nodiscard]] std::uint64_t agent_count() const { return agent_count_; }
  [[nodiscard]] AgentId supervisor() const { return {agent_count_}; }

 private:
  [[nodiscard]] Policy draw_policy(Random& random, std::uint64_t version, bool seasonal) const;

  std::uint64_t agent_count_;
  std::uint64_t version_ = 0;
};

/// The rule of `policy` that a message with this text follows: first match, zero for the default.
[[nodiscard]] const Rule* expected_rule(const Policy& policy, std::string_view text);

}  // namespace deskwire::sim
