// SPDX-License-Identifier: Apache-2.0
// What helps a ticket that nobody will come to in time: the nearest pair of hands first.
#include <algorithm>

#include "desk/board_rows.hpp"

namespace deskwire::rows {
namespace {

/// A loan shorter than this is not worth the asking, a longer one is a new rota.
constexpr std::int64_t kLeastLoanMinutes = 10, kMostLoanMinutes = 120, kLoanStep = 5;
/// Without experience: a guess that is easy to correct.
constexpr std::int64_t kUnknownLoanMinutes = 30;

std::string in_words(Duration time) {
  const std::int64_t minutes = std::max<std::int64_t>(1, time.ms / 60'000);
  if (minutes < 120) return std::to_string(minutes) + " min";
  return std::to_string(minutes / 60) + " h";
}

bool works_in(const Agent& agent, QueueId queue) {
  return takes_tickets(agent) && std::ranges::binary_search(agent.queues, queue);
}

/// Whether the agent has what every ticket of the queue asks for.
bool fits(const Agent& agent, const Queue& queue) {
  return std::ranges::all_of(queue.required, [&](const SkillLevel& wanted) {
    const auto has = std::ranges::find(agent.skills, wanted.skill, &SkillLevel::skill);
    return has != agent.skills.end() && has->level >= wanted.level;
  });
}

class Search {
 public:
  Search(const Board& board, const Risk& risk, const People& people)
      : board_(board), risk_(risk), people_(people), queue_(board.policy()->queue(risk.queue)) {}

  [[nodiscard]] Remedy best() const {
    if (queue_ == nullptr) return {.words = "take it over"};
    if (const Agent* away = in_queue(Presence::away))
      return {.words = "bring back " + shown(*away) + ", away for " +
                       in_words(board_.now() - away->presence_since),
              .act = "bring_back",
              .agent = away->id};
    if (auto loan = from_elsewhere()) return std::move(*loan);
    if (const Agent* offline = in_queue(Presence::offline))
      return {.words = "ask " + shown(*offline) + " to come online"};
    if (risk_.place > 1)
      return {
          .words = "raise its priority, it is number " + std::to_string(risk_.place) + " in line",
          .act = "raise"};
    return {.words = "take it over, or hand it to someone"};
  }

 private:
  [[nodiscard]] std::string shown(const Agent& agent) const {
    const std::string_view name = people_.shown(agent.id);
    return name.empty() ? "agent " + std::to_string(agent.id.value) : std::string(name);
  }

  /// Who works here and could be back soonest: the one who left last.
  [[nodiscard]] const Agent* in_queue(Presence presence) const {
    const Agent* best = nullptr;
    for (const AgentId id : board_.agents()) {
      const Agent& agent = *board_.agent(id);
      if (agent.presence != presence || !works_in(agent, queue_->id) || !fits(agent, *queue_))
        continue;
      if (best == nullptr || agent.presence_since > best->presence_since) best = &agent;
    }
    return best;
  }

  /// Someone who is free, whose own queues have less to fear, and who could do this work.
  [[nodiscard]] std::optional<Remedy> from_elsewhere() const {
    for (const AgentId id : board_.agents()) {
      const Agent& agent = *board_.agent(id);
      const bool free = agent.presence == Presence::available && takes_tickets(agent) &&
                        board_.load_percent(id) < agent.capacity_percent;
      if (!free || works_in(agent, queue_->id) || !fits(agent, *queue_)) continue;
      const Queue* own = calm_queue_of(agent);
      if (own != nullptr)
        return Remedy{
            .words = "move " + shown(agent) + " from " + own->name + " for " + loan() + " min",
            .act = "give",
            .agent = id};
    }
    return std::nullopt;
  }

  [[nodiscard]] const Queue* calm_queue_of(const Agent& agent) const {
    for (const QueueId id : agent.queues)
      if (board_.at_risk(id) > 0) return nullptr;
    return board_.policy()->queue(agent.queues.front());
  }

  /// As long as the line up to this ticket takes two instead of one.
  [[nodiscard]] std::string loan() const {
    if (risk_.starts_at == kNever) return std::to_string(kUnknownLoanMinutes);
    const std::int64_t minutes = (risk_.starts_at - board_.now()).ms / 2 / 60'000;
    const std::int64_t whole = (minutes + kLoanStep - 1) / kLoanStep * kLoanStep;
    return std::to_string(std::clamp(whole, kLeastLoanMinutes, kMostLoanMinutes));
  }

  const Board& board_;
  const Risk& risk_;
  const People& people_;
  const Queue* queue_;
};

}  // namespace

Remedy remedy(const Board& board, const Risk& risk, const People& people) {
  return Search(board, risk, people).best();
}

}  // namespace deskwire::rows
