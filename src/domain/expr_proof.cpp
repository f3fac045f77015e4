// SPDX-License-Identifier: Apache-2.0
// A search for facts that make one condition hold and all others fail. Running a condition asks for
// a fact, or for the answer of a test, only when it comes to it; each answer is a choice to come
// back to. Of a fact's values one stands for all that no test can tell apart. Tests that are no
// matter of such a value are free: the search may have more worlds than there are, never fewer, so
// an exhausted search is a proof.
#include "deskwire/domain/expr_proof.hpp"

#include <algorithm>
#include <limits>
#include <optional>
#include <set>
#include <utility>

#include "domain/expr_values.hpp"

namespace deskwire {
namespace {

using expr::Instruction;
using expr::Op;
using expr::Ref;

constexpr std::size_t kMostChoices = 256;
constexpr std::int64_t kEffortOfOne = 2'000, kEffortOfAll = 20'000;

bool is_test(const Instruction& i) {
  return i.op != Op::jump_if_true && i.op != Op::jump_if_false && i.op != Op::negate;
}

/// What a test looks at.
struct Subject {
  std::optional<std::uint32_t> fact{};  ///< Unset: at literals only.
  bool free = false;                    ///< Two facts, or a list: no matter of one value.
};

Subject subject_of(const Instruction& i) {
  const auto left = i.left.literal ? std::nullopt : std::optional(i.left.index);
  if (i.op == Op::truth || i.op == Op::text_matches) return {.fact = left};
  if (i.right.literal) return {.fact = left};
  const bool in_list = i.op == Op::text_in || i.op == Op::list_has;
  return {.fact = i.right.index, .free = in_list || left};
}

/// Tests that tell apart texts which no literal equals.
bool sees_inside(Op op) {
  return op == Op::text_contains || op == Op::text_matches || op == Op::list_has;
}

std::string lower_case(std::string text) {
  for (char& c : text)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return text;
}

/// A free test. Two that are spelled the same have the same answer.
struct Atom {
  Op op = Op::truth;
  std::uint32_t fact = 0;
  std::string left{}, right{};  ///< "@3" is a fact, "=text" a literal.
  friend bool operator==(const Atom&, const Atom&) = default;
};

std::string spelled(const Program::Impl& program, Ref ref, std::uint32_t count) {
  if (!ref.literal) return "@" + std::to_string(ref.index);
  std::string all = "=" + program.texts[ref.index];
  for (std::uint32_t n = 1; n < count; ++n)
    all.append(1, '\0').append(program.texts[ref.index + n]);
  return all;
}

Atom atom_of(const Program::Impl& program, const Instruction& i, std::uint32_t fact) {
  Atom atom{.op = i.op, .fact = fact, .left = spelled(program, i.left, 1)};
  atom.right = i.op == Op::text_matches ? "=" + program.patterns[i.right.index]
                                        : spelled(program, i.right, i.count);
  if (i.op != Op::list_has) return atom;
  atom.left = lower_case(std::move(atom.left));
  atom.right = lower_case(std::move(atom.right));
  return atom;
}

/// Whatever the texts are: where `a` is true, `b` is.
bool implies(const Atom& a, const Atom& b) {
  if (a.op == Op::text_contains && b.op == Op::text_contains) {
    const auto whole = static_cast<Fact>(b.fact), part = static_cast<Fact>(a.fact);
    const bool inside =
        whole == Fact::message_any && (part == Fact::message_subject || part == Fact::message_text);
    const bool longer = a.right.find(b.right.substr(1), 1) != std::string::npos;
    return (whole == part || inside) && longer;
  }
  return a.op == Op::text_in && b.op == Op::list_has && a.right == b.right &&
         lower_case(a.left) == b.left;
}

struct Value {
  std::int64_t number = 0;
  std::string text{};
  bool other = false;  ///< Stands for every text that no literal equals.
};

/// A fact's value or an atom's truth, with those that were not tried yet.
struct Choice {
  std::size_t condition = 0;  ///< That asked for it.
  std::uint32_t fact = 0;
  std::optional<Atom> atom{};
  std::vector<Value> options{};
  std::size_t at = 0;

  [[nodiscard]] const Value& value() const { return options[at]; }
  [[nodiscard]] bool truth() const { return value().number != 0; }
};

class Search {
 public:
  Search(std::span<const Program> conditions, const std::vector<KnownTexts>& known,
         std::int64_t effort)
      : conditions_(conditions), known_(known), effort_(effort) {}

