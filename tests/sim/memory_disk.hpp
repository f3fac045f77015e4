// SPDX-License-Identifier: Apache-2.0
// A disk for the simulator: the memory store behind the faulty one. What one process committed, the
// next one finds.
#pragma once
#include <memory>
#include <utility>

#include "simulate/disk.hpp"
#include "storage/memory/faulty_store.hpp"
#include "storage/memory/memory_store.hpp"

namespace deskwire::sim {

class MemoryDisk final : public Disk {
 public:
  /// `honest` false: a commit answers before it is durable, and what it holds back dies with the
  /// process. This is how a daemon that acknowledges too early looks from outside.
  explicit MemoryDisk(bool honest = true) : honest_(honest) {}

  Store& open() override;
  void fail_next_commit(bool after_durable) override;

 private:
  bool honest_;
  std::shared_ptr<MemoryImage> image_ = std::make_shared<MemoryImage>();
  std::unique_ptr<FaultyStore> store_;
};

}  // namespace deskwire::sim
