// SPDX-License-Identifier: Apache-2.0
#include "client/curl_init.hpp"

#include <curl/curl.h>

#include <stdexcept>
#include <string>

namespace deskwire {

void init_curl() {
  static const CURLcode result = curl_global_init(CURL_GLOBAL_DEFAULT);
  if (result != CURLE_OK)
    throw std::runtime_error(std::string("libcurl: ") + curl_easy_strerror(result));
}

}  // namespace deskwire
