// SPDX-License-Identifier: Apache-2.0
#include "channels/voice/call_book.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace deskwire::voice {
namespace asio = boost::asio;
namespace {

const std::string kKind = "call";
constexpr Duration kKeptFor = days(1);
/// A busy day of a large office; the oldest go first.
constexpr std::uint32_t kKept = 20'000;

/// One more who waits, however the waiting ends.
struct Waiting {
  explicit Waiting(std::size_t& c) : count(c) { ++count; }
  ~Waiting() { --count; }
  Waiting(const Waiting&) = delete;
  Waiting& operator=(const Waiting&) = delete;
  std::size_t& count;
};

}  // namespace

asio::awaitable<CallBook::Turn> CallBook::open(std::string channel, std::string call) {
  std::string key = std::move(channel) + ":" + std::move(call);
  std::shared_ptr<Line>& place = (*lines_)[key];
  if (!place) place = std::make_shared<Line>(executor_);
  const std::shared_ptr<Line> line = place;
  {
    const Waiting waiting(line->waiting);
    while (line->busy) co_await line->wake.async_wait(asio::as_tuple(asio::use_awaitable));
  }
  line->busy = true;
  Turn turn(*this, key);
  auto job = [key = std::move(key)](Reader& reader) { return reader.record(kKind, key); };
  const std::optional<Record> found = co_await workers_.read(std::move(job));
  if (found) turn.record = read_call_record(found->value);
  turn.saved_ = turn.record;
  co_return turn;
}

asio::awaitable<void> CallBook::Turn::save() {
  if (record == saved_) co_return;
  const Instant now = book_->now_();
  Record row{.kind = kKind,
             .key = key_,
             .at = now,
             .expires_at = now + kKeptFor,
             .value = write_call_record(record)};
  CallRecord written = record;
  auto job = [row = std::move(row)](Store& store) { store.put_record(row, kKept); };
  co_await book_->workers_.store(std::move(job));
  saved_ = std::move(written);
}

asio::awaitable<void> CallBook::Turn::begin() {
  if (record.began) co_return;
  record.began = book_->now_();
  co_await save();
}

CallBook::Turn::~Turn() {
  if (!lines_) return;  // Moved from.
  const auto found = lines_->find(key_);
  found->second->busy = false;
  if (found->second->waiting > 0)
    found->second->wake.cancel();
  else
    lines_->erase(found);
}

}  // namespace deskwire::voice
