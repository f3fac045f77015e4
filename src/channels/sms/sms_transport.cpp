// SPDX-License-Identifier: Apache-2.0
#include "channels/sms/sms_transport.hpp"

#include <spdlog/spdlog.h>

#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <exception>
#include <utility>

#include "auth/phone_keys.hpp"
#include "channels/sms/inbound.hpp"

namespace deskwire::sms {
namespace asio = boost::asio;
namespace {

constexpr unsigned kLookUpPages = 20;
constexpr std::size_t kMaxOthers = 200;  ///< Messages that are taken for this one at first.
constexpr Duration kAskAgain = seconds(30);
/// A provider that cannot be asked for so long will not tell any more.
constexpr Duration kAskFor = hours(24);

SendOutcome failed(std::string why) { return {DeliveryState::failed, std::move(why)}; }

SendOutcome unknown(std::string why) { return {DeliveryState::unknown, std::move(why)}; }

SendOutcome ask_again(std::string why, Duration in) {
  SendOutcome out{DeliveryState::queued, std::move(why)};
  out.retry_in = in;
  return out;
}

std::string recipient(const OutboundMessage& message) {
  const auto& to = message.message.content.to;
  return to.empty() ? std::string() : to.front().address;
}

/// Nothing, or why it can never leave.
std::string defect_of(const OutboundMessage& message) {
  const MessageContent& content = message.message.content;
  if (recipient(message).empty()) return "there is no number to send to";
  if (!content.attachments.empty()) return "text messages cannot carry attachments yet";
  if (content.text.empty()) return "there is no text";
  return {};
}

/// When the interrupted attempt began, at the earliest.
Instant begun_after(const OutboxItem& item) {
  return item.next_attempt_at ? item.next_attempt_at : item.created_at;
}

}  // namespace

SmsTransport::SmsTransport(SmsHouse& house, SmsReceipts& receipts)
    : house_(house),
      receipts_(receipts),
      made_at_(house.now()),
      tasks_(house.executor, "texts out") {}

void SmsTransport::send(OutboundMessage message, std::function<void(SendOutcome)> done) {
  if (closed_) {
    asio::post(house_.executor,
               [done = std::move(done)] { done({DeliveryState::queued, "stopping"}); });
    return;
  }
  tasks_.spawn(run(&SmsTransport::hand_over, std::move(message), std::move(done)));
}

void SmsTransport::look_up(OutboundMessage message, std::function<void(SendOutcome)> done) {
  if (closed_) {
    asio::post(house_.executor,
               [done = std::move(done)] { done(ask_again("stopping", kAskAgain)); });
    return;
  }
  tasks_.spawn(run(&SmsTransport::ask, std::move(message), std::move(done)));
}

asio::awaitable<void> SmsTransport::run(Attempt attempt, OutboundMessage message,
                                        std::function<void(SendOutcome)> done) {
  // Never told inside send().
  co_await asio::post(house_.executor, asio::use_awaitable);
  const MessageId id = message.item.message;
  const bool sends = attempt == &SmsTransport::hand_over;
  SendOutcome outcome = sends ? SendOutcome{DeliveryState::queued, "the desk is busy"}
                              : ask_again("the desk is busy", kAskAgain);
  receipts_.sending(+1);
  try {
    outcome = co_await (this->*attempt)(std::move(message));
  } catch (const Busy&) {
    // Nothing has left yet: only what comes before the request can be busy.
  } catch (const std::exception& error) {
    spdlog::error("sms: message {} was hindered: {}", id.value, error.what());
    outcome.detail = "local trouble";
  }
  receipts_.sending(-1);
  done(std::move(outcome));
}

Outgoing SmsTransport::outgoing(const SmsLines& lines, const SmsLine& line,
                                const OutboundMessage& message) const {
  const MessageId id = message.item.message;
  return {.reference = message_reference(id),
          .to = recipient(message),
          .text = message.message.content.text,
          .media_urls = {},
          .status_url = lines.status_url(line, delivery_token(house_.keys, id)),
          .other_ids = {}};
}

SendOutcome SmsTransport::outcome(const Adapter& adapter, SendAnswer answer) const {
  SendOutcome out{answer.state, std::move(answer.detail)};
  out.provider_key = provider_key(house_.keys, adapter, answer.id);
  return out;
}

asio::awaitable<bool> SmsTransport::opted_out(Key person) {
  const Instant now = house_.now();
  auto job = [person, now](Reader& reader) {
    Needs needs;
    needs.keys.emplace_back(KeyKind::opted_out, person);
    for (const KeyRow& row : reader.load(needs).keys)
      if (row.kind == KeyKind::opted_out && row.expires_at > now) return true;
    return false;
  };
  co_return co_await house_.workers.read(std::move(job));
}

SmsTransport::Task SmsTransport::hand_over(OutboundMessage message) {
  const SmsLinesPtr lines = house_.lines;
  const SmsLine* line = lines->of(message.item.channel_name);
  if (line == nullptr)
    co_return SendOutcome{DeliveryState::queued, "its number is not configured any more"};
  if (std::string defect = defect_of(message); !defect.empty()) co_return failed(std::move(defect));
  const Key person = number_identity(house_.keys, recipient(message)).key;
  // It may have waited here while they refused.
  const bool unwanted = co_await opted_out(person);
  if (unwanted) co_return failed("they asked for no more texts");
  ApiCall call = line->adapter->send(line->line, outgoing(*lines, *line, message), house_.now());
  const ApiResult result = co_await call_api(house_.http, std::move(call));
  SendOutcome out = outcome(*line->adapter, line->adapter->read_send(result.answer));
  if (out.state == DeliveryState::queued) out.retry_in = result.retry_after;
  co_return out;
}

asio::awaitable<bool> SmsTransport::is_of_another(const Adapter& adapter, std::string id,
                                                  MessageId message) {
  const Key key = provider_key(house_.keys, adapter, id);
  auto job = [key, message](Reader& reader) {
    Needs needs;
    needs.keys.emplace_back(KeyKind::provider, key);
    for (const KeyRow& row : reader.load(needs).keys)
      if (row.kind == KeyKind::provider && row.key == key) return row.message != message;
    return false;
  };
  co_return co_await house_.workers.read(std::move(job));
}

SmsTransport::Task SmsTransport::ask(OutboundMessage message) {
  const SmsLinesPtr lines = house_.lines;
  const SmsLine* line = lines->of(message.item.channel_name);
  if (line == nullptr) co_return unknown("its number is not configured any more");
  const Adapter& adapter = *line->adapter;
  if (adapter.repeats_safely()) co_return SendOutcome{DeliveryState::queued, ""};
  Outgoing wanted = outgoing(*lines, *line, message);
  const Instant since = begun_after(message.item);
  auto call = adapter.look_up(line->line, wanted, since, house_.now());
  if (!call) co_return unknown("we stopped while it was sent, and the provider cannot be asked");
  for (unsigned page = 0; call && page < kLookUpPages; ++page) {
    ApiCall next = std::move(*call);
    call.reset();
    const ApiResult result = co_await call_api(house_.http, std::move(next));
    auto found = adapter.read_look_up(line->line, wanted, result.answer, since);
    // The same words to the same person: that one may be another message of ours.
    while (found && found->sent && wanted.other_ids.size() < kMaxOthers) {
      const std::string id = found->sent->id;
      const bool other = co_await is_of_another(adapter, id, message.item.message);
      if (!other) co_return outcome(adapter, std::move(*found->sent));
      wanted.other_ids.push_back(id);
      found = adapter.read_look_up(line->line, wanted, result.answer, since);
    }
    if (!found && house_.now() - made_at_ > kAskFor)
      co_return unknown("we stopped while it was sent, and the provider does not answer");
    if (!found) co_return ask_again(found.error(), std::max(kAskAgain, result.retry_after));
    call = std::move(found->next);
  }
  const Instant settled = made_at_ + adapter.settling_time();
  if (house_.now() < settled) {
    // Soon at first: most providers list a message within seconds.
    co_return ask_again("asking the provider", std::min(kAskAgain, settled - house_.now()));
  }
  co_return unknown("we stopped while it was sent, and the provider does not know it");
}

}  // namespace deskwire::sms
