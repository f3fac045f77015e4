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

/// `{file, text}`, the text without secrets or a comment why it is not shown; for a worker.
[[nodiscard]] std::function<boost::json::object()> read_policy(std::filesystem::path file);
/// `[{line, column, path, found, expected}]`, for a worker. `ids` are a copy: nothing is kept.
[[nodiscard]] std::function<boost::json::array()> check_policy(std::filesystem::path file,
                                                               std::string text, NameIds ids);

}  // namespace deskwire::app
