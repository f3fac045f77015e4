// SPDX-License-Identifier: Apache-2.0
#include <utility>

#include "config/config.hpp"
#include "config/lint.hpp"
#include "config/pattern.hpp"
#include "config/reader.hpp"
#include "config/tables.hpp"
#include "config/whole.hpp"

namespace deskwire::config {
namespace {

constexpr std::size_t kMaxFileBytes = 1 << 20;

/// A fault of the file as a whole, or before there is anything to read.
std::unexpected<std::vector<ConfigError>> fault_of(const std::string& file, TextFault fault,
                                                   bool placed) {
  ConfigError error{file, 0, 0, {}, std::move(fault.found), std::move(fault.expected)};
  if (placed) error.line = fault.place.line + 1, error.column = fault.place.column + 1;
  return std::unexpected(std::vector{std::move(error)});
}

std::string escaped(std::string_view text) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x20 && byte != 0x7f)
      out += c;
    else if (c == '\n')
      out += "\\n";
    else if (c == '\t')
      out += "\\t";
    else
      out += std::string("\\x") + digits[byte >> 4] + digits[byte & 15];
  }
  return out;
}

/// "file:line:column", or the file as a whole.
template <class Finding>
std::string place_of(const Finding& one) {
  if (one.line == 0) return one.file;
  return one.file + ":" + std::to_string(one.line) + ":" + std::to_string(one.column);
}

}  // namespace

std::string to_string(const ConfigError& error) {
  std::string line = place_of(error);
  if (!error.path.empty()) line += ": " + error.path;
  return escaped(line + ": found " + error.found + ", expected " + error.expected);
}

std::string to_string(const ConfigWarning& warning) {
  return escaped(place_of(warning) + ": warning: " + warning.path + ": " + warning.text + " [" +
                 warning.kind + "]");
}

std::expected<Config, std::vector<ConfigError>> load_text(std::string_view text,
                                                          const std::string& name,
                                                          const std::filesystem::path& folder,
                                                          const SecretSource& secrets, NameIds& ids,
                                                          const LoadOptions& options) {
  if (text.size() > kMaxFileBytes)
    return fault_of(
        name, {{}, "a larger file", "at most " + std::to_string(kMaxFileBytes) + " bytes"}, false);
  auto source = SourceText::check(std::string(text));
  if (!source) return fault_of(name, std::move(source.error()), true);
  const Re2Matchers matchers;
  Reader reader(*source, name, folder, secrets, matchers);
  const Tree tree = parse_yaml(*source);
  for (const auto& fault : tree.faults) reader.fail(fault.place, fault.found, fault.expected);
  std::optional<Model> model;
  if (tree.root != nullptr) model = config_table().read(reader, *tree.root);
  if (model) check_whole(reader, *model);
  if (reader.failed() || !model) return std::unexpected(reader.take_errors());
  lint(reader, *model);
  model->warnings = reader.take_warnings();
  // Ids are taken on a copy: a build that throws (out of memory) leaves the caller's as they were.
  NameIds next = ids;
  Config config = build(std::move(*model), next, options);
  ids = std::move(next);
  return config;
}

std::expected<Config, std::vector<ConfigError>> load(const std::filesystem::path& file,
                                                     const SecretSource& secrets, NameIds& ids,
                                                     const LoadOptions& options) {
  auto text = read_whole_file(file, kMaxFileBytes);
  if (!text) return fault_of(file.string(), std::move(text.error()), false);
  return load_text(*text, file.string(), std::filesystem::absolute(file).parent_path(), secrets,
                   ids, options);
}

}  // namespace deskwire::config
