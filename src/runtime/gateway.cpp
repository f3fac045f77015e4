// SPDX-License-Identifier: Apache-2.0
#include "runtime/gateway.hpp"

#include <boost/asio/append.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

namespace deskwire {
namespace asio = boost::asio;

asio::awaitable<Submission> Gateway::submit(Command command, Lane lane) {
  co_return co_await asio::async_initiate<decltype(asio::use_awaitable), void(Submission)>(
      [this, lane](auto handler, Command cmd) {
        // Done is a copyable function and the handler is not; `done` never runs inside submit, so
        // dispatch may resume at once.
        auto shared = std::make_shared<decltype(handler)>(std::move(handler));
        submit(std::move(cmd), lane, [shared](const Submission& submission) {
          asio::dispatch(asio::append(std::move(*shared), submission));
        });
      },
      asio::use_awaitable, std::move(command));
}

asio::awaitable<Result<Explanation>> Gateway::explain(TicketId ticket) {
  co_return co_await asio::async_initiate<decltype(asio::use_awaitable), void(Result<Explanation>)>(
      [this, ticket](auto handler) {
        auto shared = std::make_shared<decltype(handler)>(std::move(handler));
        explain(ticket, [shared](Result<Explanation> answer) {
          asio::dispatch(asio::append(std::move(*shared), std::move(answer)));
        });
      },
      asio::use_awaitable);
}

}  // namespace deskwire
