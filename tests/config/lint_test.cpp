// SPDX-License-Identifier: Apache-2.0
// Files that load and will not do what they seem to be meant for: each warning with the place of
// the thing itself, and none where it may be meant so.
#include "config/lint.hpp"

#include <catch2/catch.hpp>

#include "config/given.hpp"
#include "config/init.hpp"

using namespace deskwire;
using namespace deskwire::config;
using namespace deskwire::config::testing;

namespace {

using Lines = std::vector<std::string>;

Lines warnings_of(const std::string& text) {
  NameIds ids;
  const auto config = loaded(text, GivenSecrets{}, ids, kShort);
  Lines lines;
  if (!config)
    for (const auto& error : config.error()) FAIL_CHECK(to_string(error));
  REQUIRE(config);
  for (const auto& warning : config->warnings) {
    const auto known = warning_kinds();
    CHECK(std::ranges::find(known, warning.kind, &WarningKind::name) != known.end());
    lines.push_back(to_string(warning));
  }
  return lines;
}

/// The smallest desk (15 lines) with lines behind it.
Lines behind(const std::string& lines) { return warnings_of(kSmallest + lines); }

/// The smallest desk with a second queue and rules; the first stands in line 15.
Lines with_rules(const std::string& rules) {
  return warnings_of(
      replaced(replaced(kSmallest, "  - name: general", "  - name: general\n  - name: billing"),
               "  default_queue: general", "  default_queue: general\n  rules:\n" + rules));
}

std::string rule(const std::string& name, const std::string& when) {
  return "    - {name: " + name + ", queue: general, when: '" + when + "'}\n";
}

/// Two agents' desk: queues from line 10, users at the end.
std::string staffed(const std::string& queues, const std::string& users) {
  return replaced(kSmallest, "  - name: general\n", queues) +
         "skills: [billing, french]\nteams: [{name: first}, {name: night}]\nusers:\n" + users;
}

std::string user(const std::string& name, const std::string& rest) {
  return "  - {name: " + name + ", password: demo-password, " + rest + "}\n";
}

}  // namespace

TEST_CASE("the smallest desk gives no warning") { CHECK(warnings_of(kSmallest).empty()); }

TEST_CASE("the demo and what init writes give no warning") {
  NameIds ids;
  const auto demo = load(repository() / "config/demo.yaml", SystemSecrets{}, ids, kShort);
  REQUIRE(demo);
  for (const auto& warning : demo->warnings) FAIL_CHECK(to_string(warning));
  const auto first = first_configuration({});
  REQUIRE(first);
  CHECK(warnings_of(*first).empty());
}

TEST_CASE("a rule behind one that always holds is told with both lines") {
  CHECK(with_rules(rule("all", "true") + rule("late", "message.machine")) ==
        Lines{"desk.yaml:16:42: warning: workflow.rules[1].when: this rule is never reached: "
              "\"all\" in line 15 always holds [unreachable]"});
}

TEST_CASE("a rule with the condition of an earlier one is never reached") {
  CHECK(with_rules(rule("one", "message.machine") + rule("two", "message.machine")) ==
        Lines{"desk.yaml:16:41: warning: workflow.rules[1].when: this rule is never reached: "
              "\"one\" in line 15 has the same condition [unreachable]"});
}

TEST_CASE("a rule that takes less than an earlier one is never reached") {
  CHECK(
      with_rules(rule("money", R"(message.any contains "fund")") +
                 rule("refunds", R"(message.subject contains "refund" and not message.machine)")) ==
      Lines{"desk.yaml:16:45: warning: workflow.rules[1].when: this rule is never reached: "
            "\"money\" in line 15 takes everything that this would [unreachable]"});
  CHECK(with_rules(rule("narrow", R"(message.subject contains "refund")") +
                   rule("wide", R"(message.any contains "fund")"))
            .empty());
}

