// SPDX-License-Identifier: Apache-2.0
// What the kinds of values (kinds.hpp) share while one file is read: the path and place for
// messages, the errors, the names defined and referred to, and the sources of secrets and patterns.
#pragma once
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/config.hpp"
#include "config/yaml_tree.hpp"
#include "deskwire/domain/expr.hpp"

namespace deskwire::config {

class Reader {
 public:
  Reader(const SourceText& source, std::string file, std::filesystem::path folder,
         const SecretSource& secrets, const MatcherFactory& matchers);

  /// Steps into ".key" or "[n]" for as long as it lives.
  class Step {
   public:
    Step(Reader& reader, std::string_view key, Place place);
    Step(Reader& reader, std::size_t index, Place place);
    ~Step() { reader_.path_.resize(length_); }
    Step(const Step&) = delete;
    Step& operator=(const Step&) = delete;

   private:
    Reader& reader_;
    std::size_t length_;
  };

  [[nodiscard]] const std::string& path() const { return path_; }
  /// At the current path. Of a hopeless file the first 200 errors are kept; reading goes on.
  void fail(Place place, std::string found, std::string expected);
  void fail(const Node& node, std::string expected) {
    fail(node.place, describe(node), std::move(expected));
  }
  /// At a path that was read before; one that stands nowhere is told at the nearest path above it.
  void fail_at(const std::string& path, std::string found, std::string expected);
  /// At byte `offset` of the scalar's value.
  void fail_inside(const Node& scalar, std::size_t offset, std::string found, std::string expected);
  [[nodiscard]] bool failed() const { return !errors_.empty(); }
  /// Sorted by place.
  [[nodiscard]] std::vector<ConfigError> take_errors();

  /// As fail_at(), of what loads all the same. The first 200 are kept.
  void warn_at(const std::string& path, std::string kind, std::string text);
  [[nodiscard]] std::vector<ConfigWarning> take_warnings();
  /// Whether something was read at this path, a key that is missing included.
  [[nodiscard]] bool was_read(const std::string& path) const { return places_.contains(path); }
  /// From 1; 0 where it stands nowhere.
  [[nodiscard]] std::uint32_t line_of(const std::string& path) const;

  /// `name` of `kind` stands here for the first time; a second time is an error.
  void define(const std::string& kind, const std::string& name, Place place);
  /// The same without the error: the place was checked under another kind.
  void know(const std::string& kind, const std::string& name, Place place) {
    defined_[kind].try_emplace(name, place);
  }
  /// `name` must be defined somewhere in the file.
  void refer(const std::string& kind, const std::string& name, Place place);
  /// Reports every reference to what was never defined.
  void check_references();

  /// A secret that stands in clear; only a demo may have them (check_whole).
  void note_literal_secret() { literal_secrets_.push_back(path_); }
  [[nodiscard]] const std::vector<std::string>& literal_secrets() const { return literal_secrets_; }

  [[nodiscard]] std::filesystem::path resolve(const std::string& path) const;
  [[nodiscard]] const SecretSource& secrets() const { return secrets_; }
  [[nodiscard]] const MatcherFactory& matchers() const { return matchers_; }

 private:
  struct Reference {
    std::string kind, name, path;
    Place place;
  };
  void add(Place place, const std::string& path, std::string found, std::string expected);
  void check(const Reference& reference);
  [[nodiscard]] std::optional<Place> nearest_place(std::string_view path) const;

  const SourceText& source_;
  std::string file_;
  std::filesystem::path folder_;
  const SecretSource& secrets_;
  const MatcherFactory& matchers_;
  std::string path_;
  std::map<std::string, Place, std::less<>> places_;  ///< Of every path that was read.
  std::map<std::string, std::map<std::string, Place>> defined_;
  std::vector<Reference> references_;
  std::vector<std::string> literal_secrets_;
  std::vector<ConfigError> errors_;
  std::vector<ConfigWarning> warnings_;
};

}  // namespace deskwire::config
