// SPDX-License-Identifier: Apache-2.0
#include "config/redact.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <set>
#include <string_view>
#include <utility>
#include <vector>

#include "config/yaml_tree.hpp"

namespace deskwire::config {
namespace {

constexpr std::string_view kBlank = "***";
constexpr auto kSecretWords = std::to_array<std::string_view>(
    {"password", "secret", "token", "credential", "private_key", "api_key"});
/// What is shorter may stand elsewhere by chance, as a part of a word.
constexpr std::size_t kTelling = 8;

struct Range {
  std::size_t begin = 0, end = 0;
  friend auto operator<=>(const Range&, const Range&) = default;
};

bool names_secret(std::string_view key) {
  return std::ranges::any_of(kSecretWords,
                             [&](std::string_view word) { return key.find(word) != key.npos; });
}

bool says_where(const Node& node) {
  return node.entries.size() == 1 && (node.find("env") != nullptr || node.find("file") != nullptr);
}

class Finder {
 public:
  explicit Finder(std::string_view text) : text_(text), lines_{0} {
    for (std::size_t at = text.find('\n'); at != text.npos; at = text.find('\n', at + 1))
      lines_.push_back(at + 1);
    starts_.insert(text.size());
  }

  void walk(const Node& node, bool secret) {
    starts_.insert(offset(node.place));
    if (secret && node.kind == Node::Kind::scalar) secrets_.push_back(&node);
    const bool below = secret && !says_where(node);
    for (const NodePtr& item : node.items) walk(*item, below);
    for (const Node::Entry& entry : node.entries) {
      starts_.insert(offset(entry.key_place));
      walk(*entry.value, below || names_secret(entry.key));
    }
  }

  [[nodiscard]] std::set<Range> ranges() const {
    std::set<Range> out;
    for (const Node* node : secrets_) {
      const std::size_t begin = offset(node->place);
      out.insert({begin, end_of(*node, begin)});
    }
    return out;
  }
  [[nodiscard]] std::set<std::string> values() const {
    std::set<std::string> out;
    for (const Node* node : secrets_)
      if (node->scalar.size() >= kTelling) out.insert(node->scalar);
    return out;
  }

 private:
  [[nodiscard]] std::size_t offset(Place place) const {
    if (place.line >= lines_.size()) return text_.size();
    return std::min(lines_[place.line] + place.column, text_.size());
  }

  [[nodiscard]] std::size_t end_of(const Node& node, std::size_t begin) const {
    const char first = begin < text_.size() ? text_[begin] : '\0';
    if (first == '"' || first == '\'') return after_quote(begin, first);
    if (text_.substr(begin, node.scalar.size()) == node.scalar) return begin + node.scalar.size();
    // Over several lines, a block, or behind an anchor: all up to what comes next.
    const std::size_t next = *starts_.upper_bound(begin);
    const std::size_t line = *std::prev(std::ranges::upper_bound(lines_, next));
    const std::string_view before = text_.substr(line, next - line);
    return line > begin && before.find_first_not_of(" -") == before.npos ? line - 1 : next;
  }

  [[nodiscard]] std::size_t after_quote(std::size_t begin, char quote) const {
    for (std::size_t at = begin + 1; at < text_.size(); ++at) {
      if (quote == '"' && text_[at] == '\\') {
        ++at;
      } else if (text_[at] == quote) {
        const bool doubled = quote == '\'' && text_.substr(at + 1, 1) == "'";
        if (!doubled) return at + 1;
        ++at;
      }
    }
    return text_.size();
  }

  std::string_view text_;
  std::vector<std::size_t> lines_;  ///< Where each begins.
  std::set<std::size_t> starts_;    ///< Of every key and value, and the end.
  std::vector<const Node*> secrets_;
};

std::string blanked(std::string_view text, const std::set<Range>& ranges) {
  std::string out;
  std::size_t at = 0;
  for (const Range& range : ranges) {
    if (range.end <= at) continue;
    out.append(text.substr(at, std::max(range.begin, at) - at)).append(kBlank);
    at = range.end;
  }
  return out.append(text.substr(at));
}

void replace_all(std::string& text, const std::string& value) {
  for (std::size_t at = text.find(value); at != text.npos; at = text.find(value, at))
    text.replace(at, value.size(), kBlank), at += kBlank.size();
}

/// Whether a comment looks like a setting with a secret that is turned off.
bool tells_secret(std::string_view comment) {
  for (const std::string_view word : kSecretWords)
    for (std::size_t at = comment.find(word); at != comment.npos;
         at = comment.find(word, at + 1)) {
      const std::size_t end = comment.find_first_not_of("abcdefghijklmnopqrstuvwxyz_", at);
      const std::size_t sign = comment.find_first_not_of(" \t\"'", end);
      if (sign != comment.npos && (comment[sign] == ':' || comment[sign] == '=')) return true;
    }
  return false;
}

std::string without_old_ones(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size() - 1) + 1;
    std::string_view line = text.substr(0, end);
    text.remove_prefix(end);
    std::size_t hash = line.find('#');
    while (hash != line.npos && hash > 0 && line[hash - 1] != ' ' && line[hash - 1] != '\t')
      hash = line.find('#', hash + 1);
    if (hash != line.npos && tells_secret(line.substr(hash))) {
      const bool ended = line.ends_with('\n');
      out.append(line.substr(0, hash)).append("# ").append(kBlank).append(ended ? "\n" : "");
    } else {
      out.append(line);
    }
  }
  return out;
}

}  // namespace

std::expected<std::string, TextFault> without_secrets(std::string text) {
  auto source = SourceText::check(std::move(text));
  if (!source) return std::unexpected(std::move(source.error()));
  const Tree tree = parse_yaml(*source);
  if (!tree.faults.empty()) return std::unexpected(tree.faults.front());
  Finder finder(source->text());
  finder.walk(*tree.root, false);
  std::string out = blanked(source->text(), finder.ranges());
  // The same value in a comment, or where no secret belongs.
  for (const std::string& value : finder.values()) replace_all(out, value);
  return without_old_ones(out);
}

}  // namespace deskwire::config
