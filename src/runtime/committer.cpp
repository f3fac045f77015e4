// SPDX-License-Identifier: Apache-2.0
#include "runtime/committer.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <boost/asio/post.hpp>
#include <iterator>
#include <utility>

#include "runtime/limits.hpp"

namespace deskwire {
namespace asio = boost::asio;
namespace {

std::optional<Channel> inbound_channel(const CommandBody& body) {
  if (const auto* received = std::get_if<ReceiveMessage>(&body)) return received->channel;
  return std::nullopt;
}

Metrics::Outcome outcome_of(const Submission& submission) {
  switch (submission.kind) {
    case Submission::Kind::done:
      return submission.receipt.duplicate ? Metrics::Outcome::duplicate : Metrics::Outcome::done;
    case Submission::Kind::refused:
      return Metrics::Outcome::refused;
    case Submission::Kind::busy:
      return Metrics::Outcome::busy;
    case Submission::Kind::failed:
      return Metrics::Outcome::failed;
  }
  return Metrics::Outcome::failed;
}

Submission not_taken(Submission::Kind kind, bool disk_full = false) {
  Submission submission;
  submission.kind = kind;
  submission.disk_full = disk_full;
  return submission;
}

}  // namespace

Committer::Committer(asio::io_context& loop, Engine& engine, PolicyPtr policy, DeskClock& clock,
                     StorageThread& storage, std::unique_ptr<Reader> reader, Metrics& metrics,
                     std::uint64_t reserve_bytes, Hooks hooks)
    : loop_(loop),
      engine_(engine),
      policy_(std::move(policy)),
      clock_(clock),
      storage_(storage),
      reader_(std::move(reader)),
      metrics_(metrics),
      reserve_bytes_(reserve_bytes),
      hooks_(std::move(hooks)),
      loader_("desk-load", 1, 1) {}

Committer::~Committer() = default;

bool Committer::accepts_intake() const { return !failed_ && !closed_ && !disk_full(); }

void Committer::submit(Command command, Lane lane, Done done) {
  Submitted submitted;
  submitted.command = std::move(command);
  submitted.done = std::move(done);
  submitted.at = clock_.steady();
  if (failed_) return reject(submitted, not_taken(Submission::Kind::failed));
  const bool intake = std::holds_alternative<ReceiveMessage>(submitted.command.body);
  if (intake && disk_full()) return reject(submitted, not_taken(Submission::Kind::busy, true));
  if (closed_ && !is_own(submitted.command))
    return reject(submitted, not_taken(Submission::Kind::busy));
  submitted.inline_bytes = inline_bytes(submitted.command.body);
  if (!lanes_.try_push(lane, std::move(submitted)))
    return reject(submitted, not_taken(Submission::Kind::busy));
  schedule_pump();
}

/// Answers what was never taken; not inside submit, whose caller does not expect it.
void Committer::reject(const Submitted& submitted, Submission submission) {
  metrics_.command(submitted.command.body, outcome_of(submission));
  asio::post(loop_, [done = submitted.done, submission] { done(submission); });
}

void Committer::explain(TicketId ticket, std::function<void(Result<Explanation>)> done) {
  Waiter waiter;
  waiter.submission.kind = Submission::Kind::done;
  waiter.done = [done = std::move(done), answer = engine_.explain(ticket)](const Submission& s) {
    done(s.kind == Submission::Kind::done ? answer : std::unexpected(Refusal::no_such_ticket));
  };
  building_.waiters.push_back(std::move(waiter));
  schedule_pump();
}

void Committer::add_names(std::vector<NameRow> names) {
  building_.assembler.add_names(std::move(names));
}

/// Everything that is ready in this turn of the loop is submitted before the round begins.
void Committer::schedule_pump() {
  if (std::exchange(pump_posted_, true)) return;
  asio::post(loop_, [this] {
    pump_posted_ = false;
    pump();
  });
}

void Committer::pump() {
  if (failed_ || reading_) return;
  gather();
  if (round_.empty()) {
    commit_if_idle();
    return tell_if_idle();
  }
  Needs needs = needs_of_round();
  if (!needs.empty()) return read(std::move(needs));
  Loaded nothing;
  nothing.as_of = as_of_;
  apply_round(nothing);
}

/// As many commands as the building batch has room for, and one read.
void Committer::gather() {
  round_ = std::exchange(again_, {});
  std::size_t bytes = building_.assembler.inline_bytes();
  std::size_t keys = 0;
  const SteadyTime now = clock_.steady();
  for (const Submitted& submitted : round_) {
    bytes += submitted.inline_bytes;
    keys += submitted.needs.keys.size();
  }
  while (building_.waiters.size() + round_.size() < limits::kBatchCommands &&
         keys < limits::kReadKeys) {
    auto next = lanes_.pop(limits::kBatchBytes - std::min(bytes, limits::kBatchBytes), now);
    if (!next) return;
    next->needs = engine_.needs(next->command);
    bytes += next->inline_bytes;
    keys += next->needs.keys.size();
    round_.push_back(std::move(*next));
  }
}

Needs Committer::needs_of_round() const {
  Needs all;
  const auto append = [](auto& to, const auto& from) {
    to.insert(to.end(), from.begin(), from.end());
  };
  for (const Submitted& submitted : round_) {
    append(all.keys, submitted.needs.keys);
    append(all.tickets, submitted.needs.tickets);
    append(all.customers, submitted.needs.customers);
    append(all.messages, submitted.needs.messages);
  }
  const auto sort_unique = [](auto& ids) {
    std::ranges::sort(ids);
    ids.erase(std::ranges::unique(ids).begin(), ids.end());
  };
  sort_unique(all.keys);
  sort_unique(all.tickets);
  sort_unique(all.customers);
  sort_unique(all.messages);
  return all;
}

/// One read at a time: loads reach the engine in the order they were read.
void Committer::read(Needs needs) {
  reading_ = true;
  const bool taken = loader_.try_post([this, needs = std::move(needs)](std::size_t) {
    Loaded loaded;
    std::exception_ptr error;
    try {
      loaded = reader_->load(needs);
    } catch (...) {
      error = std::current_exception();
    }
    asio::post(loop_, [this, loaded = std::move(loaded), error] {
      reading_ = false;
      if (failed_) return;
      if (error) return fail(error);
      as_of_ = std::max(as_of_, loaded.as_of);
      apply_round(loaded);
    });
  });
  if (!taken) fail(std::make_exception_ptr(std::runtime_error("the loader has stopped")));
}

void Committer::apply_round(const Loaded& loaded) {
  const DeskClock::Reading time = clock_.read();
  if (time.stepped > Duration{}) apply_step(time.stepped, loaded, time.now);
  for (Submitted& submitted : std::exchange(round_, {}))
    apply_one(std::move(submitted), loaded, time.now);
  hooks_.decided();
  commit_if_idle();
  if (!again_.empty() || !lanes_.empty())
    schedule_pump();
  else
    tell_if_idle();
}

/// Before anything else sees the new time, so that no countdown seems to have run out.
void Committer::apply_step(Duration by, const Loaded& loaded, Instant now) {
  spdlog::warn("the system clock was set forward by {} s; offers keep their countdown",
               by.ms / 1000);
  Submitted step;
  step.command.body = ClockStepped{by};
  step.done = [](const Submission&) {};
  step.at = clock_.steady();
  apply_one(std::move(step), loaded, now);
}

void Committer::apply_one(Submitted submitted, const Loaded& loaded, Instant now) {
  Applied applied = engine_.apply(submitted.command, loaded, now);
  if (applied.kind == Applied::Kind::need_more && submitted.rounds < limits::kNeedRounds) {
    ++submitted.rounds;
    submitted.needs.merge(applied.more);
    again_.push_back(std::move(submitted));
    return;
  }
  Waiter waiter{.done = std::move(submitted.done),
                .submission = {},
                .kind = submitted.command.body.index(),
                .inbound = inbound_channel(submitted.command.body),
                .at = submitted.at};
  if (applied.kind == Applied::Kind::done) {
    waiter.submission.kind = Submission::Kind::done;
    waiter.submission.receipt = applied.receipt;
    building_.assembler.add(submitted.command, applied, now);
    if (const auto* replace = std::get_if<ReplacePolicy>(&submitted.command.body))
      building_.policy = replace->policy;
  } else {
    if (applied.kind == Applied::Kind::need_more)
      spdlog::error("{} asked for more rows {} times; refused",
                    command_name(submitted.command.body), submitted.rounds + 1);
    waiter.submission.kind = Submission::Kind::refused;
    waiter.submission.refusal = applied.refusal;
  }
  building_.waiters.push_back(std::move(waiter));
}

void Committer::commit_if_idle() {
  if (committing_ || failed_) return;
  if (building_.assembler.empty()) {
    // Nothing to write, and nothing before it is under way: refusals, duplicates and questions are
    // answered at once.
    if (!building_.waiters.empty()) settle(std::exchange(building_.waiters, {}));
    return;
  }
  committing_ = true;
  in_flight_ = std::exchange(building_, {});
  lanes_.next_batch();
  auto batch = std::make_shared<const Batch>(in_flight_.assembler.seal(engine_));
  storage_.commit(batch, [this, batch](const StorageThread::Committed& result) {
    on_committed(batch, result);
  });
}

void Committer::on_committed(const std::shared_ptr<const Batch>& batch,
                             const StorageThread::Committed& result) {
  committing_ = false;
  if (failed_) return;
  if (result.error) return fail(result.error);
  Bundle durable = std::exchange(in_flight_, {});
  if (durable.policy) policy_ = std::move(durable.policy);
  metrics_.committed(*batch, result.took);
  commit_if_idle();  // First, so that the disk works while the waiters are told.
  settle(std::move(durable.waiters));
  hooks_.committed(batch);
  schedule_pump();
}

void Committer::settle(std::vector<Waiter> waiters) {
  const SteadyTime now = clock_.steady();
  for (const Waiter& waiter : waiters) {
    if (waiter.kind) metrics_.count(*waiter.kind, outcome_of(waiter.submission));
    if (waiter.inbound && waiter.submission.kind == Submission::Kind::done)
      metrics_.acknowledged(*waiter.inbound, now - waiter.at);
    waiter.done(waiter.submission);
  }
}

void Committer::fail(const std::exception_ptr& error) {
  if (std::exchange(failed_, true)) return;
  std::vector<Waiter> waiters = std::exchange(in_flight_.waiters, {});
  std::ranges::move(std::exchange(building_.waiters, {}), std::back_inserter(waiters));
  for (Waiter& waiter : waiters) waiter.submission = not_taken(Submission::Kind::failed);
  std::vector<Submitted> commands = std::exchange(round_, {});
  std::ranges::move(std::exchange(again_, {}), std::back_inserter(commands));
  std::ranges::move(lanes_.take_all(), std::back_inserter(commands));
  settle(std::move(waiters));
  settle_failed(std::move(commands));
  hooks_.failed(error);
  tell_if_idle();
}

void Committer::settle_failed(std::vector<Submitted> commands) {
  for (const Submitted& submitted : commands) {
    metrics_.command(submitted.command.body, Metrics::Outcome::failed);
    submitted.done(not_taken(Submission::Kind::failed));
  }
}

bool Committer::busy() const {
  return !failed_ &&
         (committing_ || reading_ || !round_.empty() || !again_.empty() || !lanes_.empty() ||
          !building_.waiters.empty() || !building_.assembler.empty());
}

void Committer::when_idle(std::function<void()> done) {
  when_idle_ = std::move(done);
  schedule_pump();
}

void Committer::tell_if_idle() {
  if (when_idle_ && !busy()) asio::post(loop_, std::exchange(when_idle_, nullptr));
}

}  // namespace deskwire
