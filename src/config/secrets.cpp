// SPDX-License-Identifier: Apache-2.0
#include "config/secrets.hpp"

#include <cstdlib>
#include <utility>

#include "config/source_text.hpp"

namespace deskwire::config {

std::expected<std::string, std::string> SystemSecrets::variable(const std::string& name) const {
  const char* value = std::getenv(name.c_str());
  if (value == nullptr) return std::unexpected("no environment variable " + name);
  if (*value == '\0') return std::unexpected("an empty environment variable " + name);
  return value;
}

std::expected<std::string, std::string> SystemSecrets::file(
    const std::filesystem::path& path) const {
  constexpr std::size_t kMaxBytes = 64 * 1024;
  auto text = read_whole_file(path, kMaxBytes);
  if (!text) return std::unexpected(text.error().found + " at " + path.string());
  while (text->ends_with('\n') || text->ends_with('\r')) text->pop_back();
  if (text->empty()) return std::unexpected("an empty file at " + path.string());
  return std::move(*text);
}

}  // namespace deskwire::config
