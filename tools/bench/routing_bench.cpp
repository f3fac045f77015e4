// SPDX-License-Identifier: Apache-2.0
// What one decision of the engine costs with a million tickets waiting, on one thread, without
// journal or store: `Engine::needs` and `Engine::apply` of each command are timed together,
// whatever they match included. Beside it, in the same run, the plain way: one look at every ticket
// or agent.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "deskwire/engine/engine.hpp"
#include "deskwire/engine/state.hpp"
#include "support/builders.hpp"

namespace {

using namespace deskwire;
using Micros = std::chrono::duration<double, std::micro>;

struct Options {
  std::vector<std::size_t> waiting = {1'000, 10'000, 100'000, 1'000'000};
  std::uint32_t agents = 10'000;
  std::uint32_t requirements = 500;
  std::uint32_t skills = 100;
  std::uint32_t skills_each = 20;
  std::size_t cycles = 50'000;
  std::size_t scans = 20;
};

constexpr std::uint8_t kMostOfAgents = 4;  ///< Nobody has a skill at 5, so such a ticket waits.

Micros time_of(auto&& work) {
  const auto begun = std::chrono::steady_clock::now();
  work();
  return std::chrono::steady_clock::now() - begun;
}

struct Times {
  std::vector<double> micros;
  double total = 0;

  void add(Micros time) {
    micros.push_back(time.count());
    total += time.count();
  }
  double share(double part) {
    std::ranges::sort(micros);
    return micros.empty()
               ? 0
               : micros[static_cast<std::size_t>(part * static_cast<double>(micros.size() - 1))];
  }
};

std::size_t resident_bytes() {
  std::ifstream statm("/proc/self/statm");
  std::size_t size = 0, resident = 0;
  statm >> size >> resident;
  return resident * 4096;
}

/// One queue, and a rule for each requirement: two skills at a level.
class Floor {
 public:
  explicit Floor(const Options& options) : options_(options) {
    Policy policy = test::a_policy();
    policy.workflow.clear();
    policy.slas = {test::a_sla()};
    for (std::uint32_t i = 1; i <= options.skills; ++i)
      policy.skills.push_back({SkillId{i}, "skill" + std::to_string(i)});
    for (std::uint32_t i = 0; i < options.requirements; ++i) {
      Rule rule = test::a_rule(
          RuleId{i + 1}, "message.subject == 'topic " + std::to_string(i) + "'", test::general);
      rule.required = two_skills();
      policy.workflow.push_back(std::move(rule));
    }
    Rule nobody = test::a_rule(RuleId{options.requirements + 1}, "message.subject == 'nobody'",
                               test::general);
    nobody.required = {{SkillId{1}, kMostOfAgents + 1}};
    policy.workflow.push_back(std::move(nobody));
    policy_ = std::make_shared<const Policy>(std::move(policy));
    engine_ = std::make_unique<Engine>(policy_, Snapshot{});
    for (std::uint32_t i = 0; i < options.requirements; ++i)
      topics_.push_back(test::text("please", "topic " + std::to_string(i)));
    nobody_ = test::text("please", "nobody");
  }

  Times& times(const std::string& what) { return times_[what]; }
  void forget_times() { times_.clear(); }
  [[nodiscard]] std::size_t unoffered() const {
    return engine_->state().waiting(test::general) - pending_.size();
  }
  [[nodiscard]] std::size_t tickets() const { return engine_->state().tickets.size(); }

  void agents_come() {
    for (std::uint32_t i = 1; i <= options_.agents; ++i) {
      PutAgent put;
      put.agent = AgentId{i};
      put.skills = skills_of_one();
      put.queues = {test::general};
      run("hire", {{}, put});
      run("connect", by(put.agent, AgentConnected{put.agent}));
      run("come", by(put.agent, SetPresence{put.agent, Presence::available, {}}));
      accept_all();
    }
  }

  void arrive(const char* what = "new ticket") { arrive(what, topics_[below(topics_.size())]); }
  void arrive_for_nobody() { arrive("new ticket nobody can take", nobody_); }

  void arrive_and_be_taken() {
    arrive();
    accept_all();
  }

