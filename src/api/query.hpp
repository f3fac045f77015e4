// SPDX-License-Identifier: Apache-2.0
// Numbers and names from a request's path and query. The first complaint is remembered, so that a
// handler asks once at the end.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "deskwire/domain/names.hpp"
#include "http/message.hpp"

namespace deskwire {

/// A decimal integer from 1 to 2^53 - 1 (what every JSON client can hold), nothing else.
[[nodiscard]] std::optional<std::uint64_t> parse_number(std::string_view text);

class Query {
 public:
  explicit Query(const HttpRequest& request) : request_(request) {}

  /// `absent` if the parameter is not there; outside of min and max is a complaint.
  std::uint64_t number(std::string_view key, std::uint64_t min, std::uint64_t max,
                       std::uint64_t absent);
  template <class I>
  I id(std::string_view key) {
    return I{number(key, 1, kMaxId, 0)};
  }
  std::string text(std::string_view key, std::size_t max_bytes);
  template <class E>
  std::optional<E> name_of(std::string_view key) {
    const auto value = request_.query_value(key);
    if (!value) return std::nullopt;
    const auto parsed = parse_name<E>(*value);
    if (!parsed) complain(key, "is none of the known words");
    return parsed;
  }
  void complain(std::string_view key, std::string_view what);

  [[nodiscard]] bool ok() const { return error_.empty(); }
  /// 422 with the complaint.
  [[nodiscard]] HttpResponse refusal() const;

  static constexpr std::uint64_t kMaxId = (1ull << 53) - 1;

 private:
  const HttpRequest& request_;
  std::string error_;
};

}  // namespace deskwire
