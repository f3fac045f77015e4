// SPDX-License-Identifier: Apache-2.0
// The records of calls, one event of a call at a time: what two events of one call read and write
// never mixes, however they arrive. Loop thread only.
#pragma once
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>

#include "channels/voice/call_record.hpp"
#include "runtime/workers.hpp"

namespace deskwire::voice {

class CallBook {
  struct Line {
    explicit Line(const boost::asio::any_io_executor& executor)
        : wake(executor, boost::asio::steady_timer::time_point::max()) {}
    boost::asio::steady_timer wake;  ///< Never expires; cancelled when the turn is over.
    bool busy = false;
    std::size_t waiting = 0;
  };

 public:
  CallBook(boost::asio::any_io_executor executor, Workers& workers, std::function<Instant()> now)
      : executor_(std::move(executor)), workers_(workers), now_(std::move(now)) {}

  /// While it lives no other turn of the same call begins.
  class Turn {
   public:
    Turn(CallBook& book, std::string key) : book_(&book), key_(std::move(key)) {}
    Turn(Turn&& other) noexcept
        : record(std::move(other.record)),
          book_(std::exchange(other.book_, nullptr)),
          key_(std::move(other.key_)),
          saved_(std::move(other.saved_)) {}
    Turn& operator=(Turn&&) = delete;
    ~Turn() {
      if (book_ != nullptr) book_->release(key_);
    }

    /// Durable on return; nothing to do when nothing changed.
    boost::asio::awaitable<void> save();

    CallRecord record;

   private:
    friend class CallBook;
    CallBook* book_;
    std::string key_;
    CallRecord saved_;
  };

  /// Waits for its turn, with the record as it is then. Throws Busy.
  boost::asio::awaitable<Turn> open(std::string channel, std::string call);

 private:
  void release(const std::string& key);

  boost::asio::any_io_executor executor_;
  Workers& workers_;
  std::function<Instant()> now_;
  std::map<std::string, std::shared_ptr<Line>> lines_;
};

}  // namespace deskwire::voice
