// SPDX-License-Identifier: Apache-2.0
// The figures above all queues that someone sees: sums of the rows that they see, so that what is
// shown always adds up.
#pragma once
#include <vector>

#include "desk/board.hpp"
#include "desk/sight.hpp"

namespace deskwire {

/// Of the policy's queues, in its order.
[[nodiscard]] std::vector<QueueFigures> queues_seen(const Board& board, const Sight& sight);
[[nodiscard]] TotalFigures totals_of(const Board& board, const Sight& sight);
/// The soonest first, at most `most`.
[[nodiscard]] std::vector<Risk> risks_seen(const Board& board, const Sight& sight,
                                           std::size_t most);
/// Someone who is given tickets: enabled, with a queue and room for any.
[[nodiscard]] bool takes_tickets(const Agent& agent);
/// Available, with room for at least the lightest channel.
[[nodiscard]] bool is_free(const Board& board, const Agent& agent);

}  // namespace deskwire
