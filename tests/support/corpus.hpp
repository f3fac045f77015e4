// SPDX-License-Identifier: Apache-2.0
// Where the outside test material is, if it is there.
#pragma once
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <optional>
#include <sstream>
#include <string>

namespace deskwire::test {

/// DESKWIRE_CORPUS, else ../shared/corpus beside the repository. Nothing, said aloud, if neither
/// holds `part`.
inline std::optional<std::filesystem::path> corpus(const std::string& part) {
  const char* set = std::getenv("DESKWIRE_CORPUS");
  const std::filesystem::path root = set != nullptr ? set : "../shared/corpus";
  if (std::filesystem::exists(root / part)) return root / part;
  std::cerr << "skipped: no corpus (" << part << ")\n";
  return std::nullopt;
}

inline std::string read_file(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  return std::move(out).str();
}

}  // namespace deskwire::test
