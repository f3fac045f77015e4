// SPDX-License-Identifier: Apache-2.0
#include "simulate/daemon.hpp"

#include <cassert>
#include <utility>
#include <variant>

namespace deskwire::sim {
namespace {

/// A command may ask for more before it is decided, this many times at most.
constexpr int kMaxRounds = 3;

}  // namespace

Daemon::Daemon(Disk& disk, DaemonListener& listener, PolicyLens lens)
    : disk_(disk), listener_(listener), lens_(std::move(lens)) {}

Store& Daemon::open() {
  kill();
  store_ = &disk_.open();
  reader_ = store_->open_reader();
  return *store_;
}

void Daemon::start(PolicyPtr policy) {
  engine_ = std::make_unique<Engine>(lens_(std::move(policy)), store_->load_snapshot());
}

void Daemon::kill() {
  assembler_ = {};
  waiting_.clear();
  in_flight_.reset();
  engine_.reset();
  reader_.reset();
  store_ = nullptr;
}

void Daemon::for_engine(Command& command) const {
  if (auto* replace = std::get_if<ReplacePolicy>(&command.body))
    replace->policy = lens_(replace->policy);
}

void Daemon::decide(Job& job, const Loaded& loaded, Instant now, std::vector<Job>& again) {
  Command command = job.command;
  for_engine(command);
  const bool late = engine_->next_wakeup() <= now && !std::holds_alternative<Tick>(command.body);
  const Applied applied = engine_->apply(command, loaded, now);
  switch (applied.kind) {
    case Applied::Kind::need_more:
      more_.merge(applied.more);
      again.push_back(std::move(job));
      return;
    case Applied::Kind::refused:
      listener_.on_refused(job, applied, now);
      return;
    case Applied::Kind::done:
      assembler_.add(job.command, applied, engine_->counters().last_now);
      listener_.on_applied(job, applied, now, late);
      waiting_.push_back({std::move(job), applied.receipt});
      return;
  }
}

bool Daemon::run(std::vector<Job> jobs, Instant now, const std::function<bool()>& meanwhile) {
  Needs needs;
  for (const Job& job : jobs) needs.merge(engine_->needs(job.command));
  for (int round = 0; !jobs.empty(); ++round) {
    if (round > kMaxRounds) {
      asked_too_often_ = true;
      return true;
    }
    const Loaded loaded = needs.empty() ? Loaded{} : reader_->load(needs);
    if (round == 0 && !meanwhile()) return false;
    std::vector<Job> again;
    more_ = {};
    for (Job& job : jobs) decide(job, loaded, now, again);
    // Everything is read once more, since what was read before may be out of date by now.
    needs.merge(more_);
    for (const Job& job : again) needs.merge(engine_->needs(job.command));
    jobs = std::move(again);
  }
  return true;
}

bool Daemon::run(std::vector<Job> jobs, Instant now) {
  return run(std::move(jobs), now, [] { return true; });
}

void Daemon::seal() {
  assert(!in_flight_);
  in_flight_.emplace(InFlight{assembler_.seal(*engine_), std::exchange(waiting_, {})});
}

bool Daemon::finish_commit() {
  assert(in_flight_);
  try {
    if (in_flight_->batch.journal.empty() && in_flight_->batch.keys.empty() &&
        in_flight_->batch.messages.empty()) {
      // Nothing to make durable: the waiters asked for what had happened already.
    } else {
      store_->commit(in_flight_->batch);
    }
  } catch (const StoreError&) {
    return false;
  }
  const InFlight done = std::move(*in_flight_);
  in_flight_.reset();
  for (const Waiter& waiter : done.waiters) listener_.on_acknowledged(waiter.job, waiter.receipt);
  return true;
}

bool Daemon::flush() {
  if (in_flight_ && !finish_commit()) return false;
  if (!has_work()) return true;
  seal();
  return finish_commit();
}

}  // namespace deskwire::sim
