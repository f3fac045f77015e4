// SPDX-License-Identifier: Apache-2.0
// GMime needs one initialisation a process before anything else of it is called.
#pragma once

namespace deskwire::mime {

/// Cheap after the first call; any thread may call it. Everything in this room that touches GMime
/// calls it first.
void ensure_gmime();

}  // namespace deskwire::mime
