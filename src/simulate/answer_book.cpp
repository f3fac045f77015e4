// SPDX-License-Identifier: Apache-2.0
#include "simulate/answer_book.hpp"

#include <algorithm>
#include <tuple>

namespace deskwire::sim {

void AnswerBook::written(NaiveClock& clock, MessageId message, Instant at, bool held) {
  if (beside_) {
    answers_.push_back({message, at, held, *beside_});
    if (!held) make_sure(answers_.back(), at);
    return;
  }
  if (!clock.started() || clock.stopped()) return;
  if (held) {
    beside_ = clock;
    answers_ = {{message, at, held, clock}};
  }
  clock.stop(at);
}

void AnswerBook::left(NaiveClock& clock, MessageId message, Instant now) {
  const auto answer = std::ranges::find(answers_, message, &Answer::message);
  // One that was never held was sure when it was written, be it in the same instant as another.
  if (answer == answers_.end() || !answer->held) return;
  if (answer->at != clock.stopped_at()) {
    answer->held = false;
    return make_sure(*answer, now);
  }
  const Instant stopped_at = answer->at;
  clock = *beside_;
  clock.settle(stopped_at, sure_since_.value_or(now));
  close();
}

void AnswerBook::withdrawn(NaiveClock& clock, MessageId message) {
  const auto answer = std::ranges::find(answers_, message, &Answer::message);
  if (answer == answers_.end()) return;
  const Instant at = answer->at;
  answers_.erase(answer);
  if (clock.stopped_at() != at) return;
  if (answers_.empty()) {
    clock = *beside_;
    return close();
  }
  const Answer next = *std::ranges::min_element(
      answers_, {}, [](const Answer& a) { return std::tuple(a.at, a.held); });
  const bool in_time = !next.before.missed(next.at);
  if (!next.held && in_time) {
    clock = *beside_;
    clock.settle(next.at, *sure_since_);
  } else {
    clock = next.before;
    clock.stop(next.at);
  }
  if (!next.held) close();
}

/// What is overdue stays so, whatever happens to the ticket.
bool AnswerBook::moves(Instant at) const { return beside_ && !sure_since_ && !beside_->missed(at); }

void AnswerBook::pause(Instant at) {
  if (moves(at)) beside_->pause(at);
}

void AnswerBook::resume(Instant at) {
  if (moves(at)) beside_->resume(at);
}

void AnswerBook::retarget(Duration target, Instant at) {
  if (moves(at)) beside_->retarget(target, at);
}

void AnswerBook::breached() {
  if (beside_) beside_->breach_seen = true;
  for (Answer& answer : answers_) answer.before.breach_seen = true;
}

void AnswerBook::make_sure(Answer& answer, Instant now) {
  if (!sure_since_ && !answer.before.missed(answer.at)) sure_since_ = now;
}

void AnswerBook::close() {
  answers_.clear();
  beside_.reset();
  sure_since_.reset();
}

}  // namespace deskwire::sim
