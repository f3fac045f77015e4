// SPDX-License-Identifier: Apache-2.0
// Wrong files: each mistake is told with line, column, path, what was found and what was expected,
// and all in one run.
#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <random>

#include "config/given.hpp"

using namespace deskwire;
using namespace deskwire::config;
using namespace deskwire::config::testing;

namespace {

using Lines = std::vector<std::string>;

/// The smallest desk with one piece replaced.
Lines with(const std::string& from, const std::string& to) {
  REQUIRE(kSmallest.find(from) != std::string::npos);
  return errors_of(replaced(kSmallest, from, to));
}

/// The smallest desk (15 lines) with lines behind it.
Lines behind(const std::string& lines) { return errors_of(kSmallest + lines); }

}  // namespace

TEST_CASE("the smallest desk loads") { CHECK(errors_of(kSmallest).empty()); }

TEST_CASE("an unknown key is told with the key that was probably meant") {
  CHECK(with("  name: Desk", "  nmae: Desk") ==
        Lines{"desk.yaml:2:3: desk.name: found nothing, expected a line of text",
              "desk.yaml:2:3: desk.nmae: found the unknown key \"nmae\", expected a known key; did "
              "you mean name?"});
  CHECK(behind("lmtp: {frobnicate: 1}\n") ==
        Lines{"desk.yaml:15:8: lmtp.frobnicate: found the unknown key \"frobnicate\", expected one "
              "of listen, max_sessions"});
}

TEST_CASE("a key given twice is told where it stands again") {
  CHECK(with("  public_url: http://127.0.0.1:8080",
             "  public_url: http://127.0.0.1:8080\n  name: Again") ==
        Lines{"desk.yaml:4:3: found the key \"name\" a second time, expected each key once"});
}

TEST_CASE("wrong types, units and ranges are told with what would do") {
  CHECK(with("  path: data", "  path: [a]") ==
        Lines{"desk.yaml:5:9: storage.path: found a list, expected a path, relative to this file's "
              "folder or absolute"});
  CHECK(with("  path: data", "  path: data\n  disk_reserve: 10MB") ==
        Lines{"desk.yaml:6:17: storage.disk_reserve: found \"10MB\", expected a size from 0 to "
              "1024GiB"});
  CHECK(behind("smtp: {max_recipients: 0}\n") ==
        Lines{"desk.yaml:15:24: smtp.max_recipients: found \"0\", expected a whole number from 1 "
              "to 10000"});
  CHECK(behind("smtp: {timeouts: {command: 2h}}\n") ==
        Lines{"desk.yaml:15:28: smtp.timeouts.command: found \"2h\", expected a duration (90s, "
              "15m, 1h30m, 2d) from 1s to 1h"});
  CHECK(behind("routing: {capacity: {email: 120%}}\n") ==
        Lines{"desk.yaml:15:29: routing.capacity.email: found \"120%\", expected a share from 1% "
              "to 100%"});
  CHECK(with("  - name: general", "  - name: general\n    auto_accept: \"true\"") ==
        Lines{"desk.yaml:11:18: queues[0].auto_accept: found \"true\", expected true or false"});
  CHECK(behind("http: 8080\n") == Lines{"desk.yaml:15:7: http: found \"8080\", expected a map"});
  CHECK(behind("http: {listen: 8080}\n") ==
        Lines{"desk.yaml:15:16: http.listen: found \"8080\", expected host:port"});
  CHECK(
      with("  tls: none", "  tls: maybe") ==
      Lines{"desk.yaml:8:8: smarthost.tls: found \"maybe\", expected one of none, starttls, tls"});
}

TEST_CASE("what is missing is told at the map it is missing from") {
  CHECK(with("  host: 127.0.0.1\n", "") ==
        Lines{"desk.yaml:7:3: smarthost.host: found nothing, expected a host name or an address"});
  CHECK(with("  path: data", "  path:") ==
        Lines{"desk.yaml:5:3: storage.path: found nothing, expected a path, relative to this "
              "file's folder or absolute"});
}

