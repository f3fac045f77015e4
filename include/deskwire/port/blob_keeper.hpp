// SPDX-License-Identifier: Apache-2.0
// Keeps bytes whole before a command refers to them. Thread safe; called on parse workers, never on
// the loop.
#pragma once
#include <memory>
#include <string_view>

#include "deskwire/domain/content.hpp"

namespace deskwire {

class BlobKeeper {
 public:
  virtual ~BlobKeeper() = default;
  /// Hashes and compresses; over 32 KiB compressed it is a content-addressed file, file and
  /// directory fsynced on return. Throws StoreError when the disk fails.
  virtual std::shared_ptr<const Blob> keep(std::string_view bytes) = 0;
};

}  // namespace deskwire
