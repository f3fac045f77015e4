// SPDX-License-Identifier: Apache-2.0
#include "http/rpc.hpp"

#include <boost/json/serialize.hpp>

#include "http/json.hpp"
#include "http/problem.hpp"

namespace deskwire {

namespace json = boost::json;

namespace {

std::string bad_frame(const json::value& id, RpcCode code, std::string message) {
  return error_frame(id, {.code = code, .message = std::move(message), .data = {}});
}

/// The id as far as it can be told from a faulty call; null otherwise.
json::value id_of(const json::object& call) {
  const json::value* id = call.if_contains("id");
  if (id == nullptr || !(id->is_string() || id->is_number())) return nullptr;
  return *id;
}

}  // namespace

RpcError rpc_error(Refusal refusal) {
  return {.code = RpcCode::refused,
          .message = "refused",
          .data = {{"refusal", name(refusal)}, {"detail", sentence(refusal)}}};
}

RpcError rpc_error(const Submission& submission) {
  if (submission.kind == Submission::Kind::refused) return rpc_error(submission.refusal);
  return {.code = RpcCode::busy,
          .message = submission.disk_full ? "the desk's disk is nearly full" : "busy, try again",
          .data = {{"retry_after_ms", 1000}}};
}

RpcError rpc_invalid(std::string_view detail) {
  return {
      .code = RpcCode::invalid_params, .message = "invalid params", .data = {{"detail", detail}}};
}

RpcError rpc_limited(Duration retry_after) {
  return {.code = RpcCode::limited,
          .message = "too many requests",
          .data = {{"retry_after_ms", retry_after.ms}}};
}

std::expected<RpcCall, std::string> parse_call(std::string_view frame) {
  auto parsed = parse_json(frame);
  if (!parsed) return std::unexpected(bad_frame(nullptr, RpcCode::parse_error, parsed.error()));
  if (parsed->is_array())
    return std::unexpected(bad_frame(nullptr, RpcCode::invalid_request, "batches are not taken"));
  if (!parsed->is_object())
    return std::unexpected(bad_frame(nullptr, RpcCode::invalid_request, "expected an object"));
  json::object& object = parsed->get_object();
  RpcCall call{.id = id_of(object), .method = {}, .params = {}};
  const auto refuse = [&](RpcCode code, std::string why) {
    return std::unexpected(bad_frame(call.id, code, std::move(why)));
  };
  const json::value* version = object.if_contains("jsonrpc");
  if (version == nullptr || *version != "2.0")
    return refuse(RpcCode::invalid_request, "expected jsonrpc \"2.0\"");
  const json::value* id = object.if_contains("id");
  if (id != nullptr && !id->is_null() && call.id.is_null())
    return refuse(RpcCode::invalid_request, "an id is a text, a number or null");
  call.wants_answer = id != nullptr;
  const json::value* method = object.if_contains("method");
  if (method == nullptr || !method->is_string())
    return refuse(RpcCode::invalid_request, "expected a method");
  call.method.assign(method->get_string().data(), method->get_string().size());
  if (json::value* params = object.if_contains("params"); params != nullptr) {
    if (!params->is_object()) return refuse(RpcCode::invalid_params, "params are an object");
    call.params = std::move(params->get_object());
  }
  return call;
}

std::string result_frame(const json::value& id, const json::value& result) {
  return json::serialize(json::object{{"jsonrpc", "2.0"}, {"id", id}, {"result", result}});
}

std::string error_frame(const json::value& id, const RpcError& error) {
  json::object body{{"code", static_cast<int>(error.code)}, {"message", error.message}};
  if (!error.data.empty()) body["data"] = error.data;
  return json::serialize(json::object{{"jsonrpc", "2.0"}, {"id", id}, {"error", body}});
}

std::string notification_frame(std::string_view method, const json::object& params) {
  return json::serialize(json::object{{"jsonrpc", "2.0"}, {"method", method}, {"params", params}});
}

}  // namespace deskwire