TEST_CASE("unknown queues, skills, teams and calendars are told") {
  CHECK(with("default_queue: general", "default_queue: genral") ==
        Lines{"desk.yaml:12:18: workflow.default_queue: found the unknown queue \"genral\", "
              "expected a queue; did you mean "
              "general?"});
  CHECK(
      with("  - name: general",
           "  - name: general\n    skills: {billing: 3}\n    teams: [ops]\n    calendar: office") ==
      Lines{"desk.yaml:11:14: queues[0].skills.billing: found the unknown skill \"billing\", "
            "expected a skill, but none is "
            "defined",
            "desk.yaml:12:13: queues[0].teams[0]: found the unknown team \"ops\", expected a team, "
            "but none is defined",
            "desk.yaml:13:15: queues[0].calendar: found the unknown calendar \"office\", expected "
            "a calendar, but none is "
            "defined"});
  CHECK(behind("skills: [billing]\nusers:\n  - {name: a, password: long enough, skills: {billing: "
               "6}}\n") == Lines{"desk.yaml:17:56: users[0].skills.billing: found \"6\", expected "
                                 "a whole number from 1 to 5"});
}

TEST_CASE("names that are given twice are told with the line of the first") {
  CHECK(with("  - name: general", "  - name: general\n  - name: general") ==
        Lines{"desk.yaml:11:11: queues[1].name: found the queue name \"general\" a second time, "
              "expected a name that is not "
              "taken (first in line 10)"});
  CHECK(with("channels: {}",
             "channels:\n  email: [{name: web, address: a@b.test}]\n  chat: [{name: web}]") ==
        Lines{"desk.yaml:15:17: channels.chat[0].name: found the channel \"web\" a second time, "
              "expected a name that is not "
              "taken (first in line 14)"});
  CHECK(
      with("channels: {}", "channels: {email: [{name: a, address: x@B.test, aliases: [x@b.test]}]}")
          .size() == 1);
}

TEST_CASE("a bad zone is told with the nearest") {
  CHECK(with("  name: Desk", "  name: Desk\n  zone: Asia/Ho_Chi_Mihn") ==
        Lines{"desk.yaml:3:9: desk.zone: found \"Asia/Ho_Chi_Mihn\", expected an IANA time zone; "
              "did you mean "
              "Asia/Ho_Chi_Minh?"});
  for (const auto* bad : {"../../etc/passwd", "/etc/passwd", "", "Europe", "Nowhere/Land"})
    CHECK(with("  name: Desk", std::string("  name: Desk\n  zone: \"") + bad + "\"").size() == 1);
}

TEST_CASE("overlapping hours are told, overnight and over the week's end too") {
  CHECK(
      behind(
          "calendars:\n  - name: c\n    hours:\n      mon: [\"09:00-12:00\", \"11:00-17:00\"]\n") ==
      Lines{"desk.yaml:18:28: calendars[0].hours: found overlapping hours 09:00-12:00 and "
            "11:00-17:00, expected hours that "
            "do not overlap"});
  CHECK(behind("calendars:\n  - name: c\n    hours: {mon: \"22:00-06:00\", tue: \"05:00-08:00\"}\n")
            .size() == 1);
  CHECK(behind("calendars:\n  - name: c\n    hours: {sun: \"22:00-06:00\", mon: \"05:00-08:00\"}\n")
            .size() == 1);
  CHECK(behind("calendars:\n  - name: c\n    hours: {sun: \"22:00-06:00\", mon: \"06:00-24:00\"}\n")
            .empty());
  CHECK(behind("calendars:\n  - name: c\n    hours: {mon: \"9-17\"}\n") ==
        Lines{"desk.yaml:17:18: calendars[0].hours.mon: found \"9-17\", expected hours such as "
              "09:00-17:00, 22:00-06:00 or "
              "00:00-24:00"});
  CHECK(behind("calendars:\n  - name: c\n    hours: {}\n    holidays: [2026-02-30]\n") ==
        Lines{"desk.yaml:18:16: calendars[0].holidays[0]: found \"2026-02-30\", expected a date "
              "such as 2026-12-24"});
}

