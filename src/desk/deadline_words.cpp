// SPDX-License-Identifier: Apache-2.0
#include "desk/deadline_words.hpp"

#include <algorithm>
#include <utility>

#include "text/local_time.hpp"

namespace deskwire::words {
namespace {

using text::time_in_words;

constexpr std::size_t kFirstTold = 8, kLastTold = 3;

struct Stretch {
  Instant from, to;
};

std::string_view promised(Metric metric) {
  switch (metric) {
    case Metric::first_response:
      return "a first answer";
    case Metric::resolution:
      return "a resolution";
  }
  return "something";
}

class Telling {
 public:
  Telling(const Clock& clock, const Policy& policy)
      : clock_(clock),
        policy_(policy),
        calendar_(clock.calendar ? policy.calendar(clock.calendar) : nullptr),
        zone_(calendar_ ? calendar_->zone : "UTC") {}

  std::vector<std::string> lines() {
    tell_promise();
    const ClockState state = clock_.state == ClockState::answered ? clock_.under : clock_.state;
    if (clock_.used > Duration{} && state != ClockState::met)
      tell(time_in_words(clock_.used) + " of it were used before " + moment(clock_.resumed_at) +
           ".");
    if (state == ClockState::running) tell_stretches();
    tell_end(state);
    return std::move(lines_);
  }

 private:
  void tell(std::string line) { lines_.push_back(std::move(line)); }

  void tell_promise() {
    const SlaPolicy* sla = policy_.sla(clock_.sla);
    std::string line = sla ? "The service level " + sla->name : "A service level that is gone";
    line.append(" promises ")
        .append(promised(clock_.metric))
        .append(" within ")
        .append(time_in_words(clock_.target));
    if (calendar_) line += " of open time by the calendar " + calendar_->name + " (" + zone_ + ")";
    const text::LocalTime start = local(clock_.started_at);
    tell(line + ", from " + text::date_in_words(start.day) + " " +
         text::clock_in_words(start.second) + zone_mark() + " on.");
  }

  void tell_end(ClockState state) {
    const bool counts = clock_.state != ClockState::answered;
    if (state == ClockState::met) {
      const Duration used = clock_.used + elapsed(clock_.resumed_at, clock_.stopped_at);
      const std::string after = used < seconds(1) ? "at once" : "after " + time_in_words(used);
      tell("Kept " + moment(clock_.stopped_at) + ", " + after + ".");
    } else if (state == ClockState::paused) {
      tell("It rests while the ticket waits for others; " + time_in_words(left()) + " are left.");
    } else if (state == ClockState::breached) {
      tell("It passed " + moment(clock_.due_at) +
           (clock_.stopped_at ? ", and was done " + moment(clock_.stopped_at) + "." : "."));
    } else {
      tell(clock_.due_at == kNever ? "The calendar does not open for so long again."
                                   : "Due " + moment(clock_.due_at) + ".");
    }
    if (!counts) tell("An answer is written and can still be taken back.");
  }

  /// Open hours one after the other; what is closed for whole days between them is said too.
  void tell_stretches() {
    if (!calendar_ || calendar_->deadline(clock_.resumed_at, left()) != clock_.due_at) return;
    const std::vector<Stretch> all = stretches();
    const std::size_t middle =
        all.size() > kFirstTold + kLastTold ? all.size() - kLastTold : kFirstTold;
    const text::LocalTime start = local(clock_.resumed_at);
    std::int64_t day = start.day;
    for (std::size_t i = 0; i < all.size(); ++i) {
      if (i == kFirstTold && middle > kFirstTold) {
        tell_together(all, kFirstTold, middle);
        i = middle;
        day = local(all[i].from).day;
      }
      tell_closed({day, day == start.day ? start.second : 0}, local(all[i].from).day);
      tell(stretch(all[i]));
      day = std::max(day, last_day(all[i]) + 1);
    }
  }

  void tell_together(const std::vector<Stretch>& all, std::size_t from, std::size_t to) {
    Duration sum{};
    for (std::size_t i = from; i < to; ++i) sum = sum + (all[i].to - all[i].from);
    tell("and so on, " + std::to_string(to - from) + " times: " + time_in_words(sum));
  }

  void tell_closed(text::LocalTime from, std::int64_t until) {
    if (from.day >= until) return;
    const bool several = until - from.day > 1;
    std::string line = text::day_in_words(from.day);
    if (from.second != 0) line += (several ? " " : " from ") + text::clock_in_words(from.second);
    if (several) line += " – " + text::day_in_words(until - 1);
    tell(line + ": closed");
  }

  [[nodiscard]] std::vector<Stretch> stretches() const {
    std::vector<Stretch> all;
    auto next = std::ranges::partition_point(
        calendar_->open, [&](const OpenInterval& open) { return open.end <= clock_.resumed_at; });
    for (; next != calendar_->open.end() && next->begin < clock_.due_at; ++next)
      all.push_back({std::max(next->begin, clock_.resumed_at), std::min(next->end, clock_.due_at)});
    return all;
  }

  /// "Wed 3 Jun 14:10–17:00: 2 h 50 m"; midnight is the end of a day here.
  [[nodiscard]] std::string stretch(const Stretch& one) const {
    const text::LocalTime from = local(one.from), to = local(one.to);
    std::string line = text::day_in_words(from.day) + " " + text::clock_in_words(from.second) + "–";
    const bool midnight = to.second == 0;
    if (last_day(one) != from.day) line += text::day_in_words(last_day(one)) + " ";
    return line + text::clock_in_words(midnight ? 86'400 : to.second) + ": " +
           time_in_words(one.to - one.from);
  }

  [[nodiscard]] std::int64_t last_day(const Stretch& one) const {
    return local(one.to - milliseconds(1)).day;
  }
  [[nodiscard]] text::LocalTime local(Instant at) const { return text::local_time(at, zone_); }
  [[nodiscard]] std::string zone_mark() const { return calendar_ ? "" : " UTC"; }
  [[nodiscard]] std::string moment(Instant at) const {
    const text::LocalTime time = local(at);
    return text::day_in_words(time.day) + " " + text::clock_in_words(time.second) + zone_mark();
  }
  [[nodiscard]] Duration left() const { return std::max(Duration{}, clock_.target - clock_.used); }
  [[nodiscard]] Duration elapsed(Instant from, Instant to) const {
    return calendar_ ? calendar_->elapsed(from, to) : std::max(Duration{}, to - from);
  }

  const Clock& clock_;
  const Policy& policy_;
  const Calendar* calendar_;
  std::string zone_;
  std::vector<std::string> lines_;
};

}  // namespace

std::vector<std::string> derivation(const Clock& clock, const Policy& policy) {
  return Telling(clock, policy).lines();
}

}  // namespace deskwire::words
