// SPDX-License-Identifier: Apache-2.0
#include "api/query.hpp"

#include <charconv>

#include "http/problem.hpp"

namespace deskwire {

std::optional<std::uint64_t> parse_number(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failed != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  if (value == 0 || value > Query::kMaxId) return std::nullopt;
  return value;
}

std::uint64_t Query::number(std::string_view key, std::uint64_t min, std::uint64_t max,
                            std::uint64_t absent) {
  const auto value = request_.query_value(key);
  if (!value) return absent;
  const auto parsed = *value == "0" ? std::optional<std::uint64_t>(0) : parse_number(*value);
  if (parsed && *parsed >= min && *parsed <= max) return *parsed;
  complain(key, "is no whole number from " + std::to_string(min) + " to " + std::to_string(max));
  return absent;
}

std::string Query::text(std::string_view key, std::size_t max_bytes) {
  const auto value = request_.query_value(key);
  if (!value) return {};
  if (value->size() > max_bytes) complain(key, "is too long");
  return std::string(*value);
}

void Query::complain(std::string_view key, std::string_view what) {
  if (error_.empty()) error_ = std::string(key) + " " + std::string(what);
}

HttpResponse Query::refusal() const { return problem(422, "invalid_parameter", error_); }

}  // namespace deskwire