TEST_CASE("a mistake in an expression is told at its line and column inside the scalar") {
  const std::string rule =
      "  default_queue: general\n  rules:\n    - name: r\n      queue: general\n      when: ";
  CHECK(with("  default_queue: general\n", rule + "message.size == \"big\"\n") ==
        Lines{"desk.yaml:16:29: workflow.rules[0].when: found '\"big\"', a text, expected a number "
              "to compare with "
              "'message.size'"});
  CHECK(with("  default_queue: general\n",
             rule + "\"message.subject matches '\\\\d' and mesage.size > 1\"\n") ==
        Lines{"desk.yaml:16:48: workflow.rules[0].when: found the unknown name 'mesage.size', "
              "expected a fact; did you mean "
              "message.size?"});
  CHECK(with("  default_queue: general\n", rule + "'message.any contains ''x'' and nope'\n") ==
        Lines{"desk.yaml:16:45: workflow.rules[0].when: found the unknown name 'nope', expected a "
              "fact such as "
              "message.subject (texts are quoted)"});
  CHECK(with("  default_queue: general\n",
             rule + "|\n        message.machine and\n        message.size > \"x\"\n") ==
        Lines{"desk.yaml:18:24: workflow.rules[0].when: found '\"x\"', a text, expected a number "
              "to compare with "
              "'message.size'"});
  CHECK(with("  default_queue: general\n",
             rule + ">-\n        message.machine\n        and (true\n") ==
        Lines{"desk.yaml:18:18: workflow.rules[0].when: found the end, expected ')' for the '(' at "
              "byte 20"});
  CHECK(with("  default_queue: general\n", rule + "ticket.queue == 'é' and x\n") ==
        Lines{"desk.yaml:16:37: workflow.rules[0].when: found the unknown name 'x', expected a "
              "fact such as "
              "message.subject (texts are quoted)"});
}

TEST_CASE("a pattern that RE2 refuses is told") {
  const auto lines = with("  default_queue: general\n",
                          "  default_queue: general\n  rules:\n"
                          "    - {name: r, queue: general, when: \"message.any matches '(a'\"}\n");
  REQUIRE(lines.size() == 1);
  CHECK(lines[0] ==
        "desk.yaml:14:60: workflow.rules[0].when: found a bad pattern: missing ): (a, expected a "
        "regular "
        "expression (RE2 syntax)");
}

TEST_CASE("all mistakes of a file come in one run, by place") {
  CHECK(
      errors_of(
          "desk: {name: '', public_url: nowhere, colour: red}\nstorage: {path: d, driver: oracle}\n"
          "smarthost: {host: h, port: 99999}\nqueues: [{name: q, offer_timeout: 1s}]\n"
          "workflow: {default_queue: r}\nchannels: {email: [{name: n, address: nope}]}\nusers: "
          "[{name: u}]\n") ==
      Lines{"desk.yaml:1:14: desk.name: found \"\", expected a line of text",
            "desk.yaml:1:30: desk.public_url: found \"nowhere\", expected http(s)://host[:port] "
            "without a path",
            "desk.yaml:1:39: desk.colour: found the unknown key \"colour\", expected one of name, "
            "public_url, region, zone, "
            "language",
            "desk.yaml:2:28: storage.driver: found \"oracle\", expected sqlite",
            "desk.yaml:3:28: smarthost.port: found \"99999\", expected a whole number from 1 to "
            "65535",
            "desk.yaml:4:35: queues[0].offer_timeout: found \"1s\", expected a duration (90s, 15m, "
            "1h30m, 2d) from 5s to 1h",
            "desk.yaml:5:27: workflow.default_queue: found the unknown queue \"r\", expected a "
            "queue: q",
            "desk.yaml:6:39: channels.email[0].address: found \"nope\", expected a mail address "
            "without '+', such as "
            "support@example.com",
            "desk.yaml:7:9: users[0]: found neither password nor password_hash, expected one of "
            "password and "
            "password_hash"});
}

TEST_CASE("secrets come from the environment or from files and are never repeated in messages") {
  CHECK(behind("http: {metrics_token: {env: NOT_SET}}\n") ==
        Lines{"desk.yaml:15:29: http.metrics_token.env: found no environment variable NOT_SET, "
              "expected a secret"});
  CHECK(behind("http: {metrics_token: {file: gone}}\n") ==
        Lines{"desk.yaml:15:30: http.metrics_token.file: found no file at /etc/deskwire/gone, "
              "expected a secret"});
  CHECK(behind("http: {metrics_token: {env: A, file: B}}\n") ==
        Lines{"desk.yaml:15:23: http.metrics_token: found a map, expected a secret: {env: NAME} or "
              "{file: PATH}"});
  const auto lines = behind("users: [{name: u, password_hash: hunter2-in-clear}]\n");
  REQUIRE(lines.size() == 1);
  CHECK(lines[0].find("hunter2") == std::string::npos);
}

