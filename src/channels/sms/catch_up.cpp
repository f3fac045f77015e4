// SPDX-License-Identifier: Apache-2.0
#include "channels/sms/catch_up.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>
#include <chrono>
#include <iterator>
#include <utility>
#include <vector>

#include "channels/sms/inbound.hpp"

namespace deskwire::sms {
namespace asio = boost::asio;
namespace {

constexpr Duration kEvery = minutes(5);
constexpr Duration kSoon = seconds(2);
constexpr Duration kLongestPatience = hours(1);
/// Lists lag behind hooks, and clocks differ.
constexpr Duration kOverlap = minutes(10);
constexpr Duration kFurthestBack = days(7);
constexpr unsigned kPages = 20;

}  // namespace

SmsCatchUp::SmsCatchUp(SmsHouse& house)
    : house_(house), timer_(house.executor), tasks_(house.executor, "texts missed") {}

void SmsCatchUp::start() { tasks_.spawn(run()); }

void SmsCatchUp::hurry() {
  const Instant soon = house_.now() + kSoon;
  for (auto& [name, progress] : progress_) progress.due = std::min(progress.due, soon);
  timer_.cancel();
}

asio::awaitable<void> SmsCatchUp::stop() {
  tasks_.cancel();
  co_await tasks_.join();
}

asio::awaitable<void> SmsCatchUp::run() {
  while (true) {
    const SmsLinesPtr lines = house_.lines;
    for (const SmsLine& line : lines->all()) {
      Progress& progress = progress_[line.name];
      if (progress.due <= house_.now()) co_await look(line, progress);
    }
    const Duration wait = std::clamp(next_due() - house_.now(), seconds(1), kEvery);
    timer_.expires_after(std::chrono::milliseconds(wait.ms));
    // Cancelled by hurry(), too; a stop throws at the next wait.
    (void)co_await timer_.async_wait(asio::as_tuple(asio::use_awaitable));
  }
}

Instant SmsCatchUp::next_due() const {
  Instant next = kNever;
  for (const auto& [name, progress] : progress_) next = std::min(next, progress.due);
  return next == kNever ? house_.now() + kEvery : next;
}

/// `progress` lives as long as this: lines are never forgotten.
asio::awaitable<void> SmsCatchUp::look(SmsLine line, Progress& progress) {
  const Instant begun = house_.now();
  progress.due = begun + kEvery;
  const bool can_be_asked = line.adapter->list(line.line, begun, begun).has_value();
  if (!can_be_asked) co_return;
  std::string why;
  bool complete = false;
  try {
    if (!progress.asked_until) progress.asked_until = co_await read_cursor(line.name);
    const Instant since = std::max(progress.asked_until - kOverlap, begun - kFurthestBack);
    complete = co_await list(line, since, why) == Pass::complete;
    if (complete) co_await write_cursor(line.name, begun);
  } catch (const Busy&) {
    why = "the desk is busy";
    complete = false;
  } catch (const boost::system::system_error&) {
    throw;  // We are being stopped.
  } catch (const std::exception& error) {
    why = error.what();
    complete = false;
  }
  if (complete) {
    if (progress.failures > 0)
      spdlog::info("sms: missed texts of {} can be asked for again", line.name);
    progress.failures = 0;
    progress.asked_until = begun;
    co_return;
  }
  if (progress.failures++ == 0)
    spdlog::warn("sms: missed texts of {} could not be asked for: {}", line.name, why);
  const Duration patience = seconds(10) * (1ll << std::min(progress.failures, 10u));
  progress.due = house_.now() + std::min(patience, kLongestPatience);
}

asio::awaitable<SmsCatchUp::Pass> SmsCatchUp::list(const SmsLine& line, Instant since,
                                                   std::string& why) {
  std::vector<InboundText> texts;
  std::optional<ApiCall> call = line.adapter->list(line.line, since, house_.now());
  for (unsigned page = 0; call; ++page) {
    if (page == kPages) {
      spdlog::error("sms: more texts of {} were missed than can be asked for", line.name);
      break;
    }
    ApiCall next = std::move(*call);
    const ApiResult result = co_await call_api(house_.http, std::move(next));
    auto listed = line.adapter->read_list(line.line, result.answer, since, house_.now());
    if (!listed) {
      why = listed.error();
      co_return Pass::later;
    }
    std::ranges::move(listed->texts, std::back_inserter(texts));
    call = std::move(listed->next);
  }
  // Oldest first, so that a conversation keeps its order.
  if (!texts.empty() && texts.front().sent_at > texts.back().sent_at) std::ranges::reverse(texts);
  for (InboundText& text : texts) {
    const bool taken = co_await take(line, std::move(text), why);
    if (!taken) co_return Pass::later;
  }
  co_return Pass::complete;
}

asio::awaitable<bool> SmsCatchUp::take(const SmsLine& line, InboundText text, std::string& why) {
  // A list is of one account and may hold texts to its other numbers.
  if (line.normalised(text.to) != line.line.number) co_return true;
  if (auto call = line.adapter->list_media(line.line, text)) {
    ApiCall next = std::move(*call);
    const ApiResult result = co_await call_api(house_.http, std::move(next));
    auto media = line.adapter->read_media(line.line, result.answer);
    if (!media) {
      why = media.error();
      co_return false;
    }
    text.media = std::move(*media);
  }
  Command command = inbound_command(house_.keys, line, text, house_.now(), kFurthestBack);
  const Submission done = co_await house_.gateway.submit(std::move(command), Lane::intake);
  if (done.kind == Submission::Kind::done) {
    if (!done.receipt.duplicate) spdlog::info("sms: a missed text to {} was fetched", line.name);
    co_return true;
  }
  if (done.kind == Submission::Kind::refused) {
    spdlog::error("sms: a text to channel {} was refused: {}", line.name, name(done.refusal));
    co_return true;
  }
  why = "the desk takes nothing now";
  co_return false;
}

/// A line that was never asked begins now.
asio::awaitable<Instant> SmsCatchUp::read_cursor(std::string channel) {
  auto job = [channel = std::move(channel)](Reader& reader) {
    return reader.record(std::string(kCursorRecord), channel);
  };
  const std::optional<Record> found = co_await house_.workers.read(std::move(job));
  co_return found ? found->at : house_.now();
}

asio::awaitable<void> SmsCatchUp::write_cursor(std::string channel, Instant at) {
  auto job = [record = Record{.kind = std::string(kCursorRecord),
                              .key = std::move(channel),
                              .at = at,
                              .value = {}}](Store& store) { store.put_record(record, 0); };
  co_await house_.workers.store(std::move(job));
}

}  // namespace deskwire::sms
