// SPDX-License-Identifier: Apache-2.0
#include "app/policy_view.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string_view>
#include <utility>

#include "config/config.hpp"

namespace deskwire::app {
namespace json = boost::json;

namespace {

constexpr std::string_view kBlank = "***";
constexpr auto kSecretWords = std::to_array<std::string_view>(
    {"password", "secret", "token", "credential", "private_key", "api_key"});

bool is_key_char(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '-';
}

bool names_secret(std::string_view key) {
  return std::ranges::any_of(kSecretWords,
                             [&](std::string_view word) { return key.find(word) != key.npos; });
}

/// The end of the flow value that begins at `from`: a quoted text, a list, a map or a plain word.
std::size_t value_end(std::string_view line, std::size_t from) {
  const char first = line[from];
  if (first == '"' || first == '\'') {
    const std::size_t end = line.find(first, from + 1);
    return end == line.npos ? line.size() : end + 1;
  }
  if (first == '[' || first == '{') {
    const std::size_t end = line.find(first == '[' ? ']' : '}', from);
    return end == line.npos ? line.size() : end + 1;
  }
  const std::size_t end = line.find_first_of(",}]#", from);
  return end == line.npos ? line.size() : end;
}

/// Blanks the secrets of a line; true when a secret's value follows on deeper lines.
bool blank_line(std::string& line) {
  for (std::size_t colon = line.find(':'); colon != line.npos; colon = line.find(':', colon + 1)) {
    std::size_t begin = colon;
    while (begin > 0 && is_key_char(line[begin - 1])) --begin;
    if (!names_secret(std::string_view(line).substr(begin, colon - begin))) continue;
    const std::size_t value = line.find_first_not_of(" \t\r", colon + 1);
    if (value == line.npos || line[value] == '#' || line[value] == '|' || line[value] == '>')
      return true;
    const std::size_t end = value_end(line, value);
    line.replace(value, end - value, kBlank);
    colon = value + kBlank.size() - 1;
    if (colon >= line.size()) break;
  }
  return false;
}

std::size_t indent_of(std::string_view line) {
  const std::size_t at = line.find_first_not_of(' ');
  return at == line.npos ? line.size() : at;
}

}  // namespace

std::string without_secrets(const std::string& yaml) {
  std::istringstream in(yaml);
  std::string out, line;
  bool below = false;
  std::size_t depth = 0;
  while (std::getline(in, line)) {
    const bool empty = line.find_first_not_of(" \t\r") == line.npos;
    const std::size_t indent = indent_of(line);
    // A list may stand at its key's own depth.
    const bool deeper = indent > depth || (indent == depth && line.substr(indent, 2) == "- ");
    if (below && !empty && !deeper) below = false;
    if (below && !empty) {
      line = std::string(indent, ' ').append(kBlank);
    } else if (!empty && blank_line(line)) {
      below = true;
      depth = indent;
    }
    out.append(line).append("\n");
  }
  return out;
}

std::function<json::object()> read_policy(std::filesystem::path file) {
  return [file = std::move(file)] {
    std::ifstream in(file, std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(in), {}};
    return json::object{{"file", file.filename().string()}, {"text", without_secrets(text)}};
  };
}

std::function<json::array()> check_policy(std::filesystem::path file, std::string text,
                                          NameIds ids) {
  return [file = std::move(file), text = std::move(text), ids = std::move(ids)]() mutable {
    json::array out;
    const auto loaded = config::load_text(text, file.filename().string(), file.parent_path(),
                                          config::SystemSecrets{}, ids);
    if (loaded) return out;
    for (const config::ConfigError& error : loaded.error())
      out.push_back({{"line", error.line},
                     {"column", error.column},
                     {"path", error.path},
                     {"found", error.found},
                     {"expected", error.expected}});
    return out;
  };
}

}  // namespace deskwire::app