TEST_CASE("secrets in clear are refused on anything but loopback") {
  const std::string user = "users: [{name: u, password: demo-password}]\n";
  CHECK(behind(user + "http: {listen: \"127.0.0.1:80\"}\n").empty());
  CHECK(behind(user + "http: {listen: \"[::1]:80\"}\n").empty());
  CHECK(behind(user + "http: {listen: \"0.0.0.0:80\"}\n") ==
        Lines{"desk.yaml:15:29: users[0].password: found a secret in clear while http.listen is "
              "0.0.0.0:80, expected {env: "
              "NAME} or {file: PATH}; only on loopback a demo may do without"});
}

TEST_CASE("rules that span sections are checked") {
  CHECK(behind("smtp: {listen: \"127.0.0.1:8080\"}\n") ==
        Lines{"desk.yaml:15:16: smtp.listen: found 127.0.0.1:8080, which http.listen has, expected "
              "an address of its own"});
  CHECK(behind("smtp: {listen: \"127.0.0.1:0\"}\nlmtp: {listen: \"127.0.0.1:0\"}\n").empty());
  CHECK(behind("smtp: {tls: {certificate: c.pem}}\n").size() == 1);
  CHECK(with("  tls: none", "  tls: none\n  user: me").size() == 1);
  CHECK(
      behind("mail: {token_secret: short}\n") ==
      Lines{"desk.yaml:15:22: mail.token_secret: found a secret of 5 bytes, expected at least 16"});
}

TEST_CASE("a queue that moved keeps nothing but its name") {
  CHECK(with("  - name: general", "  - name: general\n  - {name: old, moved_to: general}").empty());
  CHECK(with("  - name: general",
             "  - name: general\n  - {name: old, moved_to: general, auto_accept: true}") ==
        Lines{"desk.yaml:11:36: queues[1].auto_accept: found a setting of a queue that is gone, "
              "expected nothing beside name "
              "and moved_to"});
  CHECK(with("  - name: general",
             "  - name: general\n  - {name: old, moved_to: older}\n  - {name: older, moved_to: "
             "general}") == Lines{"desk.yaml:11:27: queues[1].moved_to: found the unknown queue "
                                  "\"older\", expected a queue: general"});
}

TEST_CASE("broken YAML, tags, second documents and binary are refused with their place") {
  CHECK(errors_of("desk: [1, 2\nstorage: {").size() == 1);
  CHECK(errors_of("desk: &a [*a]") ==
        Lines{"desk.yaml:1:11: found an alias inside its own anchor, expected a value"});
  CHECK(with("  name: Desk", "  name: !!str Desk").at(0).find("2:9: found the tag") !=
        std::string::npos);
  CHECK(errors_of(kSmallest + "---\na: 1\n").at(0).find("found a second document") !=
        std::string::npos);
  CHECK(errors_of("") == Lines{"desk.yaml:1:1: found an empty file, expected a configuration"});
  CHECK(errors_of("# nothing\n") ==
        Lines{"desk.yaml:1:1: found nothing but comments, expected a configuration"});
  CHECK(errors_of("desk: \xff\n") ==
        Lines{"desk.yaml:1:7: found the byte 0xff, which is no UTF-8, expected text in UTF-8"});
  CHECK(errors_of(std::string("desk: \x04 x\n")) ==
        Lines{"desk.yaml:1:7: found the control character 0x04, expected text"});
  CHECK(errors_of("- a\n- b\n") == Lines{"desk.yaml:1:1: found a list, expected a map"});
  CHECK(errors_of("\xEF\xBB\xBF" + kSmallest).empty());
}

