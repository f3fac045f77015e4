// SPDX-License-Identifier: Apache-2.0
// What providers report of texts that we sent. A report may overtake our own record of the id that
// it speaks of; such a one waits a little. Reports never create anything. Loop thread only.
#pragma once
#include <boost/asio/awaitable.hpp>
#include <cstddef>
#include <deque>
#include <string>
#include <string_view>

#include "channels/sms/house.hpp"
#include "runtime/task_group.hpp"

namespace deskwire::sms {

class SmsReceipts {
 public:
  explicit SmsReceipts(SmsHouse& house);

  /// Returns after the commit. `token_in_url`: the token came with the URL, which most signatures
  /// do not cover, so it must be one that we signed.
  boost::asio::awaitable<Submission> take(const Adapter& adapter, Receipt receipt,
                                          bool token_in_url);
  /// How many sends are under way whose ids are not known yet.
  void sending(int more) { sending_ += more; }
  [[nodiscard]] std::size_t waiting() const { return early_.size(); }
  boost::asio::awaitable<void> stop();

 private:
  struct Early {
    RecordDelivery report;
    Instant until;
  };

  void keep_early(RecordDelivery report);
  void forget_old();
  void committed(const Batch& batch);
  boost::asio::awaitable<void> apply(RecordDelivery report);

  SmsHouse& house_;
  int sending_ = 0;
  std::deque<Early> early_;  ///< Oldest first.
  TaskGroup tasks_;
  Feed::Subscription subscription_;
};

}  // namespace deskwire::sms
