// SPDX-License-Identifier: Apache-2.0
// Conditions in an order where the first that holds decides: one that others stand before in every
// case is never asked.
#include <optional>
#include <set>
#include <utility>

#include "config/lint.hpp"
#include "deskwire/domain/expr_proof.hpp"
#include "deskwire/domain/names.hpp"

namespace deskwire::config {
namespace {

// Tests looked at for all conditions of one list: some tens of milliseconds.
constexpr std::int64_t kEffort = 500'000;

/// A condition of the file, whatever it decides about.
struct Condition {
  std::string path, name;
  const When* when = nullptr;
};

/// One list of conditions and what is to be said of them.
class Order {
 public:
  Order(Reader& reader, std::string word, std::vector<Condition> conditions,
        std::vector<KnownTexts> known)
      : reader_(reader),
        word_(std::move(word)),
        conditions_(std::move(conditions)),
        prover_(programs(conditions_), std::move(known), kEffort) {}

  void lint() {
    // What is cheap and tells most comes before what may use up the effort.
    std::vector<bool> never, always;
    for (std::size_t i = 0; i < conditions_.size(); ++i) {
      never.push_back(prover_.never_holds(i));
      always.push_back(prover_.always_holds(i));
    }
    std::vector<std::size_t> alive;
    std::optional<std::size_t> last;  // The first that always holds: none behind it is asked.
    for (std::size_t i = 0; i < conditions_.size(); ++i) {
      if (last) {
        unreachable(i, before(*last) + " always holds");
      } else if (never[i]) {
        reader_.warn_at(path_of(i), "never_holds", "no ticket can meet this condition");
      } else if (!hidden(i, alive)) {
        alive.push_back(i);
        if (always[i]) last = i;
      }
    }
  }

 private:
  static std::vector<Program> programs(const std::vector<Condition>& conditions) {
    std::vector<Program> out;
    for (const Condition& one : conditions) out.push_back(one.when->program);
    return out;
  }

  bool hidden(std::size_t i, const std::vector<std::size_t>& alive) {
    for (const std::size_t earlier : alive) {
      const bool same = conditions_[earlier].when->source == conditions_[i].when->source;
      const std::size_t only[] = {earlier};
      if (!same && !prover_.covered(i, only)) continue;
      unreachable(i, before(earlier) +
                         (same ? " has the same condition" : " takes everything that this would"));
      return true;
    }
    if (alive.size() < 2 || !prover_.covered(i, alive)) return false;
    unreachable(i, "the " + word_ + "s before it together take everything that this would");
    return true;
  }

  void unreachable(std::size_t i, const std::string& why) {
    reader_.warn_at(path_of(i), "unreachable", "this " + word_ + " is never reached: " + why);
  }

  /// An SLA for all tickets has no condition of its own to point at.
  [[nodiscard]] std::string path_of(std::size_t i) const {
    const Condition& one = conditions_[i];
    return one.when->source.empty() ? one.path : one.path + ".when";
  }

  [[nodiscard]] std::string before(std::size_t i) const {
    const Condition& one = conditions_[i];
    return "\"" + one.name + "\" in line " + std::to_string(reader_.line_of(one.path));
  }

  Reader& reader_;
  std::string word_;
  std::vector<Condition> conditions_;
  ConditionProver prover_;
};

template <class Names>
KnownTexts known(Fact fact, const Names& names) {
  KnownTexts out{.fact = fact, .texts = {}};
  for (const auto& name : names) out.texts.emplace_back(name);
  return out;
}

/// What a fact about the desk can be: a misspelt name is a condition that never holds. All but the
/// channel may be unset.
std::vector<KnownTexts> known_texts(const Model& model) {
  std::set<std::string> queues{""}, addresses{""};
  for (const QueueSpec& queue : model.queue_specs)
    if (queue.moved_to.empty()) queues.insert(queue.name);
  const auto add = [&](const auto& specs) {
    for (const auto& spec : specs) addresses.insert(spec.name);
  };
  add(model.channel_specs.email);
  add(model.channel_specs.sms);
  add(model.channel_specs.chat);
  add(model.channel_specs.cti);
  add(model.channel_specs.voice);
  return {known(Fact::ticket_queue, queues), known(Fact::channel_name, addresses),
          known(Fact::channel, EnumNames<Channel>::value),
          known(Fact::ticket_priority, EnumNames<Priority>::value)};
}

template <class Spec>
std::vector<Condition> conditions_of(const std::string& list, const std::vector<Spec>& specs) {
  std::vector<Condition> out;
  for (std::size_t i = 0; i < specs.size(); ++i)
    out.push_back({item(list, i), specs[i].name, &specs[i].when});
  return out;
}

}  // namespace

void lint_conditions(Reader& reader, const Model& model) {
  std::vector<KnownTexts> texts = known_texts(model);
  Order(reader, "rule", conditions_of("workflow.rules", model.workflow.rules), texts).lint();
  // What a queue promises is asked without a ticket and so without a channel (Policy::level_of).
  for (KnownTexts& one : texts)
    if (one.fact == Fact::channel) one.texts.emplace_back();
  Order(reader, "SLA", conditions_of("slas", model.sla_specs), std::move(texts)).lint();
}

}  // namespace deskwire::config
