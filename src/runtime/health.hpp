// SPDX-License-Identifier: Apache-2.0
// Whether the daemon is ready, part by part. Each part says so itself; a part that has said nothing
// yet is not ready.
#pragma once
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace deskwire {

class Health {
 public:
  /// `reason` is for people: what is missing. Loop thread.
  void set(const std::string& part, bool ready, std::string reason = {}) {
    parts_[part] = {ready, std::move(reason)};
  }
  [[nodiscard]] bool ready() const {
    for (const auto& part : parts_)
      if (!part.second.ready) return false;
    return !parts_.empty();
  }
  /// "intake: the disk is full", one a part that is not ready.
  [[nodiscard]] std::vector<std::string> reasons() const {
    std::vector<std::string> out;
    for (const auto& [name, part] : parts_)
      if (!part.ready) out.push_back(part.reason.empty() ? name : name + ": " + part.reason);
    return out;
  }

 private:
  struct Part {
    bool ready = false;
    std::string reason;
  };
  std::map<std::string, Part> parts_;
};

}  // namespace deskwire
