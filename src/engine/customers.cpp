// SPDX-License-Identifier: Apache-2.0
#include "engine/customers.hpp"

namespace deskwire {

void bind_identity(Desk& desk, const IdentityContent& identity, CustomerId customer) {
  KeyRow row;
  row.kind = KeyKind::identity;
  row.key = identity.key;
  row.customer = customer;
  desk.keep_key(row);
  desk.keep_identity(identity, customer);
}

CustomerId author_of(Desk& desk, const IdentityContent& identity, CustomerId known) {
  if (known || !identity.key) return known;
  const CustomerId fresh = desk.new_customer();
  desk.emit(CustomerCreated{fresh, desk.now});
  bind_identity(desk, identity, fresh);
  return fresh;
}

CustomerId ensure_customer(Desk& desk, const IdentityContent& identity, CustomerId known) {
  if (const Customer* customer = desk.find_customer(known)) desk.admit(*customer);
  return author_of(desk, identity, known);
}

}  // namespace deskwire