TEST_CASE("a rule that several take everything of is never reached") {
  CHECK(with_rules(rule("one", R"(channel in ["email", "sms"])") +
                   rule("two", R"(channel in ["voice", "chat"])") +
                   rule("three", R"(channel == "chat" or channel == "email")")) ==
        Lines{"desk.yaml:17:43: warning: workflow.rules[2].when: this rule is never reached: the "
              "rules before it together take everything that this would [unreachable]"});
}

TEST_CASE("a condition that no ticket meets is told, and hides nothing behind it") {
  CHECK(with_rules(rule("odd", R"(channel == "email" and channel == "sms")") +
                   rule("good", R"(channel == "email" and message.machine)")) ==
        Lines{"desk.yaml:15:41: warning: workflow.rules[0].when: no ticket can meet this condition "
              "[never_holds]"});
}

TEST_CASE("a condition on a queue or a channel there is none of never holds") {
  CHECK(behind("slas: [{name: money, when: 'ticket.queue == \"biling\"', targets: {resolution: "
               "2d}}]\n") ==
        Lines{"desk.yaml:15:28: warning: slas[0].when: no ticket can meet this condition "
              "[never_holds]"});
  CHECK(
      behind("slas: [{name: web, when: 'channel_name == \"web\"', targets: {resolution: 2d}}]\n") ==
      Lines{"desk.yaml:15:26: warning: slas[0].when: no ticket can meet this condition "
            "[never_holds]"});
  CHECK(behind(
            "slas: [{name: all, when: 'ticket.queue == \"general\"', targets: {resolution: 2d}}]\n")
            .empty());
}

TEST_CASE("an SLA behind one for all tickets is never reached") {
  CHECK(
      behind("slas:\n"
             "  - {name: standard, targets: {resolution: 2d}}\n"
             "  - {name: valued, when: customer.tier >= 2, targets: {resolution: 1d}}\n"
             "  - {name: again, targets: {resolution: 1d}}\n") ==
      Lines{"desk.yaml:17:26: warning: slas[1].when: this SLA is never reached: \"standard\" in "
            "line 16 always holds [unreachable]",
            "desk.yaml:18:5: warning: slas[2]: this SLA is never reached: \"standard\" in line 16 "
            "always holds [unreachable]"});
}

TEST_CASE("an SLA behind one for each channel still says what a queue promises") {
  CHECK(
      behind(
          "slas:\n"
          "  - {name: some, when: 'channel in [\"email\", \"sms\", \"voice\", \"chat\"]', targets: "
          "{resolution: 2d}}\n"
          "  - {name: standard, targets: {first_response: 8h}}\n")
          .empty());
}

TEST_CASE("hundreds of rules are looked at in bounded time") {
  std::string rules;
  for (int i = 0; i < 500; ++i)
    rules += rule("r" + std::to_string(i), "message.any matches \"" + std::to_string(i) +
                                               "x\" and not customer.tier == " + std::to_string(i));
  CHECK(with_rules(rules).empty());
}

TEST_CASE("of users nothing is said where the file has no agents") {
  CHECK(warnings_of(staffed("  - name: general\n    skills: {billing: 5}\n",
                            user("boss", "role: admin, capacity: 0%")))
            .empty());
}

TEST_CASE("a skill that nobody has is told where it is named") {
  CHECK(warnings_of(staffed("  - name: general\n",
                            user("ann", "queues: [general], skills: {billing: 2}"))) ==
        Lines{"desk.yaml:15:19: warning: skills[1]: none of this file's users has the skill "
              "\"french\" [skill_nobody_has]"});
}

TEST_CASE("a queue that nobody works on is told") {
  const std::string ann = user("ann", "teams: [first], skills: {billing: 2, french: 1}");
  CHECK(warnings_of(staffed("  - {name: general, teams: [first]}\n", ann)).empty());
  CHECK(warnings_of(staffed("  - {name: general, teams: [night]}\n", ann)) ==
        Lines{"desk.yaml:10:12: warning: queues[0].name: none of this file's users who take "
              "tickets is in one of its teams [queue_nobody_works]"});
  CHECK(
      warnings_of(staffed("  - name: general\n", ann)) ==
      Lines{"desk.yaml:10:11: warning: queues[0].name: no team, and none of this file's users who "
            "take tickets, works on it [queue_nobody_works]"});
  // Who has no capacity watches.
  CHECK(warnings_of(staffed("  - {name: general, teams: [night]}\n",
                            ann + user("eve", "queues: [general], capacity: 0%")))
            .size() == 1);
  CHECK(warnings_of(staffed("  - {name: general, teams: [night]}\n",
                            ann + user("eve", "queues: [general]")))
            .empty());
}

