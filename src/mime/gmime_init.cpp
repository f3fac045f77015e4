// SPDX-License-Identifier: Apache-2.0
#include "mime/gmime_init.hpp"

#include <gmime/gmime.h>

namespace deskwire::mime {

void ensure_gmime() {
  // A function's static is initialised once even when two parse workers come first together. Never
  // shut down: GMime's objects are made and freed within one call, and its tables live as long as
  // the process.
  static const bool done = [] {
    g_mime_init();
    return true;
  }();
  (void)done;
}

}  // namespace deskwire::mime
