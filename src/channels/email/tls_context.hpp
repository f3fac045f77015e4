// SPDX-License-Identifier: Apache-2.0
// The certificate behind STARTTLS.
#pragma once
#include <boost/asio/ssl/context.hpp>
#include <memory>
#include <string>

namespace deskwire::email {

/// TLS 1.2 and newer, no renegotiation. Throws std::runtime_error that names the file when one
/// cannot be used or the key is not the certificate's.
[[nodiscard]] std::shared_ptr<boost::asio::ssl::context> make_tls_context(
    const std::string& certificate_file, const std::string& key_file);

}  // namespace deskwire::email
