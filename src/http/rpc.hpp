// SPDX-License-Identifier: Apache-2.0
// JSON-RPC 2.0 as text frames: one object a frame, no batches. Shared by every socket; a
// sub-protocol brings its own table of methods over its own session type.
#pragma once
#include <boost/asio/awaitable.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <expected>
#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "deskwire/base/instant.hpp"
#include "deskwire/domain/refusal.hpp"
#include "runtime/gateway.hpp"

namespace deskwire {

enum class RpcCode : int {
  parse_error = -32700,
  invalid_request = -32600,
  no_such_method = -32601,
  invalid_params = -32602,
  internal = -32603,
  refused = -32000,  ///< data {refusal, detail}
  unauthenticated = -32001,
  forbidden = -32003,
  limited = -32029,  ///< data {retry_after_ms}
  busy = -32050,
};

struct RpcError {
  RpcCode code = RpcCode::internal;
  std::string message;
  boost::json::object data;  ///< Left out when empty.
};

[[nodiscard]] RpcError rpc_error(Refusal refusal);
/// For a submission that is not `done`.
[[nodiscard]] RpcError rpc_error(const Submission& submission);
[[nodiscard]] RpcError rpc_invalid(std::string_view detail);
[[nodiscard]] RpcError rpc_limited(Duration retry_after);

using RpcResult = std::expected<boost::json::value, RpcError>;

struct RpcCall {
  boost::json::value id;     ///< A text, a number or null.
  bool wants_answer = true;  ///< False for a notification.
  std::string method;
  boost::json::object params;  ///< Empty when absent; by-position parameters are refused.
};

/// The error is the finished answer frame.
[[nodiscard]] std::expected<RpcCall, std::string> parse_call(std::string_view frame);

[[nodiscard]] std::string result_frame(const boost::json::value& id,
                                       const boost::json::value& result);
[[nodiscard]] std::string error_frame(const boost::json::value& id, const RpcError& error);
[[nodiscard]] std::string notification_frame(std::string_view method,
                                             const boost::json::object& params);

/// Methods by name over a session type.
template <class Session>
class RpcTable {
 public:
  using Handler = std::function<boost::asio::awaitable<RpcResult>(Session&, boost::json::object)>;

  void add(std::string method, Handler handler) {
    handlers_[std::move(method)] = std::move(handler);
  }
  [[nodiscard]] const Handler* find(const std::string& method) const {
    const auto found = handlers_.find(method);
    return found == handlers_.end() ? nullptr : &found->second;
  }

 private:
  std::map<std::string, Handler> handlers_;
};

}  // namespace deskwire