  /// No facts make the first condition hold and the others fail.
  bool exhausted() {
    while (at_ < conditions_.size()) {
      const std::optional<bool> holds = run(conditions_[at_]);
      if (effort_ <= 0) return false;
      const bool as_wanted = holds && *holds == (at_ == 0);
      if (as_wanted)
        ++at_;
      else if (holds && !go_back())
        return true;
      else if (!holds && !try_next())
        return false;
    }
    return false;
  }
  [[nodiscard]] std::int64_t effort_left() const { return effort_; }

 private:
  /// Unset: an answer is missing, and `asked_` says which.
  std::optional<bool> run(const Program& condition) {
    if (condition.always()) return true;
    const Program::Impl& program = *condition.impl();
    bool result = true;
    for (std::size_t at = 0; at < program.code.size(); ++at) {
      const Instruction& i = program.code[at];
      // A test looks at its literals, and for its answer among those given.
      effort_ -= static_cast<std::int64_t>(1 + i.count + trail_.size() / 16);
      if (i.op == Op::negate) {
        result = !result;
      } else if (!is_test(i)) {
        if (result == (i.op == Op::jump_if_true)) at = i.target - 1;
      } else {
        const auto answer = test(program, i);
        if (!answer) return std::nullopt;
        result = *answer != i.negated;
      }
    }
    return result;
  }

  std::optional<bool> test(const Program::Impl& program, const Instruction& i) {
    const Subject subject = subject_of(i);
    if (!subject.fact) return expr::run_test(program, i, {});
    if (subject.free) return answer_of(atom_of(program, i, *subject.fact));
    const Value* value = value_of(*subject.fact);
    if (value == nullptr) {
      asked_ = {.condition = at_, .fact = *subject.fact};
      return std::nullopt;
    }
    if (value->other && sees_inside(i.op)) return answer_of(atom_of(program, i, *subject.fact));
    Facts facts;
    facts.text[*subject.fact] = value->text;
    facts.number[*subject.fact] = value->number;
    return expr::run_test(program, i, facts);
  }

  const Value* value_of(std::uint32_t fact) const {
    const auto made =
        std::ranges::find_if(trail_, [&](const Choice& c) { return !c.atom && c.fact == fact; });
    return made == trail_.end() ? nullptr : &made->value();
  }

  std::optional<bool> answer_of(Atom atom) {
    const auto made = std::ranges::find(trail_, std::optional(atom), &Choice::atom);
    if (made != trail_.end()) return made->truth();
    asked_ = {.condition = at_, .fact = atom.fact, .atom = std::move(atom)};
    return std::nullopt;
  }

  /// Answers what was asked; false where that is too much.
  bool try_next() {
    if (trail_.size() == kMostChoices) return false;
    asked_.options = asked_.atom ? truths_of(*asked_.atom) : values_of(asked_.fact);
    if (asked_.options.empty()) return false;
    effort_ -= static_cast<std::int64_t>(trail_.size());
    trail_.push_back(std::move(asked_));
    return true;
  }

  /// To the last answer that could have been another one; false when all were tried.
  bool go_back() {
    while (!trail_.empty() && ++trail_.back().at == trail_.back().options.size()) trail_.pop_back();
    if (trail_.empty()) return false;
    at_ = trail_.back().condition;
    return true;
  }

  /// Never empty: what follows from the answers given follows from them by one step.
  std::vector<Value> truths_of(const Atom& atom) const {
    bool may_be_true = true, may_be_false = true;
    for (const Choice& choice : trail_) {
      if (!choice.atom) continue;
      if (choice.truth() && implies(*choice.atom, atom)) may_be_false = false;
      if (!choice.truth() && implies(atom, *choice.atom)) may_be_true = false;
    }
    std::vector<Value> out;
    if (may_be_true) out.push_back({.number = 1});
    if (may_be_false) out.push_back({.number = 0});
    return out;
  }

  std::vector<Value> values_of(std::uint32_t fact) {
    switch (fact_table()[fact].type) {
      case FactType::boolean:
        return {{.number = 0}, {.number = 1}};
      case FactType::number:
        return numbers_of(fact);
      case FactType::text:
      case FactType::list:
        return texts_of(fact);
    }
    return {};
  }

  /// Every test of one value of `fact` in the conditions.
  template <class F>
  void each_test_of(std::uint32_t fact, F look) {
    for (const Program& condition : conditions_) {
      if (condition.always()) continue;
      for (const Instruction& i : condition.impl()->code) {
        --effort_;
        if (!is_test(i)) continue;
        const Subject subject = subject_of(i);
        if (subject.fact == fact && !subject.free) look(*condition.impl(), i);
      }
    }
  }

