// SPDX-License-Identifier: Apache-2.0
#include "simulate/simulation.hpp"

#include <algorithm>
#include <deque>
#include <map>
#include <optional>
#include <utility>
#include <variant>

#include "simulate/ledger.hpp"
#include "simulate/office.hpp"
#include "simulate/staff.hpp"
#include "simulate/trace.hpp"

namespace deskwire::sim {
namespace {

constexpr int kWakeupsInOneStep = 25;

Command system(CommandBody body) { return {.actor = {}, .body = std::move(body)}; }

/// An agent's browser gives up on a command after this long; the desk remembers it for longer.
constexpr Duration kAgentsPatience = days(3);

/// Whether whoever asked asks again after hearing nothing, and is recognised when they do.
bool is_retried(const Job& job, Instant now) {
  const CommandBody& body = job.command.body;
  if (const auto* mail = std::get_if<ReceiveMessage>(&body))
    return mail->received_at + mail->dedupe_for > now;
  return (std::holds_alternative<SendReply>(body) || std::holds_alternative<AddNote>(body) ||
          std::holds_alternative<CreateTicket>(body)) &&
         job.asked_at + kAgentsPatience > now;
}

class Simulation final : public DaemonListener {
 public:
  Simulation(const Settings& settings, Disk& disk)
      : settings_(settings),
        random_(settings.seed),
        office_(random_),
        senders_(random_),
        staff_(office_, senders_),
        oracle_(policies_),
        daemon_(
            disk, *this, settings.lens ? settings.lens : [](PolicyPtr p) { return p; }),
        disk_(disk) {}

  Result run() {
    first_policy_ = office_.next_policy(random_);
    policies_[first_policy_->version] = first_policy_;
    draw_crashes();
    start();
    open_office();
    while (!over()) step();
    if (!oracle_.failed()) end();
    return result();
  }

  void on_applied(const Job& job, const Applied& applied, Instant now, bool late) override;
  void on_refused(const Job& job, const Applied& applied, Instant now) override;
  void on_acknowledged(const Job& job, const Receipt& receipt) override;

 private:
  // --- one step of the world
  [[nodiscard]] bool over() const {
    return oracle_.failed() || (commands_ >= settings_.commands && crash_at_.empty());
  }
  void step();
  void advance();
  std::vector<Command> draw_commands();
  std::vector<Command> draw_mails();
  std::optional<Command> draw_bounce();
  /// False when the process died of it and another one runs by now.
  bool submit(std::vector<Command> commands);
  void tick();
  void look_around();
  void pump();

  // --- life and death of the process
  void draw_crashes();
  void start();
  void open_office();
  void crash();
  void restart();
  void end();
  Result result();

  void note(const Job& job, const Applied& applied, Instant now);

  Settings settings_;
  Random random_;
  Office office_;
  Senders senders_;
  Staff staff_;
  Oracle::Policies policies_;
  PolicyPtr first_policy_;
  Oracle oracle_;
  Ledger ledger_;
  Daemon daemon_;
  Disk& disk_;

