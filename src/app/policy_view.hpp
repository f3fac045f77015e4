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

/// Values of keys that hold secrets are blanked, however they are written.
[[nodiscard]] std::string without_secrets(const std::string& yaml);
/// `{file, text}`, for a worker; throws nothing.
[[nodiscard]] std::function<boost::json::object()> read_policy(std::filesystem::path file);
/// `[{line, column, path, found, expected}]`, for a worker. `ids` are a copy: nothing is kept.
[[nodiscard]] std::function<boost::json::array()> check_policy(std::filesystem::path file,
                                                               std::string text, NameIds ids);

}  // namespace deskwire::app