TEST_CASE("aliases are followed, and alias bombs are refused before they cost anything") {
  CHECK(with("channels: {}",
             "channels: {email: [{name: a, address: a@b.test, skills: &s {}}, {name: b, address: "
             "b@b.test, "
             "skills: *s}]}")
            .empty());
  std::string bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 12; ++i) {
    bomb += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [";
    for (int j = 0; j < 10; ++j) bomb += "*a" + std::to_string(i - 1) + (j < 9 ? ", " : "]\n");
  }
  const auto lines = errors_of(bomb);
  REQUIRE(lines.size() == 1);
  CHECK(lines[0].find("found too much, aliases expanded, expected at most 100000 values") !=
        std::string::npos);
  CHECK(errors_of(std::string(2'000, '[')).size() == 1);
  CHECK(errors_of("desk: " + std::string(100, '[') + std::string(100, ']'))
            .at(0)
            .find("nesting deeper than 32") != std::string::npos);
}

TEST_CASE("a folder, a missing file and a file too large are told") {
  NameIds ids;
  const auto folder = std::filesystem::temp_directory_path();
  CHECK(to_string(load(folder, GivenSecrets{}, ids).error().at(0)) ==
        folder.string() + ": found a folder, expected a file");
  const auto gone = folder / "deskwire-no-such-file.yaml";
  CHECK(to_string(load(gone, GivenSecrets{}, ids).error().at(0)) ==
        gone.string() + ": found no file, expected a file that can be read");
  CHECK(errors_of(std::string((1 << 20) + 1, '#')) ==
        Lines{"desk.yaml: found a larger file, expected at most 1048576 bytes"});
}

TEST_CASE("a failed load takes no ids, a reload keeps them and new names go on") {
  NameIds ids;
  const GivenSecrets none;
  CHECK_FALSE(
      loaded(replaced(kSmallest, "default_queue: general", "default_queue: x"), none, ids, kShort));
  CHECK(ids.ids.empty());
  const auto first = loaded(kSmallest, none, ids, kShort);
  REQUIRE(first);
  const auto general = first->policy->queue("general")->id;
  const auto renamed = replaced(replaced(kSmallest, "  - name: general",
                                         "  - name: second\n  - {name: general, moved_to: second}"),
                                "default_queue: general", "default_queue: second");
  auto options = kShort;
  options.policy_version = 2;
  const auto second = loaded(renamed, none, ids, options);
  REQUIRE(second);
  CHECK(second->policy->version == 2);
  CHECK(second->policy->queue("second")->id != general);
  REQUIRE(second->policy->moves.size() == 1);
  CHECK(second->policy->moves[0].from == general);
  CHECK(second->policy->moves[0].to == second->policy->queue("second")->id);
  CHECK(loaded(kSmallest, none, ids, kShort)->policy->queue("general")->id == general);
}

TEST_CASE("whatever happens to a file, loading ends in a configuration or in errors with places") {
  const std::string demo = text_of(repository() / "config/demo.yaml");
  REQUIRE(demo.size() > 1000);
  std::mt19937 random(11);
  const std::string bytes = std::string(1, char{}) + "\x04\n\t :-[]{},&*!|>'\"#%@`ab09.\xff\xc3";
  for (int round = 0; round < 1'500; ++round) {
    std::string text = demo;
    for (auto edits = random() % 4 + 1; edits > 0; --edits) {
      const std::size_t at = random() % text.size();
      switch (random() % 4) {
        case 0:
          text[at] = bytes[random() % bytes.size()];
          break;
        case 1:
          text.erase(at, random() % 40 + 1);
          break;
        case 2:
          text.insert(at, 1, bytes[random() % bytes.size()]);
          break;
        default:
          text.insert(at, demo.substr(random() % demo.size(), random() % 80));
          break;
      }
    }
    NameIds ids;
    const auto config = loaded(text, GivenSecrets{}, ids, kShort);
    if (config) continue;
    REQUIRE_FALSE(config.error().empty());
    for (const auto& error : config.error()) {
      REQUIRE_FALSE(error.found.empty());
      REQUIRE_FALSE(error.expected.empty());
      REQUIRE(to_string(error).find('\n') == std::string::npos);
    }
  }
}

TEST_CASE("an alert's threshold is in the unit of what it watches, and one of two") {
  CHECK(behind("alerts: [{name: a, when: waiting, over: 12, for: 5m}]\n").empty());
  CHECK(behind("alerts: [{name: a, when: oldest, over: 10m}]\n").empty());
  CHECK(behind("alerts: [{name: a, when: level, under: 80%}]\n").empty());
  CHECK(behind("alerts: [{name: a, when: level, under: 12}]\n") ==
        Lines{"desk.yaml:15:40: alerts[0].under: found \"12\", expected a share, such as 80%"});
  CHECK(behind("alerts: [{name: a, when: waiting}]\n").size() == 1);
  CHECK(behind("alerts: [{name: a, when: waiting, over: 1, under: 1}]\n").size() == 1);
  CHECK(behind("alerts: [{name: a, when: waiting, over: 1, queue: nowhere}]\n").size() == 1);
}
