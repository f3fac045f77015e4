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
  using Lines = std::map<std::string, std::shared_ptr<Line>>;

 public:
  CallBook(boost::asio::any_io_executor executor, Workers& workers, std::function<Instant()> now)
      : executor_(std::move(executor)), workers_(workers), now_(std::move(now)) {}

  /// While it lives no other turn of the same call begins.
  class Turn {
   public:
    Turn(CallBook& book, std::string key)
        : book_(&book), lines_(book.lines_), key_(std::move(key)) {}
    Turn(Turn&&) noexcept = default;
    Turn& operator=(Turn&&) = delete;
    ~Turn();

    /// Durable on return; nothing to do when nothing changed.
    boost::asio::awaitable<void> save();
    /// Durable before the ticket hears of the call: what comes again after a failure must still
    /// know what became of it by this call.
    boost::asio::awaitable<void> begin();

    CallRecord record;

   private:
    friend class CallBook;
    CallBook* book_;
    std::shared_ptr<Lines> lines_;  ///< A turn may be dropped after the book is gone.
    std::string key_;
    CallRecord saved_;
  };

  /// Waits for its turn, with the record as it is then. Throws Busy.
  boost::asio::awaitable<Turn> open(std::string channel, std::string call);

 private:
  boost::asio::any_io_executor executor_;
  Workers& workers_;
  std::function<Instant()> now_;
  std::shared_ptr<Lines> lines_ = std::make_shared<Lines>();
};

}  // namespace deskwire::voice
