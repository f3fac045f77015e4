// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>

#include "text/device.hpp"

using deskwire::text::device_of;

TEST_CASE("a browser is called by its name and its system's") {
  CHECK(device_of("Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0") ==
        "Firefox on Linux");
  CHECK(
      device_of("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
                "Chrome/126.0.0.0 Safari/537.36 Edg/126.0.0.0") == "Edge on Windows");
  CHECK(device_of("Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 "
                  "(KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1") ==
        "Safari on iPhone");
  CHECK(device_of("Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) "
                  "Chrome/126.0.0.0 Mobile Safari/537.36") == "Chrome on Android");
}

TEST_CASE("another program is called by its first product, and nothing strange goes through") {
  CHECK(device_of("curl/8.5.0") == "curl");
  CHECK(device_of("") == "");
  CHECK(device_of("a\x01\xff<b>\x7f") == "a<b>");
  CHECK(device_of(std::string(500, 'x')).size() == 40);
}