  Instant now_ = kEpoch + hours(8);
  Instant engine_now_;  ///< As the engine must have it: never going back.
  std::uint64_t next_job_ = 1;
  std::map<std::uint64_t, Job> outstanding_;  ///< Whose waiters have not been told.
  std::map<MessageId, Key> reply_keys_;       ///< Thread keys of what agents wrote.
  std::size_t commands_ = 0;
  unsigned crashes_ = 0;
  std::deque<std::size_t> crash_at_;  ///< Numbers of commands, rising.
  std::deque<std::string> trace_;
};

// --- what the daemon tells ---------------------------------------------------------------------

void Simulation::note(const Job& job, const Applied& applied, Instant now) {
  if (settings_.trace_lines == 0) return;
  if (trace_.size() == settings_.trace_lines) trace_.pop_front();
  trace_.push_back(describe(job.command, applied, now));
}

void Simulation::on_applied(const Job& job, const Applied& applied, Instant now, bool late) {
  engine_now_ = std::max(engine_now_, now);
  note(job, applied, engine_now_);
  oracle_.on_applied(job.command, applied, engine_now_, late, senders_);
  const Receipt& receipt = applied.receipt;
  if (const auto* mail = std::get_if<ReceiveMessage>(&job.command.body)) {
    if (const Mail* known = senders_.mail(*mail)) senders_.placed(*known, receipt);
  } else if (const auto* reply = std::get_if<SendReply>(&job.command.body)) {
    if (!receipt.duplicate) senders_.add_key(receipt.ticket, reply->own_key);
    reply_keys_[receipt.message] = reply->own_key;
  } else if (const auto* create = std::get_if<CreateTicket>(&job.command.body)) {
    if (receipt.message && create->to.key && !receipt.duplicate)
      senders_.add_thread(create->to, create->subject_key, create->own_key, receipt.ticket);
  }
}

void Simulation::on_refused(const Job& job, const Applied& applied, Instant now) {
  engine_now_ = std::max(engine_now_, now);
  note(job, applied, engine_now_);
  oracle_.on_refused(applied, daemon_.engine());
  if (std::holds_alternative<ReceiveMessage>(job.command.body))
    oracle_.fail("a mail was refused: " + std::string(name(applied.refusal)));
  outstanding_.erase(job.id);
}

void Simulation::on_acknowledged(const Job& job, const Receipt& receipt) {
  ledger_.acknowledged(job.command, receipt);
  if (const auto* mail = std::get_if<ReceiveMessage>(&job.command.body)) {
    if (const Mail* known = senders_.mail(*mail)) senders_.acknowledged(*known, receipt);
  } else if (const auto* create = std::get_if<CreateTicket>(&job.command.body)) {
    senders_.thread_acknowledged(create->own_key, receipt.ticket);
  }
  outstanding_.erase(job.id);
}

// --- one step of the world ---------------------------------------------------------------------

bool Simulation::submit(std::vector<Command> commands) {
  std::vector<Job> jobs;
  for (Command& command : commands) {
    if (const auto* replace = std::get_if<ReplacePolicy>(&command.body))
      policies_[replace->policy->version] = replace->policy;
    jobs.push_back({next_job_++, std::move(command), now_});
    outstanding_[jobs.back().id] = jobs.back();
    ++commands_;
  }
  // Now and then the system's clock goes back a little; the engine's must not.
  const Instant told = random_.one_in(50) ? now_ - random_.between(seconds(0), seconds(20)) : now_;
  const bool alive = daemon_.run(std::move(jobs), told, [&] {
    return !daemon_.in_flight() || random_.chance(70) || daemon_.finish_commit();
  });
  if (daemon_.asked_too_often()) oracle_.fail("a command asked for more than three times");
  if (!alive) restart();
  return alive;
}

void Simulation::tick() {
  const bool alive = submit({system(Tick{})});
  if (alive && daemon_.engine().next_wakeup() <= engine_now_)
    oracle_.fail("after a tick something is still due");
}

/// Time goes on: mostly by seconds, sometimes over a weekend. The ticker usually keeps up; when the
/// machine slept it finds everything late at once.
void Simulation::advance() {
  constexpr std::array<unsigned, 5> kWeights{66, 22, 8, 3, 1};
  constexpr std::array kSpans{seconds(4), seconds(60), minutes(25), hours(10), days(6)};
  const Instant target = now_ + random_.between(Duration{}, kSpans[random_.weighted(kWeights)]);
  const bool keeps_up = random_.chance(80);
  for (int i = 0; keeps_up && i < kWakeupsInOneStep && !oracle_.failed(); ++i) {
    const Instant due = daemon_.engine().next_wakeup();
    if (due > target) break;
    now_ = std::max(now_, due);
    tick();
  }
  now_ = target;
  if (!random_.one_in(250)) return;
  const Duration by = random_.between(seconds(31), hours(2));
  now_ = now_ + by;
  submit({system(ClockStepped{by})});
}

std::vector<Command> Simulation::draw_mails() {
  std::vector<Command> commands;
  for (ReceiveMessage& mail : senders_.write(random_, now_))
    commands.push_back(system(std::move(mail)));
  return commands;
}

std::optional<Command> Simulation::draw_bounce() {
  const std::vector<MessageId>& outbound = oracle_.model().outbound();
  if (outbound.empty()) return std::nullopt;
  const MessageId message = random_.pick(outbound);
  return system(senders_.bounce(random_, message, reply_keys_[message], now_));
}

std::vector<Command> Simulation::draw_commands() {
  constexpr std::array<unsigned, 8> kWeights{300, 460, 150, 50, 8, 25, 7, 6};
  const Model& model = oracle_.model();
  std::optional<Command> command;
  switch (random_.weighted(kWeights)) {
    case 0:
      break;
    case 1:
      command = staff_.act(random_, model, now_);
      break;
    case 2:
      command = staff_.deliver(random_, model, now_);
      break;
    case 3:
      command = staff_.attend(random_, model);
      break;
    case 4:
      command = staff_.administrate(random_);
      break;
    case 5:
      if (auto again = senders_.repeat(random_, now_)) command = system(std::move(*again));
      break;
    case 6:
      command = draw_bounce();
      break;
    default:
      command = staff_.complete(random_, model);
      break;
  }
  if (!command) return draw_mails();
  std::vector<Command> commands;
  commands.push_back(std::move(*command));
  return commands;
}

void Simulation::look_around() {
  tick();
  oracle_.check_quiet(daemon_.engine(), engine_now_);
}

void Simulation::pump() {
  if (daemon_.in_flight()) {
    if (random_.chance(60) && !daemon_.finish_commit()) restart();
  } else if (daemon_.has_work() && random_.chance(50)) {
    daemon_.seal();
  }
}

void Simulation::step() {
  advance();
  if (oracle_.failed()) return;
  std::vector<Command> commands = draw_commands();
  while (random_.one_in(4)) std::ranges::move(draw_commands(), std::back_inserter(commands));
  submit(std::move(commands));
  if (oracle_.failed()) return;
  if (random_.one_in(60)) look_around();
  if (random_.one_in(300)) daemon_.store().housekeep(now_, true);
  pump();
  if (!crash_at_.empty() && commands_ >= crash_at_.front()) crash();
}

// --- life and death of the process -------------------------------------------------------------

void Simulation::draw_crashes() {
  std::vector<std::size_t> at(settings_.crashes);
  for (std::size_t& n : at) n = 100 + random_.below(std::max<std::size_t>(1, settings_.commands));
  std::ranges::sort(at);
  crash_at_.assign(at.begin(), at.end());
}

void Simulation::start() {
  Store& store = daemon_.open();
  const std::unique_ptr<Reader> reader = store.open_reader();
  oracle_.restart(*reader, first_policy_);
  if (const std::string lost = ledger_.check_recent(*reader); !lost.empty()) oracle_.fail(lost);
  daemon_.start(oracle_.model().policy_ptr());
  submit({system(Restarted{})});
}

void Simulation::open_office() {
  std::vector<Command> commands;
  for (std::uint64_t i = 1; i <= office_.agent_count(); ++i) {
    commands.push_back(system(office_.draw_agent(random_, {i})));
    commands.push_back(system(AgentConnected{{i}}));
    const Actor self{.kind = ActorKind::agent, .agent = {i}};
    commands.push_back({self, SetPresence{{i}, Presence::available, ""}});
  }
  submit(std::move(commands));
}

/// The process dies: at once, or because its disk fails before or after a batch is durable.
void Simulation::crash() {
  crash_at_.pop_front();
  const std::uint64_t how = random_.below(3);
  if (how != 0 && (daemon_.in_flight() || daemon_.has_work())) {
    disk_.fail_next_commit(how == 2);
    if (!daemon_.in_flight()) daemon_.seal();
    // A batch in which nothing changed is not written, so the disk may get no chance to fail.
    if (daemon_.finish_commit()) daemon_.kill();
  }
  restart();
}

/// The next process, a while later; whoever heard nothing asks again, in the order they asked.
void Simulation::restart() {
  ++crashes_;
  senders_.forget_undurable();
  now_ = now_ + random_.between(seconds(1), random_.one_in(4) ? hours(3) : seconds(30));
  std::map<std::uint64_t, Job> unanswered = std::exchange(outstanding_, {});
  start();
  std::vector<Command> again;
  for (auto& [id, job] : unanswered) {
    if (is_retried(job, now_)) again.push_back(std::move(job.command));
  }
  for (std::uint64_t i = 1; i <= office_.agent_count(); ++i) {
    if (random_.chance(70)) again.push_back(system(AgentConnected{{i}}));
  }
  if (!again.empty() && !oracle_.failed()) submit(std::move(again));
}

void Simulation::end() {
  look_around();
  if (oracle_.failed()) return;
  if (!daemon_.flush()) return oracle_.fail("the last commit failed");
  const std::unique_ptr<Reader> reader = daemon_.store().open_reader();
  if (const std::string wrong = ledger_.check_all(*reader); !wrong.empty()) oracle_.fail(wrong);
  const PolicyPtr& policy = oracle_.model().policy_ptr();
  oracle_.check_durable(daemon_.engine(), settings_.lens ? settings_.lens(policy) : policy,
                        daemon_.store());
}

Result Simulation::result() {
  Result result;
  result.seed = settings_.seed;
  result.failure = oracle_.failure();
  result.commands = commands_;
  result.crashes = crashes_;
  result.acknowledged = ledger_.promises();
  result.simulated = now_ - kEpoch;
  result.events = oracle_.counts();
  result.trace.assign(trace_.begin(), trace_.end());
  return result;
}

}  // namespace

Result simulate(const Settings& settings, Disk& disk) { return Simulation(settings, disk).run(); }

}  // namespace deskwire::sim