  /// An agent answers one of their tickets and is free for the next: six commands, and one for what
  /// came meanwhile.
  void cycle() {
    now_ = now_ + milliseconds(1);
    arrive();
    accept_all();
    if (assigned_.empty()) return;
    const std::size_t at = below(assigned_.size());
    const auto [agent, ticket] = assigned_[at];
    assigned_[at] = assigned_.back();
    assigned_.pop_back();
    SendReply reply;
    reply.ticket = ticket;
    reply.own_key = fresh_key();
    reply.content = topics_.front();
    const Applied sent = run("reply", by(agent, reply));
    const MessageId message = sent.receipt.message;
    run("start of sending", {{}, StartSend{message}}, sent.messages);
    RecordDelivery delivered;
    delivered.message = message;
    run("delivery", {{}, delivered}, sent.messages);
    run("freed agent", by(agent, ResolveTicket{ticket, {}}));
    accept_all();
    while (engine_->next_wakeup() <= now_) run("tick", {{}, Tick{}});
  }

  void replace_policy() { run("policy replaced", {{}, ReplacePolicy{policy_}}); }

  /// The plain way for a freed agent: every ticket is looked at.
  Micros scan_tickets() {
    const Agent& agent = engine_->state().agents.at(AgentId{1 + below(options_.agents)});
    return time_of([&] {
      const Ticket* best = nullptr;
      for (const auto& [id, t] : engine_->state().tickets)
        if (t.state == TicketState::queued && !t.offer && has(agent, t.required) &&
            (!best || std::pair(t.rank, t.id) < std::pair(best->rank, best->id)))
          best = &t;
      looked_at_ = best;
    });
  }

  /// The plain way for a new ticket: every agent is looked at.
  Micros scan_agents() {
    const auto& required = policy_->workflow[below(options_.requirements)].required;
    return time_of([&] {
      const Agent* best = nullptr;
      for (const auto& [id, a] : engine_->state().agents)
        if (a.presence == Presence::available && has(a, required) &&
            engine_->state().load_percent(id) < a.capacity_percent &&
            (!best || std::pair(a.idle_since, a.id) < std::pair(best->idle_since, best->id)))
          best = &a;
      looked_at_ = best;
    });
  }

 private:
  static Command by(AgentId agent, CommandBody body) {
    return {{ActorKind::agent, agent}, std::move(body)};
  }

  void arrive(const char* what, const ContentPtr& content) {
    ReceiveMessage mail;
    mail.addressed = {test::support_address};
    mail.received_at = now_;
    mail.sender.key = fresh_key();
    mail.own_key = fresh_key();
    mail.dedupe = fresh_key();
    mail.content = content;
    run(what, {{}, std::move(mail)});
  }

  void accept_all() {
    for (const Offer& offer : std::exchange(pending_, {})) {
      run("accept", by(offer.agent, AcceptOffer{offer.id}));
      assigned_.emplace_back(offer.agent, offer.ticket);
    }
  }

  /// What an empty store would have found, but for the messages given.
  Applied run(const char* what, const Command& command, const std::vector<Message>& stored = {}) {
    Loaded loaded;
    Applied applied;
    times_[what].add(time_of([&] {
      loaded.asked = engine_->needs(command);
      loaded.as_of = engine_->head_seq();
      loaded.messages = stored;
      applied = engine_->apply(command, loaded, now_);
    }));
    if (applied.kind != Applied::Kind::done)
      throw std::runtime_error(std::string(what) + " was not done");
    for (const Event& event : applied.events)
      if (const auto* made = std::get_if<OfferMade>(&event)) pending_.push_back(made->offer);
    engine_->sealed();
    return applied;
  }

  static bool has(const Agent& agent, const std::vector<SkillLevel>& required) {
    return std::ranges::all_of(required, [&](const SkillLevel& wanted) {
      return std::ranges::any_of(agent.skills, [&](const SkillLevel& own) {
        return own.skill == wanted.skill && own.level >= wanted.level;
      });
    });
  }

  std::vector<SkillLevel> some_skills(std::uint32_t count, std::uint8_t most) {
    std::map<SkillId, std::uint8_t> chosen;
    while (chosen.size() < count)
      chosen[SkillId{1 + below(options_.skills)}] = static_cast<std::uint8_t>(1 + below(most));
    std::vector<SkillLevel> skills;
    for (const auto& [skill, level] : chosen) skills.push_back({skill, level});
    return skills;
  }
  std::vector<SkillLevel> two_skills() { return some_skills(2, kMostOfAgents - 1); }
  std::vector<SkillLevel> skills_of_one() {
    return some_skills(options_.skills_each, kMostOfAgents);
  }

