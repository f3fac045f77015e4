// SPDX-License-Identifier: Apache-2.0
// What one queue counts over time: arrivals and answers by the slot, today's first answers against
// the promise, how fast tickets were taken lately. Everything can be taken back, because an answer
// may turn out never to have arrived.
#pragma once
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <vector>

#include "desk/figures.hpp"
#include "deskwire/domain/calendar.hpp"

namespace deskwire {

/// Counts by slot; what is older than all slots, or newer, is not counted.
class Ring {
 public:
  void add(Instant at, int by);
  /// True when a new slot began.
  bool advance(Instant now);
  [[nodiscard]] Slots slots() const;
  [[nodiscard]] Instant newest_at() const { return {newest_ * kSlot.ms}; }

 private:
  [[nodiscard]] static std::int64_t slot_of(Instant at) { return at.ms / kSlot.ms; }
  [[nodiscard]] static std::size_t place_of(std::int64_t slot) {
    return static_cast<std::size_t>(slot) % kSlots;
  }

  Slots counts_{};  ///< By slot number modulo their count.
  std::int64_t newest_ = 0;
};

/// How a ticket's wait for its first answer ended.
struct Ending {
  TicketId ticket;
  Instant asked_at;
  Instant at;
  AgentId agent;          ///< Who answered; zero: the customer gave up.
  bool answered = false;  ///< Else it was resolved without.
  friend bool operator==(const Ending&, const Ending&) = default;
};

enum class Standing : std::uint8_t {
  met,
  missed,
  uncounted,  ///< Given up before the promised time was over: nobody's fault.
};

/// How fast tickets were taken lately; the experience that waits are estimated from.
struct Pace {
  double per_ms = 0;    ///< Tickets taken a millisecond.
  Duration half, most;  ///< What half and nine of ten of them waited.
  friend bool operator==(const Pace&, const Pace&) = default;

  /// For the ticket at this place in line, from 1.
  [[nodiscard]] Duration until_turn(std::size_t place) const;
  /// For one that comes now, with so many before it.
  [[nodiscard]] ExpectedWait expected(std::size_t waiting) const;
};

class Tally {
 public:
  void arrived(Instant at, int by) { arrivals_.add(at, by); }
  void end(const Ending& ending);
  void undo(const Ending& ending);
  /// An agent took a ticket that had waited in line.
  void taken(Instant at, Duration waited);

  /// Judges today's endings anew: a level is one figure under one promise.
  void promise(const ServiceLevel& level, std::shared_ptr<const Calendar> hours);
  /// Time goes on; `day` is when it began in the desk's zone. True when the figures may differ.
  bool advance(Instant now, Instant day);

  [[nodiscard]] LevelFigures level() const { return {met_, met_ + missed_, promise_}; }
  [[nodiscard]] Slots arrivals() const { return arrivals_.slots(); }
  [[nodiscard]] Slots answered() const { return answered_.slots(); }
  [[nodiscard]] Instant slot_at() const { return arrivals_.newest_at(); }
  /// From what was taken within `kRecent` before `now`; nothing if nothing was.
  [[nodiscard]] std::optional<Pace> pace(Instant now);
  /// Today's, in the order of their times.
  [[nodiscard]] const std::vector<Ending>& endings() const { return endings_; }
  [[nodiscard]] Standing standing(const Ending& ending) const;

  static constexpr Duration kRecent = minutes(30);

 private:
  struct Taken {
    Instant at;
    Duration waited;
  };
  void count(const Ending& ending, bool in);

  Ring arrivals_, answered_;
  ServiceLevel promise_;
  std::shared_ptr<const Calendar> hours_;
  Instant day_;
  std::vector<Ending> endings_;
  std::size_t met_ = 0, missed_ = 0;
  std::deque<Taken> taken_;
};

}  // namespace deskwire
