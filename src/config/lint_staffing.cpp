// SPDX-License-Identifier: Apache-2.0
// Who is there for what the file asks for. Users may be kept in the desk instead of the file: a
// file without agents is not judged, and all that is said is said of the file's users.
#include <algorithm>
#include <map>
#include <set>

#include "config/lint.hpp"

namespace deskwire::config {
namespace {

using Levels = std::map<std::string, std::uint32_t>;

void raise(Levels& levels, const Skills& by) {
  for (const auto& [skill, level] : by) {
    std::uint32_t& held = levels[skill];
    held = std::max(held, level);
  }
}

bool meets(const Levels& own, const Levels& asked) {
  return std::ranges::all_of(asked, [&](const auto& want) {
    const auto held = own.find(want.first);
    return held != own.end() && held->second >= want.second;
  });
}

std::string spelled(const Levels& levels) {
  std::string out;
  for (const auto& [skill, level] : levels)
    out += (out.empty() ? "" : ", ") + skill + ": " + std::to_string(level);
  return "{" + out + "}";
}

class Staffing {
 public:
  Staffing(Reader& reader, const Model& model) : reader_(reader), model_(model) {
    std::map<std::string, std::vector<std::string>> queues_of_team;
    for (const QueueSpec& queue : model.queue_specs) {
      if (!queue.moved_to.empty()) continue;
      queues_[queue.name] = &queue;
      for (const auto& team : queue.teams) queues_of_team[team].push_back(queue.name);
    }
    for (const UserSpec& user : model.user_specs) {
      raise(held_.emplace_back(), user.skill_levels);
      // Who has no capacity watches: nothing is offered there.
      if (user.capacity_percent == 0) continue;
      agents_ = agents_ || user.role == Role::agent;
      std::set<std::string> own(user.queue_names.begin(), user.queue_names.end());
      for (const auto& team : user.team_names)
        own.insert(queues_of_team[team].begin(), queues_of_team[team].end());
      for (const auto& queue : own) workers_[queue].push_back(held_.size() - 1);
    }
  }

  void lint() {
    if (!agents_) return;
    lint_skills();
    for (std::size_t i = 0; i < model_.queue_specs.size(); ++i) lint_queue(i);
    for (std::size_t i = 0; i < model_.workflow.rules.size(); ++i) {
      const RuleSpec& rule = model_.workflow.rules[i];
      lint_asked(item("workflow.rules", i), rule.queue, rule.skills);
    }
    lint_channels("email", model_.channel_specs.email);
    lint_channels("sms", model_.channel_specs.sms);
    lint_channels("chat", model_.channel_specs.chat);
    lint_channels("cti", model_.channel_specs.cti);
    lint_channels("voice", model_.channel_specs.voice);
  }

 private:
  void lint_skills() {
    for (std::size_t i = 0; i < model_.skill_names.size(); ++i) {
      const std::string& skill = model_.skill_names[i];
      const bool held =
          std::ranges::any_of(held_, [&](const Levels& levels) { return levels.contains(skill); });
      if (!held)
        reader_.warn_at(item("skills", i), "skill_nobody_has",
                        "none of this file's users has the skill \"" + skill + "\"");
    }
  }

  void lint_queue(std::size_t i) {
    const QueueSpec& queue = model_.queue_specs[i];
    if (!queue.moved_to.empty()) return;
    if (workers_[queue.name].empty()) {
      reader_.warn_at(item("queues", i) + ".name", "queue_nobody_works",
                      queue.teams.empty()
                          ? "no team, and none of this file's users who take tickets, works on it"
                          : "none of this file's users who take tickets is in one of its teams");
      return;
    }
    Levels asked;
    raise(asked, queue.skills);
    if (!anyone(queue, asked)) tell(item("queues", i) + ".skills", queue, asked);
  }

  /// What a rule or a channel asks for on top of the queue, where the queue alone can be served.
  void lint_asked(const std::string& path, const std::string& name, const Skills& skills) {
    const auto found = queues_.find(name);
    if (skills.empty() || found == queues_.end()) return;
    const QueueSpec& queue = *found->second;
    Levels asked;
    raise(asked, queue.skills);
    if (!anyone(queue, asked)) return;
    raise(asked, skills);
    if (!anyone(queue, asked)) tell(path + ".skills", queue, asked);
  }

  template <class Spec>
  void lint_channels(const std::string& kind, const std::vector<Spec>& specs) {
    for (std::size_t i = 0; i < specs.size(); ++i) {
      const std::string& queue = specs[i].queue;
      lint_asked(item("channels." + kind, i), queue.empty() ? model_.workflow.default_queue : queue,
                 specs[i].skills);
    }
  }

  void tell(const std::string& path, const QueueSpec& queue, const Levels& asked) {
    reader_.warn_at(path, "skills_nobody_meets",
                    "none of this file's users who take tickets of \"" + queue.name + "\" has " +
                        spelled(asked) + ", which is asked for in all");
  }

  [[nodiscard]] bool anyone(const QueueSpec& queue, const Levels& asked) {
    return std::ranges::any_of(workers_[queue.name],
                               [&](std::size_t user) { return meets(held_[user], asked); });
  }

  Reader& reader_;
  const Model& model_;
  bool agents_ = false;       ///< There is one in the file.
  std::vector<Levels> held_;  ///< Of each user.
  std::map<std::string, const QueueSpec*> queues_;
  std::map<std::string, std::vector<std::size_t>> workers_;  ///< Users of each queue.
};

}  // namespace

void lint_staffing(Reader& reader, const Model& model) { Staffing(reader, model).lint(); }

}  // namespace deskwire::config
