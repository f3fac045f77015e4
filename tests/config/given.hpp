// SPDX-License-Identifier: Apache-2.0
// A configuration given as text, with secrets from a map.
#pragma once
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "config/config.hpp"

namespace deskwire::config::testing {

class GivenSecrets final : public SecretSource {
 public:
  std::map<std::string, std::string> variables, files;

  [[nodiscard]] std::expected<std::string, std::string> variable(
      const std::string& name) const override {
    const auto found = variables.find(name);
    if (found == variables.end()) return std::unexpected("no environment variable " + name);
    return found->second;
  }
  [[nodiscard]] std::expected<std::string, std::string> file(
      const std::filesystem::path& path) const override {
    const auto found = files.find(path.string());
    if (found == files.end()) return std::unexpected("no file at " + path.string());
    return found->second;
  }
  [[nodiscard]] std::expected<void, std::string> may_read(
      const std::filesystem::path& /*path*/) const override {
    return {};
  }
};

inline std::filesystem::path repository() {
  // The tests run from the repository's root (tests/CMakeLists.txt).
  return std::filesystem::current_path();
}

inline std::string text_of(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

/// The smallest desk that loads; tests replace or append lines.
inline const std::string kSmallest = R"(desk:
  name: Desk
  public_url: http://127.0.0.1:8080
storage:
  path: data
smarthost:
  host: 127.0.0.1
  tls: none
queues:
  - name: general
workflow:
  default_queue: general
channels: {}
# What a test appends begins in line 15.
)";

inline std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const auto at = text.find(from);
  if (at != std::string::npos) text.replace(at, from.size(), to);
  return text;
}

inline auto loaded(const std::string& text, const SecretSource& secrets, NameIds& ids,
                   LoadOptions options = {}) {
  return load_text(text, "desk.yaml", "/etc/deskwire", secrets, ids, options);
}

/// Short calendars keep the tests fast where calendars do not matter.
inline constexpr LoadOptions kShort{.policy_version = 1, .first_year = 2026, .last_year = 2026};

inline std::vector<std::string> errors_of(const std::string& text,
                                          const SecretSource& secrets = GivenSecrets{}) {
  NameIds ids;
  std::vector<std::string> lines;
  const auto config = loaded(text, secrets, ids, kShort);
  if (config) return lines;
  for (const auto& error : config.error()) lines.push_back(to_string(error));
  return lines;
}

}  // namespace deskwire::config::testing
