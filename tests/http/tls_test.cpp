// SPDX-License-Identifier: Apache-2.0
// The same listener behind TLS: requests, sockets, handshakes that come to nothing.
#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/streambuf.hpp>
#include <boost/asio/write.hpp>
#include <catch2/catch.hpp>
#include <cstdio>
#include <fstream>
#include <stdexcept>
#include <string>

#include "http/http_server.hpp"
#include "support/http_client.hpp"
#include "support/temp_dir.hpp"

using namespace deskwire;
using namespace deskwire::test;
namespace asio = boost::asio;

namespace {

/// A key and a certificate for it, valid for an hour.
struct Certificate {
  Certificate() {
    EVP_PKEY* pair = EVP_EC_gen("P-256");
    X509* x509 = X509_new();
    ASN1_INTEGER_set(X509_get_serialNumber(x509), 1);
    X509_gmtime_adj(X509_getm_notBefore(x509), -60);
    X509_gmtime_adj(X509_getm_notAfter(x509), 3600);
    X509_set_pubkey(x509, pair);
    X509_sign(x509, pair, EVP_sha256());
    std::FILE* out = std::fopen(file.c_str(), "w");
    PEM_write_X509(out, x509);
    std::fclose(out);
    out = std::fopen(key.c_str(), "w");
    PEM_write_PrivateKey(out, pair, nullptr, nullptr, 0, nullptr, nullptr);
    std::fclose(out);
    X509_free(x509);
    EVP_PKEY_free(pair);
  }
  TempDir folder;
  std::string file = (folder.path() / "cert.pem").string();
  std::string key = (folder.path() / "key.pem").string();
};

HttpSettings with(const Certificate& certificate) {
  HttpSettings settings;
  settings.tls_certificate_file = certificate.file;
  settings.tls_key_file = certificate.key;
  settings.stop_grace = std::chrono::milliseconds(100);
  return settings;
}

class TlsClient {
 public:
  explicit TlsClient(std::uint16_t port) : stream_(loop_, context_) {
    stream_.next_layer().connect({asio::ip::address_v4::loopback(), port});
    stream_.handshake(asio::ssl::stream_base::client);
  }
  /// Sends a request; the head of the answer.
  std::string ask(const std::string& request) {
    asio::write(stream_, asio::buffer(request));
    asio::streambuf input;
    const std::size_t size = asio::read_until(stream_, input, "\r\n\r\n");
    return {asio::buffers_begin(input.data()),
            asio::buffers_begin(input.data()) + static_cast<std::ptrdiff_t>(size)};
  }
  void write(std::string_view bytes) { asio::write(stream_, asio::buffer(bytes)); }
  /// Exactly so many bytes.
  std::string read(std::size_t size) {
    std::string out(size, '\0');
    asio::read(stream_, asio::buffer(out));
    return out;
  }

 private:
  asio::io_context loop_;
  asio::ssl::context context_{asio::ssl::context::tls_client};
  asio::ssl::stream<asio::ip::tcp::socket> stream_;
};

}  // namespace

TEST_CASE("requests and sockets work the same behind TLS") {
  Certificate certificate;
  RunningServer server(with(certificate));
  TlsClient client(server.port);
  const std::string first = client.ask("GET /hello/x HTTP/1.1\r\nHost: x\r\n\r\n");
  CHECK(first.starts_with("HTTP/1.1 200 OK\r\n"));
  CHECK(first.find("strict-transport-security: max-age=31536000\r\n") != std::string::npos);
  TlsClient socket(server.port);
  const std::string upgraded = socket.ask(
      "GET /socket HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
      "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
  CHECK(upgraded.starts_with("HTTP/1.1 101 "));
  // Frames wait while a record is being written; they keep their order.
  socket.write(std::string("\x81\x89\0\0\0\0", 6) + "flood 500");
  for (int n = 1; n <= 500; ++n) {
    REQUIRE(socket.read(4) == "\x81\x7e\x04" + std::string(1, '\0'));
    REQUIRE(std::stoi(socket.read(1024)) == n);
  }
  socket.write(std::string("\x88\x82\0\0\0\0\x03\xe8", 8));
  CHECK(socket.read(4) == "\x88\x02\x03\xe8");
}

TEST_CASE("handshakes that come to nothing hold nobody up") {
  Certificate certificate;
  RunningServer server(with(certificate));
  std::vector<HttpClient> silent;
  for (std::size_t i = 0; i < 2 * limits::kTlsHandshakes; ++i) silent.emplace_back(server.port);
  HttpClient plain(server.port);
  plain.send("GET /hello/x HTTP/1.1\r\nHost: x\r\n\r\n");
  CHECK(plain.read().status == 0);
  CHECK(TlsClient(server.port)
            .ask("GET /hello/x HTTP/1.1\r\nHost: x\r\n\r\n")
            .starts_with("HTTP/1.1 200 OK\r\n"));
}

TEST_CASE("TLS files that cannot be used are told at once, and a bad reload keeps the old ones") {
  Certificate certificate;
  HttpSettings settings = with(certificate);
  settings.tls_key_file = certificate.file;
  boost::asio::io_context loop;
  CHECK_THROWS_AS(HttpServer(settings, loop.get_executor()), std::runtime_error);
  HttpServer server(with(certificate), loop.get_executor());
  CHECK_NOTHROW(server.reload_tls());
  std::ofstream(certificate.file) << "no certificate";
  CHECK_THROWS_AS(server.reload_tls(), std::runtime_error);
}
