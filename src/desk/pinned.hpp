// SPDX-License-Identifier: Apache-2.0
// What colleagues should know of a customer before they write: a line that anyone who may see the
// customer may change. A plain row; an empty text takes it down.
#pragma once
#include <optional>
#include <string>

#include "deskwire/port/store.hpp"

namespace deskwire {

struct Pinned {
  std::string text;
  std::string by;  ///< Log-in name of who wrote it.
  Instant at;
};

[[nodiscard]] std::optional<Pinned> pinned_of(Reader& reader, CustomerId customer);
void put_pinned(Store& store, CustomerId customer, const Pinned& pinned);

}  // namespace deskwire
