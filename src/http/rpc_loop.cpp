// SPDX-License-Identifier: Apache-2.0
#include "http/rpc_loop.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <string>
#include <utility>

namespace deskwire {

namespace asio = boost::asio;

namespace {

constexpr std::chrono::milliseconds kLongestPause{1'000};

asio::awaitable<void> rest(Duration wait) {
  asio::steady_timer pause(co_await asio::this_coro::executor);
  pause.expires_after(std::min(std::chrono::milliseconds(wait.ms), kLongestPause));
  co_await pause.async_wait(asio::as_tuple(asio::use_awaitable));
}

asio::awaitable<void> run(const RpcPeer& peer, RpcCall call) {
  const bool wants_answer = call.wants_answer;
  const boost::json::value id = call.id;
  const std::string method = call.method;
  RpcResult result = std::unexpected(RpcError{.message = "something went wrong", .data = {}});
  try {
    result = co_await peer.call(std::move(call));
  } catch (const boost::system::system_error& error) {
    if (error.code() == asio::error::operation_aborted) throw;
    spdlog::error("{}: {}: {}", peer.name, method, error.what());
  } catch (const std::exception& error) {
    spdlog::error("{}: {}: {}", peer.name, method, error.what());
  }
  if (wants_answer)
    peer.socket->send(result ? result_frame(id, *result) : error_frame(id, result.error()));
  if (peer.answered) peer.answered(result.has_value());
}

/// One call after the other: a peer's commands keep their order, and only one is under way.
asio::awaitable<void> answer(const RpcPeer& peer, std::string frame) {
  const Duration wait = peer.calls->take("", peer.now());
  auto call = parse_call(frame);
  if (!call) {
    peer.socket->send(call.error());
  } else if (wait > Duration{0}) {
    if (call->wants_answer) peer.socket->send(error_frame(call->id, rpc_limited(wait)));
  } else {
    co_await run(peer, std::move(*call));
  }
  // Whoever goes on regardless is read more slowly.
  if (wait > Duration{0}) co_await rest(wait);
}

}  // namespace

asio::awaitable<void> serve_calls(RpcPeer peer) {
  while (auto frame = co_await peer.socket->receive()) co_await answer(peer, std::move(*frame));
}

}  // namespace deskwire
