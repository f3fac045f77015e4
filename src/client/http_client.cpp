// SPDX-License-Identifier: Apache-2.0
#include "client/http_client.hpp"

#include <atomic>
#include <boost/asio/append.hpp>
#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <stdexcept>
#include <thread>

#include "client/curl_init.hpp"
#include "client/http_transfer.hpp"
#include "runtime/job_pool.hpp"
#include "runtime/limits.hpp"

namespace deskwire {
namespace asio = boost::asio;

namespace {

/// Longest sleep of the thread; it is woken for everything that matters.
constexpr int kIdleMs = 1'000;
constexpr int kBusyMs = 100;

HttpAnswer untried(const char* why, bool refused) {
  HttpAnswer out;
  out.error = why;
  out.refused = refused;
  return out;
}

}  // namespace

std::string_view HttpAnswer::header(std::string_view name) const {
  for (const auto& [key, value] : headers)
    if (key == name) return value;
  return {};
}

/// The thread, what waits for it, and what it has under way.
class HttpClient::Engine {
 public:
  struct Job {
    Job(asio::io_context& loop, HttpCall c, std::function<void(HttpAnswer)> d)
        : call(std::move(c)), done(std::move(d)), loop_guard(loop.get_executor()) {}
    HttpCall call;
    std::function<void(HttpAnswer)> done;
    std::atomic<bool> cancelled = false;
    asio::executor_work_guard<asio::io_context::executor_type> loop_guard;
  };
  using JobPtr = std::shared_ptr<Job>;

  explicit Engine(HttpClientSettings settings) : settings_(std::move(settings)) {
    init_curl();
    multi_ = curl_multi_init();
    if (!multi_) throw std::bad_alloc();
    curl_multi_setopt(multi_, CURLMOPT_MAXCONNECTS, static_cast<long>(limits::kHttpCallsAtOnce));
    thread_ = std::thread([this] { run(); });
  }
  ~Engine() {
    stop();
    curl_multi_cleanup(multi_);
  }
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  void start(const JobPtr& job) {
    if (const char* defect = defect_of(job->call)) return answer(job, untried(defect, true));
    {
      const std::lock_guard lock(mutex_);
      if (!stopping_ && waiting_.size() < limits::kHttpCalls) {
        waiting_.push_back(job);
        curl_multi_wakeup(multi_);
        return;
      }
    }
    answer(job, untried("too many requests are on their way", false));
  }

  void wake() { curl_multi_wakeup(multi_); }

  void stop() {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    curl_multi_wakeup(multi_);
    if (thread_.joinable()) thread_.join();
  }

 private:
  struct Running {
    JobPtr job;
    std::unique_ptr<HttpTransfer> transfer;
  };

  static void answer(const JobPtr& job, HttpAnswer what) {
    asio::post(job->loop_guard.get_executor(), [job, what = std::move(what)]() mutable {
      const auto done = std::exchange(job->done, nullptr);
      job->loop_guard.reset();
      done(std::move(what));
    });
  }

  void run() {
    name_this_thread("desk-http");
    while (take_waiting()) {
      int busy = 0;
      curl_multi_perform(multi_, &busy);
      collect();
      drop_cancelled();
      curl_multi_poll(multi_, nullptr, 0, busy > 0 ? kBusyMs : kIdleMs, nullptr);
    }
    end_all();
  }

  /// False: the thread is to end.
  bool take_waiting() {
    std::deque<JobPtr> taken;
    {
      const std::lock_guard lock(mutex_);
      if (stopping_) return false;
      while (!waiting_.empty() && running_.size() + taken.size() < limits::kHttpCallsAtOnce) {
        taken.push_back(std::move(waiting_.front()));
        waiting_.pop_front();
      }
    }
    for (const JobPtr& job : taken) begin(job);
    return true;
  }

  void begin(const JobPtr& job) {
    if (job->cancelled) return answer(job, untried("it was cancelled", false));
    try {
      auto transfer = std::make_unique<HttpTransfer>(settings_, std::move(job->call));
      CURL* const handle = transfer->handle();
      curl_multi_add_handle(multi_, handle);
      running_.emplace(handle, Running{job, std::move(transfer)});
    } catch (const std::bad_alloc&) {
      answer(job, untried("there is no memory left", false));
    }
  }

  void collect() {
    int left = 0;
    while (CURLMsg* message = curl_multi_info_read(multi_, &left)) {
      if (message->msg != CURLMSG_DONE) continue;
      CURL* const handle = message->easy_handle;
      const CURLcode result = message->data.result;
      const auto found = running_.find(handle);
      curl_multi_remove_handle(multi_, handle);
      if (found == running_.end()) continue;
      if (found->second.transfer->finish(result)) {
        curl_multi_add_handle(multi_, handle);
        continue;
      }
      end(found);
    }
  }

  void drop_cancelled() {
    for (auto it = running_.begin(); it != running_.end();) {
      const auto each = it++;
      if (each->second.job->cancelled) cut(each, "it was cancelled");
    }
  }

  void cut(std::map<CURL*, Running>::iterator each, const char* why) {
    curl_multi_remove_handle(multi_, each->first);
    each->second.transfer->abandon(why);
    end(each);
  }

  void end(std::map<CURL*, Running>::iterator each) {
    answer(each->second.job, each->second.transfer->take());
    running_.erase(each);
  }

  void end_all() {
    while (!running_.empty()) cut(running_.begin(), "we are stopping");
    const std::lock_guard lock(mutex_);
    for (const JobPtr& job : waiting_) answer(job, untried("we are stopping", false));
    waiting_.clear();
  }

  const HttpClientSettings settings_;
  CURLM* multi_ = nullptr;
  std::mutex mutex_;
  std::deque<JobPtr> waiting_;
  bool stopping_ = false;
  std::map<CURL*, Running> running_;  ///< The thread's own.
  std::thread thread_;
};

HttpClient::HttpClient(asio::io_context& loop, HttpClientSettings settings)
    : loop_(loop), engine_(std::make_shared<Engine>(std::move(settings))) {}

HttpClient::~HttpClient() { stop(); }

void HttpClient::stop() { engine_->stop(); }

asio::awaitable<HttpAnswer> HttpClient::fetch(HttpCall call) {
  co_return co_await asio::async_initiate<decltype(asio::use_awaitable), void(HttpAnswer)>(
      [engine = engine_, &loop = loop_](auto handler, HttpCall c) {
        auto slot = asio::get_associated_cancellation_slot(handler);
        auto shared = std::make_shared<decltype(handler)>(std::move(handler));
        auto job = std::make_shared<Engine::Job>(loop, std::move(c), [shared](HttpAnswer answer) {
          asio::get_associated_cancellation_slot(*shared).clear();
          asio::dispatch(asio::append(std::move(*shared), std::move(answer)));
        });
        if (slot.is_connected())
          slot.assign([weak = std::weak_ptr(job), engine](asio::cancellation_type) {
            if (const auto alive = weak.lock()) {
              alive->cancelled = true;
              engine->wake();
            }
          });
        engine->start(job);
      },
      asio::use_awaitable, std::move(call));
}

}  // namespace deskwire
