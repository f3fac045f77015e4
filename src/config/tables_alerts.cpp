// SPDX-License-Identifier: Apache-2.0
// Keys of alerts: a figure of the board, a threshold in its unit, a time.
#include <algorithm>
#include <charconv>

#include "config/tables.hpp"
#include "deskwire/base/quantity.hpp"

namespace deskwire::config {
namespace {

using Unit = ThresholdSpec::Unit;

constexpr std::int64_t kMostTickets = 1'000'000;

std::optional<std::int64_t> number_up_to(std::string_view text, std::int64_t most) {
  std::int64_t value = 0;
  const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool whole = ec == std::errc{} && end == text.data() + text.size();
  return whole && value >= 0 && value <= most ? std::optional(value) : std::nullopt;
}

std::optional<ThresholdSpec> parse_threshold(const std::string& text) {
  if (text.ends_with('%')) {
    const auto share = number_up_to(std::string_view(text).substr(0, text.size() - 1), 100);
    return share ? std::optional(ThresholdSpec{Unit::percent, *share}) : std::nullopt;
  }
  if (const auto tickets = number_up_to(text, kMostTickets))
    return ThresholdSpec{Unit::tickets, *tickets};
  const auto time = parse_duration(text);
  if (!time || *time > days(365)) return std::nullopt;
  return ThresholdSpec{Unit::time, time->ms};
}

Kind<ThresholdSpec> threshold() {
  Shape shape{.words = "a number of tickets (12), a duration (10m) or a share (80%)"};
  shape.either = {{.words = "tickets", .json = Shape::Json::integer, .least = 0},
                  {.words = "a duration or a share", .pattern = "^[0-9].*$"}};
  return {shape,
          [words = shape.words](Reader& reader, const Node& node) -> std::optional<ThresholdSpec> {
            if (node.kind == Node::Kind::scalar)
              if (const auto value = parse_threshold(node.scalar)) return value;
            reader.fail(node, words);
            return std::nullopt;
          }};
}

struct Wanted {
  Unit unit;
  std::string_view words;
};

Wanted wanted_by(AlertWhen when) {
  switch (when) {
    case AlertWhen::waiting:
    case AlertWhen::at_risk:
      return {Unit::tickets, "a number of tickets, such as 12"};
    case AlertWhen::oldest:
      return {Unit::time, "a duration, such as 10m"};
    case AlertWhen::level:
      return {Unit::percent, "a share, such as 80%"};
  }
  return {Unit::tickets, "a number of tickets, such as 12"};
}

void check_unit(Reader& reader, const Node& node, AlertWhen when, std::string_view key,
                const std::optional<ThresholdSpec>& threshold) {
  const auto* entry = node.find(key);
  const Wanted wanted = wanted_by(when);
  if (entry == nullptr || !threshold || threshold->unit == wanted.unit) return;
  const Reader::Step step(reader, key, entry->value->place);
  reader.fail(*entry->value, std::string(wanted.words));
}

void check_alert(Reader& reader, const Node& node, AlertSpec& alert) {
  const bool over = node.find("over") != nullptr, under = node.find("under") != nullptr;
  if (over == under)
    reader.fail(node.place, over ? "over and under together" : "no threshold",
                "either over or under");
  const auto* when = node.find("when");
  if (when == nullptr || !parse_name<AlertWhen>(when->value->scalar)) return;
  check_unit(reader, node, alert.when, "over", alert.over);
  check_unit(reader, node, alert.when, "under", alert.under);
}

}  // namespace

const Section<AlertSpec>& alert_table() {
  static const auto table =
      Section<AlertSpec>("A figure of the board beyond a threshold for a time.")
          .add("name", &AlertSpec::name, defines("alert", text(100)), required(),
               "Shown on the board.")
          .add(
              "when", &AlertSpec::when, enumerated<AlertWhen>(), required(),
              "`waiting` and `at_risk` count tickets, `oldest` is a time, `level` today's share of "
              "first answers in time.")
          .add("queue", &AlertSpec::queue, refers_to("queue"), optional(),
               "Of this queue; unset: of all together.")
          .add("over", &AlertSpec::over, threshold(), optional(),
               "Told above this: `12`, `10m` or `80%`, as fits `when`. This or `under`.")
          .add("under", &AlertSpec::under, threshold(), optional(), "Told below this.")
          .add("for", &AlertSpec::hold, duration({}, days(1)), standard("0s"),
               "Only if it has been so for this long at a stretch.")
          .check(check_alert);
  return table;
}

}  // namespace deskwire::config
