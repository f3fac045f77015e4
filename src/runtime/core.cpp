// SPDX-License-Identifier: Apache-2.0
#include "runtime/core.hpp"

#include <spdlog/spdlog.h>

#include <boost/asio/async_result.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <string>
#include <unordered_map>
#include <utility>

#include "deskwire/engine/state.hpp"

namespace deskwire {
namespace asio = boost::asio;
namespace {

using namespace std::chrono_literals;

/// Of the ten seconds a stop may take.
constexpr auto kSendsMayTake = 5s;
/// A commit or a job that takes longer is no longer slow but stuck.
constexpr auto kStorageStuckAfter = 60s;

/// Suspends until `begin` has called what it was given.
template <class Begin>
asio::awaitable<void> until(asio::io_context& loop, Begin begin) {
  co_await asio::async_initiate<decltype(asio::use_awaitable), void()>(
      [&loop](auto handler, Begin b) {
        auto shared = std::make_shared<decltype(handler)>(std::move(handler));
        b([&loop, shared] { asio::post(loop, std::move(*shared)); });
      },
      asio::use_awaitable, std::move(begin));
}

}  // namespace

Core::Core(asio::io_context& loop, std::unique_ptr<Store> store, PolicyPtr policy,
           std::vector<NameRow> new_names, Metrics& metrics,
           std::function<void(std::exception_ptr)> on_fatal, CoreSettings settings)
    : loop_(loop),
      metrics_(metrics),
      on_fatal_(std::move(on_fatal)),
      disk_reserve_bytes_(settings.disk_reserve_bytes),
      clock_(std::move(settings.clock)),
      engine_(policy,
              [&] {
                Snapshot snapshot = store->load_snapshot();
                clock_.restore(snapshot.last_now);
                feed_.restore(snapshot.seq);
                restored_outbox_ = snapshot.outbox;
                return snapshot;
              }()),
      storage_(loop, std::move(store),
               [this](std::exception_ptr error) { committer_.fail(error); }),
      workers_(loop, storage_),
      committer_(loop, engine_, policy, clock_, storage_, storage_.store().open_reader(), metrics,
                 settings.disk_reserve_bytes,
                 {.committed =
                      [this](const std::shared_ptr<const Batch>& batch) {
                        feed_.publish(batch);
                        outbox_.committed(*batch);
                      },
                  .decided = [this] { ticker_.arm(); },
                  .failed = [this](std::exception_ptr error) { failed(std::move(error)); }}),
      ticker_(loop, engine_, clock_, committer_),
      outbox_(loop, committer_, workers_, clock_, metrics) {
  committer_.add_names(std::move(new_names));
  metrics_.before_render([this] { refresh_metrics(); });
}

Core::~Core() = default;

void Core::start(std::function<void(const Submission&)> done) {
  outbox_.restore(std::exchange(restored_outbox_, {}));
  Command restarted{.actor = {}, .body = Restarted{}};
  committer_.submit(std::move(restarted), Lane::interactive,
                    [this, done = std::move(done)](const Submission& s) {
                      if (s.kind == Submission::Kind::done) {
                        ticker_.arm();
                        outbox_.start();
                      }
                      done(s);
                    });
}

asio::awaitable<void> Core::stop() {
  committer_.close();
  ticker_.stop();
  outbox_.stop();
  asio::steady_timer patience(loop_, kSendsMayTake);
  patience.async_wait([this](boost::system::error_code ec) {
    if (!ec) outbox_.abandon();
  });
  co_await outbox_.join();
  patience.cancel();
  co_await until(loop_,
                 [this](std::function<void()> done) { committer_.when_idle(std::move(done)); });
  workers_.stop();
  co_await until(loop_, [this](std::function<void()> done) { storage_.stop(std::move(done)); });
}

asio::awaitable<void> Core::backup(std::string directory) {
  auto copy = [&store = storage_.store(), directory = std::move(directory)] {
    store.backup(directory);
  };
  co_await workers_.run(Workers::Pool::parse, std::move(copy));
}

void Core::replace_policy(PolicyPtr policy, std::vector<NameRow> new_names, Gateway::Done done) {
  committer_.add_names(std::move(new_names));
  Command replace{.actor = {}, .body = ReplacePolicy{std::move(policy)}};
  committer_.submit(std::move(replace), Lane::interactive, std::move(done));
}

void Core::failed(std::exception_ptr error) {
  ticker_.stop();
  try {
    std::rethrow_exception(error);
  } catch (const std::exception& e) {
    spdlog::critical("the store failed, nothing more is taken: {}", e.what());
  }
  on_fatal_(std::move(error));
}

bool Core::ready() {
  health_.set("storage", !committer_.failed() && live(), "the store failed or hangs");
  health_.set("intake", committer_.accepts_intake(),
              committer_.disk_full() ? "the disk is full" : "stopping");
  return health_.ready();
}

bool Core::live() const { return steady_now() - storage_.alive_at() < kStorageStuckAfter; }

void Core::refresh_metrics() {
  metrics_.depth(Metrics::Depth::interactive, committer_.lanes().size(Lane::interactive));
  metrics_.depth(Metrics::Depth::intake, committer_.lanes().size(Lane::intake));
  metrics_.depth(Metrics::Depth::batch, committer_.building());
  metrics_.free_bytes(storage_.free_bytes());
  workers_.report(metrics_);
  // With 100,000 tickets this takes some milliseconds of the loop; one answer a second is enough
  // for any scraper.
  const SteadyTime now = clock_.steady();
  if (counted_at_ && now - *counted_at_ < 1s) return;
  counted_at_ = now;
  count_waiting();
}

void Core::count_waiting() {
  std::unordered_map<QueueId, std::size_t> by_id;
  for (const auto& entry : engine_.state().tickets)
    if (entry.second.state == TicketState::queued) ++by_id[entry.second.queue];
  std::vector<std::pair<std::string, std::size_t>> by_name;
  for (const Queue& queue : engine_.policy().queues)
    by_name.emplace_back(queue.name, by_id[queue.id]);
  metrics_.waiting(by_name);
}

}  // namespace deskwire
