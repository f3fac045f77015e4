// SPDX-License-Identifier: Apache-2.0
#include "engine/customers.hpp"

#include "engine/actors.hpp"

namespace deskwire {

void bind_identity(Desk& desk, const IdentityContent& identity, CustomerId customer) {
  KeyRow row;
  row.kind = KeyKind::identity;
  row.key = identity.key;
  row.customer = customer;
  desk.keep_key(row);
  desk.keep_identity(identity, customer);
}

Key external_key(CustomerId customer) { return {0, customer.value}; }

void learn_identities(Desk& desk, const ReceiveMessage& message, CustomerId customer, bool known) {
  if (!customer) return;
  const auto learn = [&](const IdentityContent& identity) {
    if (identity.key && !desk.find_key(KeyKind::identity, identity.key))
      bind_identity(desk, identity, customer);
  };
  learn(message.sender);
  for (const IdentityContent& other : message.also) learn(other);
  if (!message.sender_is_external) return;
  const Key key = external_key(customer);
  if (known && desk.find_key(KeyKind::external, key)) return;
  KeyRow row;
  row.kind = KeyKind::external;
  row.key = key;
  row.customer = customer;
  desk.keep_key(row);
}

Outcome decide(Desk& desk, const BindIdentity& command) {
  const auto agent = agent_or_system(desk);
  if (!agent) return std::unexpected(agent.error());
  if (!command.identity.key) return std::unexpected(Refusal::invalid_argument);
  const Customer* customer = desk.find_customer(command.customer);
  const KeyRow* owner = desk.find_key(KeyKind::identity, command.identity.key);
  if (desk.asks()) return {};
  if (!customer) return std::unexpected(Refusal::no_such_customer);
  if (owner && owner->customer != command.customer) return std::unexpected(Refusal::identity_taken);
  if (owner) return {};
  desk.emit(IdentityBound{command.customer, command.identity.key, desk.now});
  bind_identity(desk, command.identity, command.customer);
  return {};
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
