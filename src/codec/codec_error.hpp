// SPDX-License-Identifier: Apache-2.0
// What was stored cannot be read: damaged, or written by a newer version.
#pragma once
#include <stdexcept>

namespace deskwire {

/// Thrown by every decoder of this room, with what was found and where. A store turns it into
/// StoreError::Kind::corrupt.
struct CodecError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

}  // namespace deskwire
