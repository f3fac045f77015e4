// SPDX-License-Identifier: Apache-2.0
// Requests to hooks and the lines they belong to, as the tests of all providers need them.
#pragma once
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include "channels/sms/gateway.hpp"
#include "http/form.hpp"

namespace deskwire::test {

inline constexpr Instant kNow{1'700'000'000'000};

/// A request that owns its texts.
struct Posted {
  std::string method = "POST";
  std::string target = "/hooks/x";
  std::vector<std::string> public_urls{"https://desk.example.com"};
  Headers headers{};
  std::string body{};

  [[nodiscard]] sms::HookRequest view() const {
    return {.method = method,
            .target = target,
            .public_urls = public_urls,
            .headers = headers,
            .body = body};
  }
};

inline Posted json_post(std::string body) {
  Posted out;
  out.headers.emplace_back("content-type", "application/json");
  out.body = std::move(body);
  return out;
}

inline Posted form_post(const Params& params) {
  Posted out;
  out.headers.emplace_back("content-type", "application/x-www-form-urlencoded; charset=UTF-8");
  out.body = write_form(params);
  return out;
}

inline sms::Line a_line() {
  return {.number = "+15550100001",
          .account = "AC1",
          .key = {},
          .api_base = {},
          .secrets = {"first", "second"},
          .hook_secrets = {},
          .messaging_service = {}};
}

inline sms::Outgoing a_message() {
  return {.reference = "m1042",
          .to = "+15550100002",
          .text = "Good morning & hello",
          .media_urls = {},
          .status_url = "https://desk.example.com/hooks/x/status?m=t1",
          .other_ids = {}};
}

inline sms::ApiAnswer answered(unsigned status, std::string body = {}) {
  return {.reached = true, .status = status, .body = std::move(body)};
}

inline std::string member(const boost::json::object& object, std::string_view key) {
  return std::string(object.at(key).as_string());
}

inline std::string header_of(const Headers& headers, std::string_view name) {
  for (const auto& [key, value] : headers)
    if (key == name) return value;
  return {};
}

}  // namespace deskwire::test
