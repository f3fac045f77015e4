// SPDX-License-Identifier: Apache-2.0
// libcurl's global state: it must have been made before any handle is, and only once.
#pragma once

namespace deskwire {

/// Any thread. Throws std::runtime_error when libcurl cannot work here.
void init_curl();

}  // namespace deskwire
