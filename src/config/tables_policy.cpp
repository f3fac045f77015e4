// SPDX-License-Identifier: Apache-2.0
// Keys of queues, workflow, SLAs and routing.
#include "config/tables.hpp"

namespace deskwire::config {
namespace {

Kind<TargetSpec> target() {
  struct PerPriority {
    Duration low, normal, high, urgent;
  };
  static const auto table =
      Section<PerPriority>("A target for each priority; one that is missing has none.")
          .add("low", &PerPriority::low, duration(minutes(1), days(365)), optional(),
               "Target of low tickets.")
          .add("normal", &PerPriority::normal, duration(minutes(1), days(365)), optional(),
               "Target of normal tickets.")
          .add("high", &PerPriority::high, duration(minutes(1), days(365)), optional(),
               "Target of high tickets.")
          .add("urgent", &PerPriority::urgent, duration(minutes(1), days(365)), optional(),
               "Target of urgent tickets.");
  const auto one = duration(minutes(1), days(365));
  Shape shape{.words = one.shape.words + ", or one for each priority"};
  shape.either = {one.shape, {.words = "a map", .json = Shape::Json::object, .section = &table}};
  return {
      shape,
      [one, words = shape.words](Reader& reader, const Node& node) -> std::optional<TargetSpec> {
        if (node.kind == Node::Kind::map) {
          const auto each = table.read(reader, node);
          if (!each) return std::nullopt;
          return TargetSpec{{each->low, each->normal, each->high, each->urgent}};
        }
        if (node.kind != Node::Kind::scalar) return reader.fail(node, words), std::nullopt;
        const auto all = one.read(reader, node);
        return all ? std::optional(TargetSpec{{*all, *all, *all, *all}}) : std::nullopt;
      }};
}

const Section<TargetsSpec>& targets_table() {
  static const auto table =
      Section<TargetsSpec>("Business time from receipt; a clock rests while the ticket is pending.")
          .add("first_response", &TargetsSpec::first_response, target(), optional(),
               "Until a person has answered.")
          .add("resolution", &TargetsSpec::resolution, target(), optional(),
               "Until the ticket is resolved.");
  return table;
}

const Section<RuleSpec>& rule_table() {
  static const auto table =
      Section<RuleSpec>("The first rule whose condition holds places the ticket.")
          .add("name", &RuleSpec::name, defines("rule", text(100)), required(),
               "Shown where a ticket's way is explained.")
          .add("when", &RuleSpec::when, expression(), required(),
               "The condition; see the language below.")
          .add("queue", &RuleSpec::queue, refers_to("queue"), required(), "Where the ticket waits.")
          .add("priority", &RuleSpec::priority, enumerated<Priority>(), optional(),
               "Sets the ticket's priority.")
          .add("skills", &RuleSpec::skills, skills(), standard("{}"),
               "Asked for on top of the queue's.");
  return table;
}

const Section<CapacitySpec>& capacity_table() {
  const auto share = percent(1, 100);
  static const auto table =
      Section<CapacitySpec>("How much of an agent's capacity one ticket takes.")
          .add("email", &CapacitySpec::email, share, standard("20%"), "A mail.")
          .add("sms", &CapacitySpec::sms, share, standard("33%"), "A text message.")
          .add("voice", &CapacitySpec::voice, share, standard("100%"), "A call.")
          .add("chat", &CapacitySpec::chat, share, standard("33%"), "A chat.");
  return table;
}

const Section<PriorityCreditSpec>& priority_credit_table() {
  const auto credit = duration({}, days(30));
  static const auto table =
      Section<PriorityCreditSpec>("How much earlier than its deadline a ticket stands in line.")
          .add("low", &PriorityCreditSpec::low, credit, standard("0s"), "Low.")
          .add("normal", &PriorityCreditSpec::normal, credit, standard("1h"), "Normal.")
          .add("high", &PriorityCreditSpec::high, credit, standard("8h"), "High.")
          .add("urgent", &PriorityCreditSpec::urgent, credit, standard("24h"), "Urgent.");
  return table;
}

const Section<ServiceLevelSpec>& service_level_table() {
  static const auto table =
      Section<ServiceLevelSpec>(
          "Answered within the time ÷ (answered + given up after it): what the board shows as the "
          "queue's level. Unset: the first response promised there to a ticket of normal priority, "
          "else `max_wait`, and 80%.")
          .add("within", &ServiceLevelSpec::within, duration(seconds(1), days(365)), required(),
               "From the first message to the first answer, in the hours of the queue's calendar.")
          .add("target_percent", &ServiceLevelSpec::target_percent, percent(1, 100),
               standard("80%"), "The share that is aimed at.");
  return table;
}

/// A queue that is gone has nothing but its name and where its tickets went.
void check_moved(Reader& reader, const Node& node, QueueSpec& queue) {
  if (queue.moved_to.empty()) return;
  for (const auto& entry : node.entries) {
    if (entry.key == "name" || entry.key == "moved_to") continue;
    const Reader::Step step(reader, entry.key, entry.key_place);
    reader.fail(entry.key_place, "a setting of a queue that is gone",
                "nothing beside name and moved_to");
  }
}

}  // namespace

const Section<TeamSpec>& team_table() {
  static const auto table =
      Section<TeamSpec>("A team sees the queues that name it.")
          .add("name", &TeamSpec::name, defines("team"), required(), "The team's name.");
  return table;
}

const Section<QueueSpec>& queue_table() {
  static const auto table =
      Section<QueueSpec>("Where tickets wait. An id once given to a name stays with it.")
          .add("name", &QueueSpec::name, defines("queue name"), required(), "The queue's name.")
          .add("teams", &QueueSpec::teams, list_of(refers_to("team"), 100), standard("[]"),
               "Who works on it.")
          .add("skills", &QueueSpec::skills, skills(), standard("{}"),
               "What every ticket here asks for.")
          .add(
              "strategy", &QueueSpec::strategy, enumerated<Strategy>(), standard("longest_idle"),
              "Who is chosen among those who may: idle for the longest, with the smallest share of "
              "their capacity in use, with the highest levels in the required skills, or whose "
              "last offer is longest ago.")
          .add("offer_timeout", &QueueSpec::offer_timeout, duration(seconds(5), hours(1)),
               standard("30s"), "How long an agent has to accept.")
          .add("auto_accept", &QueueSpec::auto_accept, boolean(), standard("false"),
               "Assign without asking.")
          .add("max_wait", &QueueSpec::max_wait, duration(minutes(1), days(30)), standard("24h"),
               "Stands in for a deadline where no SLA does.")
          .add("preferred_for", &QueueSpec::preferred_for, duration({}, days(1)), standard("60s"),
               "How long a ticket is held for the agent who knows it; 0s: not at all.")
          .add("calendar", &QueueSpec::calendar, refers_to("calendar"), optional(),
               "When it is staffed; unset: always.")
          .add("service_level", &QueueSpec::level, section(service_level_table()), optional(),
               "Which share of first answers is promised within which time.")
          .add("moved_to", &QueueSpec::moved_to, refers_to("queue"), optional(),
               "The queue is gone and its waiting tickets go there. Then only `name` stands beside "
               "it.")
          .check(check_moved)
          .check([](Reader& reader, const Node& node, QueueSpec& queue) {
            // Only living queues can be referred to; the name itself is taken either way.
            if (!queue.name.empty() && queue.moved_to.empty())
              reader.know("queue", queue.name, node.place);
          });
  return table;
}

const Section<WorkflowSpec>& workflow_table() {
  static const auto table =
      Section<WorkflowSpec>(
          "Rules in order; the first that holds places the ticket. Without one the channel's queue "
          "does, "
          "and without that the default queue.")
          .add("default_queue", &WorkflowSpec::default_queue, refers_to("queue"), required(),
               "Where all else goes.")
          .add("rules", &WorkflowSpec::rules, list_of(section(rule_table()), 500), standard("[]"),
               "In order.");
  return table;
}

const Section<SlaSpec>& sla_table() {
  static const auto table =
      Section<SlaSpec>("A promise in time.")
          .add("name", &SlaSpec::name, defines("sla", text(100)), required(),
               "Shown with a ticket's deadlines.")
          .add("when", &SlaSpec::when, expression(), optional(), "Which tickets; unset: all.")
          .add("calendar", &SlaSpec::calendar, refers_to("calendar"), optional(),
               "In whose hours it counts; unset: 24/7.")
          .add("warn", &SlaSpec::warn_percent, percent(0, 100), standard("80%"),
               "Share of the target after which a warning goes out; 0% or 100%: none.")
          .add("targets", &SlaSpec::targets, section(targets_table()), required(), "How fast.")
          .check([](Reader& reader, const Node& node, SlaSpec& sla) {
            const bool any =
                node.find("targets") != nullptr && !node.find("targets")->value->entries.empty();
            if (any || sla.targets.first_response || sla.targets.resolution) return;
            reader.fail(node.place, "an SLA without a target",
                        "targets with first_response or resolution");
          });
  return table;
}

const Section<RoutingSpec>& routing_table() {
  const auto wait = duration({}, days(1));
  static const auto table =
      Section<RoutingSpec>("Capacity, order in line, offers.")
          .add("capacity", &RoutingSpec::capacity, section(capacity_table()), standard("{}"),
               "Weights by channel.")
          .add("priority_credit", &RoutingSpec::priority_credit, section(priority_credit_table()),
               standard("{}"),
               "A younger ticket passes an older one by at most the largest credit plus the "
               "longest target.")
          .add("tier_credit", &RoutingSpec::tier_credit, list_of(duration({}, days(30)), 4),
               standard("[]"),
               "The same by the customer's tier, from tier 0; the last one given holds for all "
               "higher tiers.")
          .add("close_after", &RoutingSpec::close_after, duration(minutes(1), days(365)),
               standard("7d"),
               "A resolved ticket closes after this; a later mail opens a linked one.")
          .add("decline_delay", &RoutingSpec::decline_delay, wait, standard("5m"),
               "A ticket is not offered again to the agent who declined it.")
          .add("ignored_delay", &RoutingSpec::ignored_delay, wait, standard("2m"),
               "The same after an offer ran out.")
          .add("lost_delay", &RoutingSpec::lost_delay, wait, standard("30s"),
               "The same after a lost connection.")
          .add("connection_grace", &RoutingSpec::connection_grace, duration({}, hours(1)),
               standard("20s"),
               "An agent whose connection is lost counts as present for this long.")
          .add("missed_before_away", &RoutingSpec::missed_before_away, integer(1, 100),
               standard("3"), "Offers missed in a row before an agent is set away.");
  return table;
}

}  // namespace deskwire::config
