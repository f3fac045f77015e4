// SPDX-License-Identifier: Apache-2.0
#include "channels/email/tls_context.hpp"

#include <openssl/ssl.h>

#include <boost/system/error_code.hpp>
#include <stdexcept>

namespace deskwire::email {
namespace ssl = boost::asio::ssl;
namespace {

void check(const boost::system::error_code& ec, const char* what, const std::string& file) {
  if (ec) throw std::runtime_error(std::string(what) + " " + file + ": " + ec.message());
}

}  // namespace

std::shared_ptr<ssl::context> make_tls_context(const std::string& certificate_file,
                                               const std::string& key_file) {
  auto context = std::make_shared<ssl::context>(ssl::context::tls_server);
  SSL_CTX* native = context->native_handle();
  SSL_CTX_set_min_proto_version(native, TLS1_2_VERSION);
  SSL_CTX_set_options(native, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
  // A thousand idle sessions should not hold 34 KiB of record buffers each.
  SSL_CTX_set_mode(native, SSL_MODE_RELEASE_BUFFERS);
  boost::system::error_code ec;
  context->use_certificate_chain_file(certificate_file, ec);
  check(ec, "cannot use the certificate", certificate_file);
  context->use_private_key_file(key_file, ssl::context::pem, ec);
  check(ec, "cannot use the key", key_file);
  if (SSL_CTX_check_private_key(native) != 1)
    throw std::runtime_error("the key " + key_file + " does not fit the certificate " +
                             certificate_file);
  return context;
}

}  // namespace deskwire::email
