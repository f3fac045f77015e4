// SPDX-License-Identifier: Apache-2.0
#include "http/quarantine.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <array>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <utility>

#include "deskwire/base/utf8.hpp"
#include "http/origin.hpp"

namespace deskwire {
namespace json = boost::json;
namespace {

constexpr std::size_t kBodyBytes = 16u << 10;
constexpr std::size_t kHeaderBytes = 4u << 10;
constexpr std::uint32_t kKept = 10'000;
constexpr Duration kKeptFor = days(30);
/// A stranger fills no disk: a burst to look at, then one in ten seconds of each network.
constexpr RateLimit kPace{.burst = 20, .refill = seconds(10)};
/// What says who someone is stays out of it.
constexpr auto kSecretHeaders = std::to_array<std::string_view>({"cookie", "proxy-authorization"});

/// Bytes as text that JSON can hold.
std::string shown(std::string_view bytes, std::size_t most) {
  return to_valid_utf8(bytes.substr(0, most));
}

json::object describe(const HttpRequest& request, std::string_view entrance,
                      std::string_view reason) {
  json::object headers;
  std::size_t room = kHeaderBytes;
  for (const auto& [key, value] : request.headers) {
    if (std::ranges::find(kSecretHeaders, key) != kSecretHeaders.end()) continue;
    if (key.size() + value.size() > room) break;
    room -= key.size() + value.size();
    headers[shown(key, kHeaderBytes)] = shown(value, kHeaderBytes);
  }
  return {{"entrance", entrance},
          {"reason", reason},
          {"client", request.client},
          {"method", request.method},
          {"target", shown(request.target, kHeaderBytes)},
          {"headers", std::move(headers)},
          {"body", shown(request.body, kBodyBytes)}};
}

}  // namespace

Quarantine::Quarantine(boost::asio::any_io_executor executor, Workers& workers, Metrics& metrics,
                       std::function<Instant()> now)
    : workers_(workers),
      metrics_(metrics),
      now_(std::move(now)),
      pace_(kPace),
      tasks_(std::move(executor), "quarantine") {}

void Quarantine::keep(const HttpRequest& request, std::string_view entrance,
                      std::string_view reason) {
  metrics_.hook_refused(entrance, reason);
  const Instant now = now_();
  const std::string network = client_network(request.client);
  spdlog::warn("hooks: a request to {} from {} is not believed: {}", entrance, request.client,
               reason);
  if (pace_.take(network, now) > Duration{}) return;
  // Times repeat, keys do not.
  std::string key = std::to_string(now.ms) + "-" + std::to_string(++number_);
  tasks_.spawn(write({.kind = std::string(kQuarantineRecord),
                      .key = std::move(key),
                      .at = now,
                      .expires_at = now + kKeptFor,
                      .value = json::serialize(describe(request, entrance, reason))}));
}

boost::asio::awaitable<void> Quarantine::write(Record record) {
  auto job = [record = std::move(record)](Store& store) { store.put_record(record, kKept); };
  try {
    co_await workers_.store(std::move(job));
  } catch (const Busy&) {
    spdlog::warn("hooks: the desk is busy, a refused request was counted and not kept");
  }
}

}  // namespace deskwire
