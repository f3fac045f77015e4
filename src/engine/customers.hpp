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
/// Remembers what a message verified about its sender: identities that nobody has become theirs.
/// `known`: the customer was there before this message.
void learn_identities(Desk& desk, const ReceiveMessage& message, CustomerId customer, bool known);
/// KeyKind::external has it when the customer has an id of the company's own.
[[nodiscard]] Key external_key(CustomerId customer);

[[nodiscard]] Outcome decide(Desk& desk, const BindIdentity& command);

/// Remembers that `identity` belongs to `customer`.
void bind_identity(Desk& desk, const IdentityContent& identity, CustomerId customer);

}  // namespace deskwire
