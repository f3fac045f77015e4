// SPDX-License-Identifier: Apache-2.0
// Other projects' assertions as lines of JSON, and a count of how many of them hold.
#pragma once
#include <boost/json.hpp>
#include <cstdlib>
#include <iostream>
#include <string>
#include <vector>

#include "support/corpus.hpp"

namespace deskwire::test {

/// One JSON value a line.
inline std::vector<boost::json::value> read_jsonl(const std::filesystem::path& path) {
  std::vector<boost::json::value> values;
  std::ifstream in(path);
  for (std::string line; std::getline(in, line);)
    if (!line.empty()) values.push_back(boost::json::parse(line));
  return values;
}

/// Counts facts that hold, and prints those that do not when DESKWIRE_CORPUS_VERBOSE is set.
class Tally {
 public:
  explicit Tally(std::string what) : what_(std::move(what)) {}
  ~Tally() {
    std::cout << what_ << ": " << held_ << " of " << total_ << " hold (" << rate() << " %)\n";
  }
  Tally(const Tally&) = delete;
  Tally& operator=(const Tally&) = delete;

  bool check(bool holds, const std::string& name, const std::string& got = {},
             const std::string& wanted = {}) {
    ++total_;
    held_ += holds;
    if (!holds && std::getenv("DESKWIRE_CORPUS_VERBOSE") != nullptr)
      std::cout << "differs: " << name << "\n   got    " << got.substr(0, 3000) << "\n   wanted "
                << wanted.substr(0, 3000) << '\n';
    return holds;
  }
  [[nodiscard]] double rate() const {
    return total_ == 0 ? 100.0 : 100.0 * static_cast<double>(held_) / static_cast<double>(total_);
  }

 private:
  std::string what_;
  std::size_t held_ = 0, total_ = 0;
};

}  // namespace deskwire::test
