// SPDX-License-Identifier: Apache-2.0
// The last two steps of a load: rules that span sections, and the policy made from the model.
#pragma once
#include "config/model.hpp"
#include "config/reader.hpp"

namespace deskwire::config {

/// Checks what no single key can, and fills the defaults that come from other keys.
void check_whole(Reader& reader, Model& model);

/// Cannot fail on a model without errors. Takes new ids from `ids`.
Config build(Model model, NameIds& ids, const LoadOptions& options);

}  // namespace deskwire::config