TEST_CASE("skills that nobody has together are told where they are asked for") {
  const std::string both = user("ann", "queues: [general], skills: {billing: 2}") +
                           user("bob", "queues: [general], skills: {french: 5, billing: 1}");
  CHECK(
      warnings_of(staffed("  - {name: general, skills: {billing: 1, french: 5}}\n", both)).empty());
  CHECK(warnings_of(staffed("  - {name: general, skills: {billing: 2, french: 5}}\n", both)) ==
        Lines{"desk.yaml:10:29: warning: queues[0].skills: none of this file's users who take "
              "tickets of \"general\" has {billing: 2, french: 5}, which is asked for in all "
              "[skills_nobody_meets]"});
  const auto with_rule = [&](const std::string& level) {
    return warnings_of(replaced(
        staffed("  - {name: general, skills: {french: 1}}\n", both), "  default_queue: general\n",
        "  default_queue: general\n  rules: [{name: r, when: message.machine, "
        "queue: general, skills: {billing: " +
            level + "}}]\n"));
  };
  CHECK(with_rule("1").empty());
  CHECK(with_rule("2") ==
        Lines{"desk.yaml:13:68: warning: workflow.rules[0].skills: none of this file's users who "
              "take tickets of \"general\" has {billing: 2, french: 1}, which is asked for in all "
              "[skills_nobody_meets]"});
}

TEST_CASE("a warning that comes too late to act is told at its target") {
  CHECK(behind("slas: [{name: fast, targets: {first_response: 2m}}]\n") ==
        Lines{"desk.yaml:15:47: warning: slas[0].targets.first_response: of 2m, the warning at 80% "
              "leaves 24s, which is too late to act [late_warning]"});
  CHECK(behind("slas: [{name: s, warn: 99%, targets: {resolution: {normal: 8h, urgent: 1h}}}]\n") ==
        Lines{"desk.yaml:15:72: warning: slas[0].targets.resolution.urgent: of 1h, the warning at "
              "99% leaves 36s, which is too late to act [late_warning]"});
  CHECK(behind("slas: [{name: fast, warn: 100%, targets: {first_response: 2m}}]\n").empty());
  CHECK(behind("slas: [{name: fast, targets: {first_response: 5m}}]\n").empty());
}

TEST_CASE("a target that is slower the more urgent a ticket is, is told") {
  CHECK(behind("slas: [{name: s, targets: {resolution: {low: 4h, normal: 2h, high: 3h, urgent: "
               "1h}}}]\n") ==
        Lines{"desk.yaml:15:68: warning: slas[0].targets.resolution.high: high tickets have 3h, "
              "normal ones only 2h [urgent_is_slower]"});
  CHECK(behind("slas: [{name: s, targets: {resolution: {low: 4h, high: 4h}}}]\n").empty());
}

TEST_CASE("no target at a priority that rules give is told, elsewhere it may be meant so") {
  const std::string sla = "slas: [{name: s, targets: {resolution: {normal: 4h}}}]\n";
  CHECK(behind(sla).empty());
  const std::string urgent =
      replaced(kSmallest, "  default_queue: general",
               "  default_queue: general\n  rules: [{name: r, when: message.machine, queue: "
               "general, priority: urgent}]");
  CHECK(warnings_of(urgent + sla) ==
        Lines{"desk.yaml:16:40: warning: slas[0].targets.resolution.urgent: urgent tickets have no "
              "target here, though rules make tickets urgent and normal ones have 4h "
              "[urgent_is_slower]"});
}

