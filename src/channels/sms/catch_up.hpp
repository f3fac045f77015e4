// SPDX-License-Identifier: Apache-2.0
// What providers could not deliver to our hooks: asked for after a start, after a text was turned
// away, and every few minutes. Texts that are known already change nothing. Loop thread only.
#pragma once
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <map>
#include <optional>
#include <string>

#include "channels/sms/house.hpp"
#include "runtime/task_group.hpp"

namespace deskwire::sms {

/// Records of this kind, by channel name, say up to when its texts were asked for; the value is
/// empty, `at` is the time.
inline constexpr std::string_view kCursorRecord = "sms cursor";

class SmsCatchUp {
 public:
  explicit SmsCatchUp(SmsHouse& house);

  void start();
  /// A text was turned away: look soon.
  void hurry();
  boost::asio::awaitable<void> stop();

 private:
  struct Progress {
    Instant asked_until;  ///< Zero: the record has not been read yet.
    Instant due;
    unsigned failures = 0;  ///< In a row.
  };
  enum class Pass : std::uint8_t { complete, later };

  boost::asio::awaitable<void> run();
  boost::asio::awaitable<void> look(SmsLine line, Progress& progress);
  boost::asio::awaitable<Pass> list(const SmsLine& line, Instant since, std::string& why);
  /// False: it could not be taken now.
  boost::asio::awaitable<bool> take(const SmsLine& line, InboundText text, std::string& why);
  boost::asio::awaitable<Instant> read_cursor(std::string channel);
  boost::asio::awaitable<void> write_cursor(std::string channel, Instant at);
  [[nodiscard]] Instant next_due() const;

  SmsHouse& house_;
  std::map<std::string, Progress> progress_;  ///< By channel name.
  boost::asio::steady_timer timer_;
  TaskGroup tasks_;
};

}  // namespace deskwire::sms
