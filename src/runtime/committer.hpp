// SPDX-License-Identifier: Apache-2.0
// The gateway's inside: commands gather in two lanes, what they need is read for all of them in one
// read transaction, the engine decides them in order, and what was decided since the last commit
// becomes one durable batch. One batch is in flight and one is building, so a batch is whatever
// queued up while the previous commit ran; there is no timer. Nothing leaves before its commit: a
// refusal or a duplicate's receipt too waits until everything decided before it is durable. Loop
// thread only.
#pragma once
#include <boost/asio/io_context.hpp>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "deskwire/port/assembler.hpp"
#include "runtime/clock.hpp"
#include "runtime/gateway.hpp"
#include "runtime/job_pool.hpp"
#include "runtime/lanes.hpp"
#include "runtime/metrics.hpp"
#include "runtime/storage_thread.hpp"

namespace deskwire {

class Committer final : public Gateway {
 public:
  struct Hooks {
    std::function<void(const std::shared_ptr<const Batch>&)>
        committed;                  ///< After the waiters resumed.
    std::function<void()> decided;  ///< The engine's state may have changed.
    std::function<void(std::exception_ptr)>
        failed;  ///< A commit or a read failed; every waiter was told. Once.
  };

  /// `reader` is the committer's own. While free space is under `reserve_bytes`, intake is refused.
  /// Nothing referred to may go before this does.
  Committer(boost::asio::io_context& loop, Engine& engine, PolicyPtr policy, DeskClock& clock,
            StorageThread& storage, std::unique_ptr<Reader> reader, Metrics& metrics,
            std::uint64_t reserve_bytes, Hooks hooks);
  ~Committer() override;

  using Gateway::submit;
  void submit(Command command, Lane lane, Done done) override;
  [[nodiscard]] bool accepts_intake() const override;
  void explain(TicketId ticket, std::function<void(Result<Explanation>)> done) override;
  [[nodiscard]] PolicyPtr policy() const override { return policy_; }

  /// Name rows to persist with the next batch, ahead of the policy that brought them.
  void add_names(std::vector<NameRow> names);
  /// From now on only the desk's own commands are taken; others are told "busy".
  void close() { closed_ = true; }
  /// Calls `done` when nothing is queued or under way. One at a time.
  void when_idle(std::function<void()> done);
  /// Tells every waiter, and whoever submits from now on, that it failed.
  void fail(const std::exception_ptr& error);

  [[nodiscard]] bool failed() const { return failed_; }
  [[nodiscard]] bool disk_full() const { return storage_.free_bytes() < reserve_bytes_; }
  [[nodiscard]] const Lanes& lanes() const { return lanes_; }
  [[nodiscard]] std::size_t building() const { return building_.waiters.size(); }

 private:
  /// Whoever is told once everything decided before them is durable.
  struct Waiter {
    Done done;
    Submission submission;
    std::optional<std::size_t> kind;  ///< Of the command, for the metrics; none for a question.
    std::optional<Channel> inbound;   ///< The channel whose sender waits for an acknowledgement.
    SteadyTime at;
  };
  struct Bundle {
    BatchAssembler assembler;
    std::vector<Waiter> waiters;
    PolicyPtr policy;  ///< In force once this is durable; null: unchanged.
  };

  void schedule_pump();
  void pump();
  void gather();
  [[nodiscard]] Needs needs_of_round() const;
  void read(Needs needs);
  void apply_round(const Loaded& loaded);
  void apply_step(Duration by, const Loaded& loaded, Instant now);
  void apply_one(Submitted submitted, const Loaded& loaded, Instant now);
  void commit_if_idle();
  void on_committed(const std::shared_ptr<const Batch>& batch,
                    const StorageThread::Committed& result);
  void settle(std::vector<Waiter> waiters);
  void settle_failed(std::vector<Submitted> commands);
  void reject(const Submitted& submitted, Submission submission);
  void tell_if_idle();
  [[nodiscard]] bool busy() const;

  boost::asio::io_context& loop_;
  Engine& engine_;
  PolicyPtr policy_;
  DeskClock& clock_;
  StorageThread& storage_;
  std::unique_ptr<Reader> reader_;
  Metrics& metrics_;
  std::uint64_t reserve_bytes_;
  Hooks hooks_;

  Lanes lanes_;
  std::vector<Submitted> round_;  ///< Their needs are being read.
  std::vector<Submitted> again_;  ///< Asked for more; first in the next round.
  Bundle building_;
  Bundle in_flight_;
  std::uint64_t as_of_ =
      0;  ///< Of the last load; loads reach the engine in the order they were read.
  bool pump_posted_ = false;
  bool reading_ = false;
  bool committing_ = false;
  bool closed_ = false;
  bool failed_ = false;
  std::function<void()> when_idle_;
  JobPool loader_;  ///< Last: its thread uses the reader.
};

}  // namespace deskwire
