// SPDX-License-Identifier: Apache-2.0
// Customers by identity: known ones come into memory with their first open ticket, new ones are
// made.
#pragma once
#include "engine/desk.hpp"

namespace deskwire {

/// Who wrote: `known` if that is set, else a new customer of this identity. Zero without an
/// identity.
CustomerId author_of(Desk& desk, const IdentityContent& identity, CustomerId known);
/// The same for a ticket's own customer, whose row stays in memory as long as the ticket is open.
CustomerId ensure_customer(Desk& desk, const IdentityContent& identity, CustomerId known);
/// Remembers that `identity` belongs to `customer`.
void bind_identity(Desk& desk, const IdentityContent& identity, CustomerId customer);

}  // namespace deskwire
