// SPDX-License-Identifier: Apache-2.0
// The configuration for admins to look at: its text without secrets, and what a text would say if
// it were loaded.
#pragma once
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <filesystem>
#include <functional>
#include <string>

#include "deskwire/port/batch.hpp"

namespace deskwire::app {

/// `{file, text, in_force}` of the file as it is now, the text without secrets or a comment why it
/// is not shown; `version` is the policy's in force. For a worker.
[[nodiscard]] std::function<boost::json::object()> read_policy(std::filesystem::path file,
                                                               NameIds ids, std::uint64_t version);
/// `{errors, warnings}`, `[{line, column, path, found, expected}]` and, of a text without errors,
/// `[{line, column, path, kind, text}]`, for a worker. `ids` are a copy: nothing is kept.
/// Beside the file's own folder only what the file itself names is looked up, so that nobody learns
/// here what else the machine has.
[[nodiscard]] std::function<boost::json::object()> check_policy(std::filesystem::path file,
                                                                std::string text, NameIds ids);

}  // namespace deskwire::app
