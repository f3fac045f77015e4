// SPDX-License-Identifier: Apache-2.0
#include "config/init.hpp"

#include <array>
#include <istream>
#include <map>
#include <optional>
#include <ostream>

#include "config/kinds.hpp"
#include "config/pattern.hpp"

namespace deskwire::config {
namespace {

struct Question {
  std::string InitAnswers::* answer;
  std::string_view flag;
  std::string_view words;
};
constexpr std::array<Question, 5> kQuestions{{
    {&InitAnswers::name, "name", "Name of the desk"},
    {&InitAnswers::public_url, "public_url", "URL under which browsers reach it"},
    {&InitAnswers::zone, "zone", "Time zone"},
    {&InitAnswers::mailbox, "mailbox", "Mail address that customers write to"},
    {&InitAnswers::smarthost, "smarthost",
     "Mail server that takes outgoing mail (host or host:port)"},
}};
constexpr int kMaxTries = 5;

Endpoint smarthost_of(const std::string& text) {
  if (const auto endpoint = parse_endpoint(text)) return *endpoint;
  return {.host = text, .port = 587, .unix_path = {}};
}

/// Runs one kind of the tables over an answer: the same check that a load makes.
template <class T>
std::optional<std::string> refusal_by(const Kind<T>& kind, const std::string& answer) {
  auto source = SourceText::check(answer);
  if (!source) return kind.shape.words;
  const SystemSecrets secrets;
  const Re2Matchers matchers;
  Reader reader(*source, "", "", secrets, matchers);
  Node node;
  node.kind = Node::Kind::scalar;
  node.scalar = answer;
  if (kind.read(reader, node)) return std::nullopt;
  const auto errors = reader.take_errors();
  return errors.empty() ? kind.shape.words : errors.front().expected;
}

/// What was expected instead, or nothing when the answer will do.
std::optional<std::string> refusal(const Question& question, const std::string& answer) {
  if (question.answer == &InitAnswers::name) return refusal_by(text(100), answer);
  if (question.answer == &InitAnswers::public_url) return refusal_by(origin(), answer);
  if (question.answer == &InitAnswers::zone) return refusal_by(zone(), answer);
  if (question.answer == &InitAnswers::mailbox) return refusal_by(mail_address(), answer);
  const Endpoint endpoint = smarthost_of(answer);
  if (!endpoint.unix_path.empty() || endpoint.port == 0) return "host or host:port";
  return refusal_by(host_or_address(), endpoint.host);
}

bool ask_one(const Question& question, std::string& answer, const std::string& standard,
             std::istream& in, std::ostream& out) {
  for (int tries = 0; tries < kMaxTries; ++tries) {
    out << question.words << " [" << standard << "]: " << std::flush;
    std::string line;
    if (!std::getline(in, line)) return false;
    while (line.ends_with('\r') || line.ends_with(' ')) line.pop_back();
    if (line.empty()) line = standard;
    const auto wrong = refusal(question, line);
    if (!wrong) return answer = line, true;
    out << "  Expected " << *wrong << ".\n";
  }
  return false;
}

/// Double-quoted YAML; the answers are checked to be printable lines.
std::string yaml_text(const std::string& text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + '"';
}

constexpr std::string_view kTemplate =
    R"(# A first configuration. Every key is described in docs/configuration.md, and
# `deskwire check FILE` checks it. Log-ins are added with
# `deskwire user add NAME --role admin --config FILE`.

desk:
  name: @name@
  public_url: @public_url@
  zone: @zone@

storage:
  path: data                 # relative to this file

http:
  listen: 127.0.0.1:8080     # put a TLS proxy in front before it faces the world

smtp:
  listen: 127.0.0.1:2525     # 0.0.0.0:25 where other mail servers deliver here

smarthost:
  host: @host@
  port: @port@
  tls: @tls@
  # user: desk@example.com
  # password: {env: DESKWIRE_SMARTHOST_PASSWORD}

teams:
  - name: support

queues:
  - name: general
    teams: [support]

workflow:
  default_queue: general
  # rules:
  #   - name: refunds
  #     when: message.any contains "refund"
  #     queue: general
  #     priority: high

slas:
  - name: standard
    targets: {first_response: 8h, resolution: 5d}

channels:
  email:
    - name: support
      address: @mailbox@
      queue: general
)";

/// The template is walked once, so an answer that looks like a placeholder stays what it is.
std::string filled(const std::map<std::string_view, std::string>& values) {
  std::string out;
  for (std::size_t at = 0; at < kTemplate.size();) {
    const std::size_t end =
        kTemplate[at] == '@' ? kTemplate.find('@', at + 1) : std::string_view::npos;
    const auto value = end == std::string_view::npos
                           ? values.end()
                           : values.find(kTemplate.substr(at + 1, end - at - 1));
    if (value == values.end()) {
      out += kTemplate[at++];
    } else {
      out += value->second;
      at = end + 1;
    }
  }
  return out;
}

}  // namespace

InitAnswers init_defaults() {
  return {.name = "My Desk",
          .public_url = "http://127.0.0.1:8080",
          .zone = "Etc/UTC",
          .mailbox = "support@example.com",
          .smarthost = "127.0.0.1:25"};
}

bool ask(InitAnswers& answers, std::istream& in, std::ostream& out) {
  const InitAnswers standard = init_defaults();
  for (const auto& question : kQuestions)
    if ((answers.*question.answer).empty() &&
        !ask_one(question, answers.*question.answer, standard.*question.answer, in, out))
      return false;
  return true;
}

std::expected<std::string, std::vector<std::string>> first_configuration(InitAnswers answers) {
  const InitAnswers standard = init_defaults();
  std::vector<std::string> wrong;
  for (const auto& question : kQuestions) {
    std::string& answer = answers.*question.answer;
    if (answer.empty()) answer = standard.*question.answer;
    if (const auto expected = refusal(question, answer))
      wrong.push_back(std::string(question.flag) + ": found \"" + answer + "\", expected " +
                      *expected);
  }
  if (!wrong.empty()) return std::unexpected(std::move(wrong));
  const Endpoint smarthost = smarthost_of(answers.smarthost);
  return filled({{"name", yaml_text(answers.name)},
                 {"public_url", yaml_text(answers.public_url)},
                 {"zone", yaml_text(answers.zone)},
                 {"host", yaml_text(smarthost.host)},
                 {"port", std::to_string(smarthost.port)},
                 {"tls", is_loopback(smarthost) ? "none" : "starttls"},
                 {"mailbox", yaml_text(answers.mailbox)}});
}

}  // namespace deskwire::config
