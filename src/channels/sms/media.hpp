// SPDX-License-Identifier: Apache-2.0
// Pictures and the like that a text message named: fetched after the message is there, within
// limits, from public addresses only. What cannot be had is said on the ticket. Loop thread only.
#pragma once
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "channels/sms/house.hpp"
#include "runtime/task_group.hpp"

namespace deskwire::sms {

class SmsMedia {
 public:
  explicit SmsMedia(SmsHouse& house);

  /// Takes up what an earlier run left.
  void start();
  boost::asio::awaitable<void> stop();

 private:
  struct Job {
    Instant due;
    unsigned attempts = 0;
  };
  /// What became of one attachment.
  struct Fetched {
    std::shared_ptr<const Blob> blob;  ///< Null: `why`.
    std::string name, type;
    std::string why;
    bool final = false;
  };

  void committed(const Batch& batch);
  void add(MessageId message);
  boost::asio::awaitable<void> run();
  boost::asio::awaitable<void> take_up_old();
  boost::asio::awaitable<void> work(MessageId message, unsigned attempt);
  /// True: nothing is left to fetch.
  boost::asio::awaitable<bool> fetch_all(MessageId message, unsigned attempt);
  boost::asio::awaitable<Fetched> fetch(const SmsLine* line, Attachment attachment);
  boost::asio::awaitable<void> say(const Message& message, std::string text);

  SmsHouse& house_;
  std::map<MessageId, Job> jobs_;
  std::size_t active_ = 0;
  boost::asio::steady_timer timer_;
  TaskGroup tasks_;
  Feed::Subscription subscription_;
};

}  // namespace deskwire::sms
