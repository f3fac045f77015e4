// SPDX-License-Identifier: Apache-2.0
// Warnings about a file that loads: what can be shown to have no effect, to wait for nobody, or to
// promise what contradicts another promise. Each is certain of what it says; the file may still be
// meant so.
#pragma once
#include <span>
#include <string>
#include <string_view>

#include "config/model.hpp"
#include "config/reader.hpp"

namespace deskwire::config {

/// Of a model without errors, before it is built. Takes bounded time whatever the file.
void lint(Reader& reader, const Model& model);

/// Rules and SLAs that are never reached.
void lint_conditions(Reader& reader, const Model& model);
/// Skills and queues that none of the file's users serves.
void lint_staffing(Reader& reader, const Model& model);
/// Targets, warnings, service levels and calendars.
void lint_promises(Reader& reader, const Model& model);
/// Alerts that nothing can set off.
void lint_alerts(Reader& reader, const Model& model);

/// Every kind of warning, in the order of the reference, which is printed from it.
struct WarningKind {
  std::string_view name, about;
};
std::span<const WarningKind> warning_kinds();

/// "queues[3]"
inline std::string item(const std::string& list, std::size_t index) {
  return list + "[" + std::to_string(index) + "]";
}

}  // namespace deskwire::config
