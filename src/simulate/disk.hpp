// SPDX-License-Identifier: Apache-2.0
// The simulator's view of a disk: something that stores are opened on, again after each crash, and
// that can be told to fail. The tests put the faulty memory store behind it.
#pragma once
#include <cstdint>

#include "deskwire/port/store.hpp"

namespace deskwire::sim {

class Disk {
 public:
  virtual ~Disk() = default;
  /// The store of a process that starts now; it sees what is durable and the one before is dead.
  virtual Store& open() = 0;
  /// The next commit throws StoreError, before or after the batch became durable.
  virtual void fail_next_commit(bool after_durable) = 0;
};

}  // namespace deskwire::sim
