// SPDX-License-Identifier: Apache-2.0
// What the desk has promised: everything acknowledged is in the store exactly once, and nothing
// that was only tried is there twice.
#pragma once
#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "deskwire/domain/commands.hpp"
#include "deskwire/port/store.hpp"

namespace deskwire::sim {

class Ledger {
 public:
  /// The waiter of a command with content was told that it is kept.
  void acknowledged(const Command& command, const Receipt& receipt);

  /// After a restart: what was acknowledged since the last one is there. Empty, or what is wrong.
  [[nodiscard]] std::string check_recent(Reader& reader);
  /// At the end: the whole store against all promises.
  [[nodiscard]] std::string check_all(Reader& reader) const;

  [[nodiscard]] std::size_t promises() const { return promises_.size(); }

 private:
  struct Promise {
    TicketId ticket;
    MessageId message;
  };
  std::unordered_map<std::string, Promise> promises_;  ///< By the content's Message-ID.
  std::vector<std::string> recent_;
};

}  // namespace deskwire::sim
