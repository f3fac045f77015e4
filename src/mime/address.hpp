// SPDX-License-Identifier: Apache-2.0
// Address lists (RFC 5322 §3.4) as they really come: comments anywhere, encoded words anywhere,
// groups, routes, blanks in addresses.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "deskwire/domain/content.hpp"

namespace deskwire::mime {

struct AddressGroup {
  bool named = false;  ///< `name: …;`, else what stands outside of groups.
  std::string name;
  std::vector<MailAddress> addresses;
};

/// From a field's raw value, in order; at most `kLimits.addresses` altogether. An entry without an
/// address has a name only.
[[nodiscard]] std::vector<AddressGroup> parse_address_groups(std::string_view raw);
/// All entries, groups flattened; an entry may lack the address.
[[nodiscard]] std::vector<MailAddress> parse_addresses(std::string_view raw);

}  // namespace deskwire::mime
