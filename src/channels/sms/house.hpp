// SPDX-License-Identifier: Apache-2.0
// What the parts of the SMS channel share: the way to the engine, the way out, the lines. Loop
// thread only.
#pragma once
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <functional>
#include <string>

#include "auth/keyed_hash.hpp"
#include "channels/sms/lines.hpp"
#include "client/http_client.hpp"
#include "deskwire/port/blob_keeper.hpp"
#include "http/quarantine.hpp"
#include "runtime/feed.hpp"
#include "runtime/gateway.hpp"
#include "runtime/workers.hpp"

namespace deskwire::sms {

struct SmsHouse {
  boost::asio::any_io_executor executor;
  Gateway& gateway;
  Workers& workers;
  Feed& feed;
  BlobKeeper& blobs;
  HttpClient& http;
  Quarantine& quarantine;
  KeyHasher keys;
  std::function<Instant()> now;
  SmsLinesPtr lines;  ///< Replaced by a reload: hold a copy over a suspension.
};

/// One call of a provider's API and its answer.
struct ApiResult {
  ApiAnswer answer;
  std::string error;     ///< Why there is none, without anything secret.
  Duration retry_after;  ///< As the provider asks, at most an hour; zero: it says nothing.
};
[[nodiscard]] boost::asio::awaitable<ApiResult> call_api(HttpClient& http, ApiCall call);

}  // namespace deskwire::sms
