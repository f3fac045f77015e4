// SPDX-License-Identifier: Apache-2.0
#include "support/console_client.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <catch2/catch.hpp>
#include <utility>

namespace deskwire::test {

namespace json = boost::json;

bool ConsoleClient::read_one() {
  const std::string text = socket.read_text();
  if (text.empty()) return false;
  json::object frame = json::parse(text).as_object();
  if (frame.contains("method")) {
    if (frame.at("method") == "event")
      events_.push_back(frame.at("params").as_object());
    else
      events_.push_back({{"type", frame.at("method")}, {"data", frame.at("params")}});
  } else {
    last_answer_ = std::move(frame);
  }
  return true;
}

json::object ConsoleClient::answer_to(std::int64_t id) {
  last_answer_.clear();
  while (last_answer_.empty() || last_answer_.at("id") != id)
    if (!read_one()) return {};
  return last_answer_;
}

json::object ConsoleClient::ask(std::string_view method, const json::object& params) {
  const std::int64_t id = next_id_++;
  socket.send_text(json::serialize(
      json::object{{"jsonrpc", "2.0"}, {"id", id}, {"method", method}, {"params", params}}));
  return answer_to(id);
}

json::object ConsoleClient::call(std::string_view method, const json::object& params) {
  const json::object answer = ask(method, params);
  INFO(method << " " << json::serialize(params) << " -> " << json::serialize(answer));
  REQUIRE(answer.contains("result"));
  return answer.at("result").as_object();
}

int ConsoleClient::error(std::string_view method, const json::object& params) {
  const json::object answer = ask(method, params);
  INFO(method << " -> " << json::serialize(answer));
  REQUIRE(answer.contains("error"));
  return answer.at("error").at("code").to_number<int>();
}

std::string ConsoleClient::refusal(std::string_view method, const json::object& params) {
  const json::object answer = ask(method, params);
  INFO(method << " -> " << json::serialize(answer));
  REQUIRE(answer.contains("error"));
  REQUIRE(answer.at("error").at("code") == -32000);
  return std::string(answer.at("error").at("data").at("refusal").as_string());
}

std::string ConsoleClient::log_in(const std::string& user) {
  const json::object result =
      call("session.login", {{"user", user}, {"password", "secret-" + user}});
  return std::string(result.at("token").as_string());
}

json::object ConsoleClient::event(std::string_view type) {
  for (std::size_t seen = 0;;) {
    for (; seen < events_.size(); ++seen) {
      if (events_[seen].at("type") != json::value(type)) continue;
      json::object found = std::move(events_[seen]);
      events_.erase(events_.begin() + static_cast<std::ptrdiff_t>(seen));
      return found;
    }
    INFO("waiting for " << type);
    REQUIRE(read_one());
  }
}

json::object ConsoleClient::next_event() {
  while (events_.empty()) REQUIRE(read_one());
  json::object first = std::move(events_.front());
  events_.pop_front();
  return first;
}

std::deque<json::object> ConsoleClient::events() {
  (void)ask("no.such.method");
  return std::exchange(events_, {});
}

}  // namespace deskwire::test
