// SPDX-License-Identifier: Apache-2.0
// Customers by identity: known ones come into memory with their first open ticket, new ones are
// made.
#pragma once
#include "engine/desk.hpp"

namespace deskwire {

/// The customer behind `identity`: `known` if that is set, else a new one. Zero without an
/// identity.
CustomerId ensure_customer(Desk& desk, const IdentityContent& identity, CustomerId known);
/// Remembers that `identity` belongs to `customer`.
void bind_identity(Desk& desk, const IdentityContent& identity, CustomerId customer);

}  // namespace deskwire