  std::uint64_t below(std::uint64_t end) { return random_() % end; }
  Key fresh_key() { return {random_(), random_()}; }

  const Options& options_;
  std::mt19937_64 random_{1};
  Instant now_ = test::monday_nine;
  PolicyPtr policy_;
  std::unique_ptr<Engine> engine_;
  std::vector<ContentPtr> topics_;
  ContentPtr nobody_;
  std::vector<Offer> pending_;
  std::vector<std::pair<AgentId, TicketId>> assigned_;
  std::map<std::string, Times> times_;
  const void* volatile looked_at_ = nullptr;
};

void row(std::size_t waiting, const std::string& what, Times& times,
         const std::string& remark = {}) {
  std::printf("| %zu | %s | %zu | %.1f | %.1f | %.1f | %s |\n", waiting, what.c_str(),
              times.micros.size(), times.share(0.5), times.share(0.99), times.share(1.0),
              remark.c_str());
  std::fflush(stdout);
}

std::string against(Times& plain, double micros) {
  char words[80];
  std::snprintf(words, sizeof words, "the plain way: %.0f µs, %.0f times as long", plain.share(0.5),
                plain.share(0.5) / std::max(micros, 0.001));
  return words;
}

void measure(Floor& floor, const Options& options, std::size_t waiting) {
  floor.forget_times();
  const Micros took = time_of([&] {
    for (std::size_t i = 0; i < options.cycles; ++i) floor.cycle();
  });
  std::size_t commands = 0;
  double inside = 0;
  const char* const kinds[] = {"new ticket", "accept",      "reply", "start of sending",
                               "delivery",   "freed agent", "tick"};
  for (const char* kind : kinds) {
    commands += floor.times(kind).micros.size();
    inside += floor.times(kind).total;
  }
  Times tickets, agents;
  for (std::size_t i = 0; i < options.scans; ++i) {
    tickets.add(floor.scan_tickets());
    agents.add(floor.scan_agents());
  }
  row(waiting, "freed agent", floor.times("freed agent"),
      against(tickets, floor.times("freed agent").share(0.5)));
  row(waiting, "new ticket", floor.times("new ticket"),
      against(agents, floor.times("new ticket").share(0.5)));
  for (const char* kind : {"accept", "reply", "start of sending", "delivery", "tick"})
    row(waiting, kind, floor.times(kind));
  std::printf(
      "| %zu | mixed life cycle | %zu | %.2f | | | %.0f commands/s in the engine, %.0f/s with this "
      "driver |\n",
      waiting, commands, inside / static_cast<double>(commands),
      static_cast<double>(commands) / inside * 1e6,
      static_cast<double>(commands) / took.count() * 1e6);
}

void run(const Options& options) {
  std::printf(
      "| waiting | what | times | p50 µs | p99 µs | longest µs | "
      "|\n|---|---|---|---|---|---|---|\n");
  {
    Floor empty(options);
    empty.agents_come();
    for (int i = 0; i < 2'000; ++i) empty.arrive_for_nobody();
    row(0, "new ticket nobody can take, all agents free",
        empty.times("new ticket nobody can take"));
  }
  Floor floor(options);
  floor.agents_come();
  for (const std::size_t waiting : options.waiting) {
    floor.forget_times();
    const std::size_t before = resident_bytes(), had = floor.tickets();
    while (floor.unoffered() < waiting) floor.arrive_and_be_taken();
    const double each = static_cast<double>(resident_bytes() - before) /
                        static_cast<double>(std::max<std::size_t>(1, floor.tickets() - had));
    Times& came = floor.times("new ticket");
    char words[80];
    std::snprintf(words, sizeof words, "%.0f bytes a ticket, its customer included", each);
    row(waiting, "the tickets come", came, words);
    measure(floor, options, waiting);
  }
  floor.forget_times();
  floor.replace_policy();
  row(options.waiting.back(), "policy replaced", floor.times("policy replaced"));
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  CLI::App app("What one decision costs, by how many tickets wait");
  app.add_option("--waiting", options.waiting, "Tickets that wait, rising");
  app.add_option("--agents", options.agents);
  app.add_option("--requirements", options.requirements);
  app.add_option("--skills", options.skills);
  app.add_option("--skills-each", options.skills_each);
  app.add_option("--cycles", options.cycles, "Life cycles measured at each number");
  CLI11_PARSE(app, argc, argv);
  run(options);
}
