// SPDX-License-Identifier: Apache-2.0
#include "config/reader.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

#include "deskwire/base/nearest_name.hpp"

namespace deskwire::config {
namespace {

constexpr std::size_t kMaxErrors = 200, kMaxWarnings = 200;

std::string join(const std::vector<std::string_view>& names) {
  constexpr std::size_t kShown = 12;
  std::string out;
  for (std::size_t i = 0; i < names.size() && i < kShown; ++i)
    out += (i == 0 ? "" : ", ") + std::string(names[i]);
  if (names.size() > kShown) out += ", …";
  return out;
}

}  // namespace

Reader::Reader(const SourceText& source, std::string file, std::filesystem::path folder,
               const SecretSource& secrets, const MatcherFactory& matchers)
    : source_(source),
      file_(std::move(file)),
      folder_(std::move(folder)),
      secrets_(secrets),
      matchers_(matchers) {}

Reader::Step::Step(Reader& reader, std::string_view key, Place place)
    : reader_(reader), length_(reader.path_.size()) {
  if (!reader_.path_.empty()) reader_.path_ += '.';
  reader_.path_ += key;
  reader_.places_.try_emplace(reader_.path_, place);
}

Reader::Step::Step(Reader& reader, std::size_t index, Place place)
    : reader_(reader), length_(reader.path_.size()) {
  reader_.path_ += '[' + std::to_string(index) + ']';
  reader_.places_.try_emplace(reader_.path_, place);
}

void Reader::fail(Place place, std::string found, std::string expected) {
  add(place, path_, std::move(found), std::move(expected));
}

std::optional<Place> Reader::nearest_place(std::string_view path) const {
  for (;; path = path.substr(0, path.find_last_of(".["))) {
    const auto known = places_.find(path);
    if (known != places_.end()) return known->second;
    if (path.find_last_of(".[") == std::string_view::npos) return std::nullopt;
  }
}

std::uint32_t Reader::line_of(const std::string& path) const {
  const auto place = nearest_place(path);
  return place ? place->line + 1 : 0;
}

void Reader::fail_at(const std::string& path, std::string found, std::string expected) {
  add(nearest_place(path).value_or(Place{}), path, std::move(found), std::move(expected));
}

void Reader::warn_at(const std::string& path, std::string kind, std::string text) {
  if (warnings_.size() >= kMaxWarnings) return;
  const Place place = nearest_place(path).value_or(Place{});
  warnings_.push_back({file_, place.line + 1, source_.character_column(place) + 1, path,
                       std::move(kind), std::move(text)});
}

void Reader::fail_inside(const Node& scalar, std::size_t offset, std::string found,
                         std::string expected) {
  fail(source_.inside_scalar(scalar.place, scalar.scalar, offset), std::move(found),
       std::move(expected));
}

void Reader::add(Place place, const std::string& path, std::string found, std::string expected) {
  if (errors_.size() >= kMaxErrors) return;
  errors_.push_back({file_, place.line + 1, source_.character_column(place) + 1, path,
                     std::move(found), std::move(expected)});
}

std::vector<ConfigError> Reader::take_errors() {
  std::ranges::sort(errors_, {}, [](const ConfigError& e) {
    return std::tie(e.line, e.column, e.path, e.found);
  });
  return std::move(errors_);
}

std::vector<ConfigWarning> Reader::take_warnings() {
  std::ranges::sort(warnings_, {}, [](const ConfigWarning& w) {
    return std::tie(w.line, w.column, w.path, w.kind, w.text);
  });
  return std::move(warnings_);
}

void Reader::define(const std::string& kind, const std::string& name, Place place) {
  const auto [first, fresh] = defined_[kind].try_emplace(name, place);
  if (fresh) return;
  fail(place, "the " + kind + " \"" + name + "\" a second time",
       "a name that is not taken (first in line " + std::to_string(first->second.line + 1) + ")");
}

void Reader::refer(const std::string& kind, const std::string& name, Place place) {
  references_.push_back({kind, name, path_, place});
}

void Reader::check_references() {
  for (const auto& reference : references_) check(reference);
}

void Reader::check(const Reference& reference) {
  const auto& defined = defined_[reference.kind];
  if (defined.contains(reference.name)) return;
  std::vector<std::string_view> names;
  for (const auto& [name, place] : defined) names.push_back(name);
  const auto near = nearest_name(reference.name, names);
  std::string expected = names.empty() ? "a " + reference.kind + ", but none is defined"
                                       : "a " + reference.kind + ": " + join(names);
  if (!near.empty()) expected = "a " + reference.kind + "; did you mean " + std::string(near) + "?";
  add(reference.place, reference.path,
      "the unknown " + reference.kind + " \"" + reference.name + "\"", std::move(expected));
}

std::filesystem::path Reader::resolve(const std::string& path) const {
  return (folder_ / path).lexically_normal();
}

}  // namespace deskwire::config
