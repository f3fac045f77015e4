// SPDX-License-Identifier: Apache-2.0
#include "channels/sms/receipts.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <utility>

#include "auth/phone_keys.hpp"
#include "channels/sms/inbound.hpp"

namespace deskwire::sms {
namespace asio = boost::asio;
namespace {

/// Reports of sends that are under way, of all lines.
constexpr std::size_t kEarly = 1'000;
constexpr Duration kEarlyFor = minutes(10);

bool is_unknown(const Submission& submission) {
  return submission.kind == Submission::Kind::refused &&
         submission.refusal == Refusal::no_such_message;
}

}  // namespace

SmsReceipts::SmsReceipts(SmsHouse& house)
    : house_(house),
      tasks_(house.executor, "text receipts"),
      subscription_(house.feed.subscribe(
          [this](const std::shared_ptr<const Batch>& batch) { committed(*batch); })) {}

asio::awaitable<void> SmsReceipts::stop() {
  subscription_ = {};
  tasks_.cancel();
  co_await tasks_.join();
}

asio::awaitable<Submission> SmsReceipts::take(const Adapter& adapter, Receipt receipt,
                                              bool token_in_url) {
  RecordDelivery report;
  report.message = read_delivery_token(house_.keys, receipt.token, !token_in_url);
  report.state = receipt.state;
  report.detail = std::move(receipt.detail);
  report.provider_key = provider_key(house_.keys, adapter, receipt.id);
  Command command{.actor = {}, .body = report};
  Submission done = co_await house_.gateway.submit(std::move(command), Lane::intake);
  if (!is_unknown(done)) co_return done;
  forget_old();
  if (!report.message && report.provider_key && sending_ > 0) {
    keep_early(std::move(report));
  } else {
    spdlog::info("sms: {} reports on a message that is not ours", adapter.name());
  }
  // Nothing will make it known: it must not come again.
  done.kind = Submission::Kind::done;
  co_return done;
}

void SmsReceipts::keep_early(RecordDelivery report) {
  if (early_.size() >= kEarly) early_.pop_front();
  early_.push_back({std::move(report), house_.now() + kEarlyFor});
}

void SmsReceipts::forget_old() {
  const Instant now = house_.now();
  while (!early_.empty() && early_.front().until <= now) early_.pop_front();
}

void SmsReceipts::committed(const Batch& batch) {
  if (early_.empty()) return;
  for (const KeyRow& row : batch.keys) {
    if (row.kind != KeyKind::provider) continue;
    for (auto it = early_.begin(); it != early_.end();) {
      if (it->report.provider_key != row.key) {
        ++it;
        continue;
      }
      tasks_.spawn(apply(std::move(it->report)));
      it = early_.erase(it);
    }
  }
}

asio::awaitable<void> SmsReceipts::apply(RecordDelivery report) {
  Command command{.actor = {}, .body = std::move(report)};
  const Submission done = co_await house_.gateway.submit(std::move(command), Lane::intake);
  if (done.kind != Submission::Kind::done)
    spdlog::warn("sms: a report that came early could not be recorded");
}

}  // namespace deskwire::sms
