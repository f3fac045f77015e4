// SPDX-License-Identifier: Apache-2.0
#include "app/load_config.hpp"

#include <spdlog/spdlog.h>

#include <cstdio>
#include <fstream>
#include <iterator>
#include <string>

#include "auth/digest.hpp"

namespace deskwire::app {
namespace {

/// Empty when it cannot be read: load() then says why.
std::string bytes_of(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace

std::optional<config::Config> load_config(const std::filesystem::path& file, NameIds& ids,
                                          TellErrors tell) {
  NameIds grown = ids;
  config::LoadOptions options;
  options.policy_version = grown.id_of("policy", sha256_hex(bytes_of(file)));
  auto loaded = config::load(file, config::SystemSecrets{}, grown, options);
  if (!loaded) {
    for (const auto& error : loaded.error()) {
      if (tell == TellErrors::in_log)
        spdlog::error("configuration: {}", to_string(error));
      else
        std::fprintf(stderr, "%s\n", to_string(error).c_str());
    }
    return std::nullopt;
  }
  ids = std::move(grown);
  return std::move(*loaded);
}

void tell_warnings(const config::Config& config, TellErrors tell) {
  for (const auto& warning : config.warnings) {
    if (tell == TellErrors::in_log)
      spdlog::warn("configuration: {}", to_string(warning));
    else
      std::fprintf(stderr, "%s\n", to_string(warning).c_str());
  }
}

std::vector<NameRow> new_names(const NameIds& before, const NameIds& now) {
  std::vector<NameRow> rows;
  for (const auto& [key, id] : now.ids)
    if (!before.ids.contains(key)) rows.push_back({key.first, key.second, id});
  return rows;
}

}  // namespace deskwire::app
