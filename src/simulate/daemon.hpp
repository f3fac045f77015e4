// SPDX-License-Identifier: Apache-2.0
// The daemon as it runs a desk, without its sockets: commands are applied ahead of the disk,
// gathered into batches, one batch is being committed while the next is built, and a waiter hears
// of its command only after the commit. A failing store ends the "process"; start() is the next
// one.
#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "deskwire/engine/engine.hpp"
#include "deskwire/port/assembler.hpp"
#include "deskwire/port/store.hpp"
#include "simulate/disk.hpp"
#include "simulate/random.hpp"

namespace deskwire::sim {

/// A command with the number by which its waiter knows it.
struct Job {
  std::uint64_t id = 0;
  Command command;
  Instant asked_at;
};

/// Who watches a desk: the oracle and the world.
class DaemonListener {
 public:
  virtual ~DaemonListener() = default;
  /// Done, ahead of the disk. `late`: a timer was due before and no Tick had fired it yet.
  virtual void on_applied(const Job& job, const Applied& applied, Instant now, bool late) = 0;
  virtual void on_refused(const Job& job, const Applied& applied, Instant now) = 0;
  /// Durable: the waiter is told.
  virtual void on_acknowledged(const Job& job, const Receipt& receipt) = 0;
};

class Daemon {
 public:
  /// What the engine is given in place of the policy that was decided; planted bugs use it.
  using PolicyLens = std::function<PolicyPtr(PolicyPtr)>;

  Daemon(Disk& disk, DaemonListener& listener, PolicyLens lens);

  /// A new process opens the disk; whatever ran before is dead.
  Store& open();
  /// Its engine starts on what is durable. The first command must be Restarted.
  void start(PolicyPtr policy);
  /// Applies commands that arrived together: what they need is read once for all, and `meanwhile`
  /// runs between that reading and the first decision (a commit may complete then; it answers false
  /// when the process died of it). Answers false when the process died.
  bool run(std::vector<Job> jobs, Instant now, const std::function<bool()>& meanwhile);
  bool run(std::vector<Job> jobs, Instant now);

  /// Seals what was applied into the batch in flight; needs `!in_flight()`.
  void seal();
  /// Completes the batch in flight and tells its waiters. False: the store failed, nobody was told.
  bool finish_commit();
  /// Everything durable; false as above.
  bool flush();
  /// The process is killed at once: what is not durable is gone.
  void kill();

  [[nodiscard]] bool in_flight() const { return in_flight_.has_value(); }
  [[nodiscard]] bool has_work() const { return !assembler_.empty() || !waiting_.empty(); }
  [[nodiscard]] const Engine& engine() const { return *engine_; }
  [[nodiscard]] Store& store() { return *store_; }
  /// Where the engine is asked to look again and again this counts, it must not happen.
  [[nodiscard]] bool asked_too_often() const { return asked_too_often_; }

 private:
  struct Waiter {
    Job job;
    Receipt receipt;
  };
  struct InFlight {
    Batch batch;
    std::vector<Waiter> waiters;
  };
  void decide(Job& job, const Loaded& loaded, Instant now, std::vector<Job>& again);
  void for_engine(Command& command) const;

  Disk& disk_;
  DaemonListener& listener_;
  PolicyLens lens_;
  Store* store_ = nullptr;
  std::unique_ptr<Reader> reader_;
  std::unique_ptr<Engine> engine_;
  BatchAssembler assembler_;
  std::vector<Waiter> waiting_;
  std::optional<InFlight> in_flight_;
  Needs more_;
  bool asked_too_often_ = false;
};

}  // namespace deskwire::sim
