// SPDX-License-Identifier: Apache-2.0
// Reads a configuration file with the process's own secrets and prints every error with its place.
#pragma once
#include <filesystem>
#include <optional>
#include <vector>

#include "config/config.hpp"
#include "deskwire/port/batch.hpp"

namespace deskwire::app {

/// A daemon has a log, a verb of the command line somebody who waits for its answer.
enum class TellErrors : std::uint8_t { in_log, on_terminal };

/// On errors tells each in a line and returns nothing. The policy's version is an id
/// of the file's digest, so the same file is the same version wherever it comes back.
std::optional<config::Config> load_config(const std::filesystem::path& file, NameIds& ids,
                                          TellErrors tell);

/// What the configuration says that has no effect or contradicts itself, a line each.
void tell_warnings(const config::Config& config, TellErrors tell);

/// Names in `now` that `before` does not have, to be kept with the next batch.
std::vector<NameRow> new_names(const NameIds& before, const NameIds& now);

}  // namespace deskwire::app