TEST_CASE("a resolution before the answer is told") {
  CHECK(behind("slas: [{name: s, targets: {first_response: 8h, resolution: {low: 2d, normal: "
               "4h}}}]\n") ==
        Lines{"desk.yaml:15:78: warning: slas[0].targets.resolution.normal: tickets are to be "
              "resolved in 4h and answered only in 8h [resolved_before_answered]"});
}

TEST_CASE("a service level beyond the wait in line is told unless every ticket has an SLA") {
  const std::string level =
      replaced(kSmallest, "  - name: general",
               "  - {name: general, max_wait: 1h, service_level: {within: 2h}}");
  CHECK(warnings_of(level) ==
        Lines{"desk.yaml:10:59: warning: queues[0].service_level.within: answers are promised "
              "within 2h, but a ticket without an SLA stands in line as if due after max_wait, 1h "
              "[level_beyond_wait]"});
  CHECK(warnings_of(level + "slas: [{name: s, targets: {first_response: 1h}}]\n").empty());
  CHECK(warnings_of(level + "slas: [{name: s, targets: {first_response: {high: 1h}}}]\n").size() ==
        1);
}

TEST_CASE("a calendar without hours is told wherever something depends on it") {
  const std::string closed =
      replaced(replaced(kSmallest, "  - name: general", "  - {name: general, calendar: shut}"),
               "channels: {}", "channels: {chat: [{name: web, hours: shut}, {name: app}]}") +
      "calendars: [{name: shut, hours: {}}]\n"
      "slas: [{name: s, calendar: shut, targets: {resolution: 1d}}]\n";
  CHECK(
      warnings_of(closed) ==
      Lines{"desk.yaml:10:31: warning: queues[0].calendar: the calendar \"shut\" has no hours: "
            "this queue is closed always [never_open]",
            "desk.yaml:13:26: warning: channels.chat[0].name: its queue \"general\" is closed "
            "always [never_open]",
            "desk.yaml:13:38: warning: channels.chat[0].hours: the calendar \"shut\" has no hours: "
            "this channel is closed always [never_open]",
            "desk.yaml:13:52: warning: channels.chat[1].name: its queue \"general\" is closed "
            "always [never_open]",
            "desk.yaml:16:28: warning: slas[0].calendar: the calendar \"shut\" has no hours, so "
            "that no time passes and nothing is ever due [never_open]"});
  CHECK(
      warnings_of(replaced(closed, "hours: {}}]", "hours: {}, shifts: {2026-06-01: 09:00-10:00}}]"))
          .empty());
}

TEST_CASE("an alert that nothing sets off is told at its threshold") {
  CHECK(behind("alerts:\n"
               "  - {name: a, when: level, over: 100%}\n"
               "  - {name: b, when: waiting, under: 0}\n"
               "  - {name: c, when: oldest, under: 0s}\n"
               "  - {name: d, when: level, over: 99%}\n"
               "  - {name: e, when: waiting, under: 1}\n") ==
        Lines{"desk.yaml:16:34: warning: alerts[0].over: a share is never over 100% "
              "[alert_never_fires]",
              "desk.yaml:17:37: warning: alerts[1].under: nothing is ever under 0 "
              "[alert_never_fires]",
              "desk.yaml:18:36: warning: alerts[2].under: nothing is ever under 0 "
              "[alert_never_fires]"});
}

TEST_CASE("a file with a mistake tells its mistakes only") {
  const auto errors = errors_of(kSmallest + "alerts: [{name: a, when: level, over: 100%, x: 1}]\n");
  REQUIRE(errors.size() == 1);
  CHECK(errors[0].find("\"x\"") != std::string::npos);
}

TEST_CASE("of a hopeless file a bounded number of warnings is kept") {
  std::string rules = rule("all", "true");
  for (int i = 0; i < 400; ++i) rules += rule("r" + std::to_string(i), "message.machine");
  CHECK(with_rules(rules).size() == 200);
}