  /// Each literal and its neighbours: between two of them no test changes its answer.
  std::vector<Value> numbers_of(std::uint32_t fact) {
    std::set<std::int64_t> all{0};
    each_test_of(fact, [&](const Program::Impl& program, const Instruction& i) {
      const Ref literals = i.left.literal ? i.left : i.right;
      const std::uint32_t count = i.op == Op::number_in ? i.count : 1;
      for (std::uint32_t n = 0; n < count; ++n) {
        const std::int64_t number = program.numbers[literals.index + n];
        all.insert(number);
        if (number > std::numeric_limits<std::int64_t>::min()) all.insert(number - 1);
        if (number < std::numeric_limits<std::int64_t>::max()) all.insert(number + 1);
      }
    });
    std::vector<Value> out;
    for (const std::int64_t number : all) out.push_back({.number = number});
    return out;
  }

  std::vector<Value> texts_of(std::uint32_t fact) {
    std::vector<Value> out;
    const auto known =
        std::ranges::find(known_, static_cast<Fact>(fact), [](const auto& k) { return k.fact; });
    if (known != known_.end()) {
      for (const std::string& text : known->texts) out.push_back({.text = text});
      return out;
    }
    std::set<std::string> literals;
    each_test_of(fact, [&](const Program::Impl& program, const Instruction& i) {
      if (i.op != Op::text_equal && i.op != Op::text_in) return;
      const Ref first = i.left.literal ? i.left : i.right;
      const std::uint32_t count = i.op == Op::text_in ? i.count : 1;
      for (std::uint32_t n = 0; n < count; ++n) literals.insert(program.texts[first.index + n]);
    });
    std::string other = "\x01";
    while (literals.contains(other)) other += '\x01';
    for (const std::string& text : literals) out.push_back({.text = text});
    out.push_back({.text = other, .other = true});
    return out;
  }

  std::span<const Program> conditions_;
  const std::vector<KnownTexts>& known_;
  std::int64_t effort_;
  std::vector<Choice> trail_;
  Choice asked_;
  std::size_t at_ = 0;  ///< The condition that is made to be as wanted; those before it are.
};

std::uint32_t bit(std::uint32_t fact) {
  const auto known = static_cast<Fact>(fact);
  const bool part = known == Fact::message_subject || known == Fact::message_text;
  return 1u << (part ? static_cast<std::uint32_t>(Fact::message_any) : fact);
}

std::uint32_t facts_of(const Program& condition) {
  std::uint32_t all = 0;
  if (condition.always()) return all;
  for (const Instruction& i : condition.impl()->code) {
    if (!is_test(i)) continue;
    if (!i.left.literal) all |= bit(i.left.index);
    const bool one = i.op == Op::truth || i.op == Op::text_matches;
    if (!one && !i.right.literal) all |= bit(i.right.index);
  }
  return all;
}

}  // namespace

ConditionProver::ConditionProver(std::vector<Program> conditions, std::vector<KnownTexts> known,
                                 std::int64_t effort)
    : conditions_(std::move(conditions)), known_(std::move(known)), effort_(effort) {
  for (const Program& condition : conditions_) facts_.push_back(facts_of(condition));
}

bool ConditionProver::never_holds(std::size_t condition) {
  return impossible({&conditions_[condition], 1}, kEffortOfOne);
}

bool ConditionProver::always_holds(std::size_t condition) {
  if (conditions_[condition].always()) return true;
  return impossible(std::vector<Program>{Program(), conditions_[condition]}, kEffortOfOne);
}

bool ConditionProver::covered(std::size_t condition, std::span<const std::size_t> others) {
  std::vector<Program> all{conditions_[condition]};
  // Conditions about other facts have no part in it, unless they are linked by some in between.
  std::uint32_t linked = facts_[condition];
  std::vector<std::size_t> left(others.begin(), others.end());
  for (bool grown = true; grown;) {
    grown = std::erase_if(left, [&](std::size_t other) {
              if ((facts_[other] & linked) == 0) return false;
              linked |= facts_[other];
              all.push_back(conditions_[other]);
              return true;
            }) > 0;
    effort_ -= static_cast<std::int64_t>(left.size()) / 8;
  }
  if (all.size() == 1) return false;
  return impossible(all, all.size() == 2 ? kEffortOfOne : kEffortOfAll);
}

bool ConditionProver::impossible(std::span<const Program> wanted_then_not, std::int64_t most) {
  const std::int64_t granted = std::min(effort_, most);
  if (granted <= 0) return false;
  Search search(wanted_then_not, known_, granted);
  const bool proved = search.exhausted();
  effort_ -= granted - search.effort_left();
  return proved;
}

}  // namespace deskwire
