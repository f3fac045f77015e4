// SPDX-License-Identifier: Apache-2.0
#include "channels/sms/house.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

namespace deskwire::sms {
namespace {

constexpr auto kApiTimeout = std::chrono::seconds(20);
constexpr std::size_t kAnswerBytes = 4u << 20;  ///< A page of a hundred texts.
constexpr std::int64_t kLongestWaitS = 3600;

Duration retry_after(std::string_view header) {
  std::int64_t wait = 0;
  const auto [end, error] = std::from_chars(header.data(), header.data() + header.size(), wait);
  if (error != std::errc{} || end != header.data() + header.size() || wait < 0) return {};
  return seconds(std::min(wait, kLongestWaitS));
}

}  // namespace

boost::asio::awaitable<ApiResult> call_api(HttpClient& http, ApiCall call) {
  HttpCall request;
  request.method = std::move(call.method);
  request.url = std::move(call.url);
  request.headers = std::move(call.headers);
  request.body = std::move(call.body);
  request.timeout = kApiTimeout;
  request.max_answer_bytes = kAnswerBytes;
  HttpAnswer answer = co_await http.fetch(std::move(request));
  const Duration wait = retry_after(answer.header("retry-after"));
  co_return ApiResult{.answer = {.reached = answer.reached,
                                 .status = answer.status,
                                 .body = std::move(answer.body)},
                      .error = std::move(answer.error),
                      .retry_after = wait};
}

}  // namespace deskwire::sms
