// SPDX-License-Identifier: Apache-2.0
// First response when answers may be taken back, as a child would follow it: a second clock lives
// on beside as if nobody had answered, and each answer remembers how that one was when it was
// written. Taking an answer back puts one of those in place.
#pragma once
#include <optional>
#include <vector>

#include "simulate/naive_clock.hpp"

namespace deskwire::sim {

class AnswerBook {
 public:
  void written(NaiveClock& clock, MessageId message, Instant at, bool held);
  /// The first byte is about to leave; nothing if it was never held.
  void left(NaiveClock& clock, MessageId message, Instant now);
  void withdrawn(NaiveClock& clock, MessageId message);

  /// What happens to the ticket happens to the clock beside as well.
  void pause(Instant at);
  void resume(Instant at);
  void retarget(Duration target, Instant at);
  void breached();
  /// An answer that may be taken back stops the clock.
  [[nodiscard]] bool open() const { return beside_.has_value(); }

 private:
  struct Answer {
    MessageId message;
    Instant at;
    bool held = false;
    NaiveClock before;
  };
  [[nodiscard]] bool moves(Instant at) const;
  void make_sure(Answer& answer, Instant now);
  void close();

  std::vector<Answer> answers_;
  std::optional<NaiveClock> beside_;
  std::optional<Instant> sure_since_;  ///< An answer in time cannot be taken back any more.
};

}  // namespace deskwire::sim
