// SPDX-License-Identifier: Apache-2.0
// A configuration for people to look at: its text with the secrets blanked.
#pragma once
#include <expected>
#include <string>

#include "config/source_text.hpp"

namespace deskwire::config {

/// Layout and comments stay; `{env: NAME}` and `{file: PATH}` say where a secret is and are none. A
/// text that is no proper YAML is not shown at all, since nobody can tell what in it is a secret.
std::expected<std::string, TextFault> without_secrets(std::string text);

}  // namespace deskwire::config
