// SPDX-License-Identifier: Apache-2.0
#include "http/server.hpp"

#include <openssl/ssl.h>
#include <spdlog/spdlog.h>

#include <boost/asio/ip/address.hpp>
#include <boost/system/system_error.hpp>
#include <optional>
#include <stdexcept>
#include <utility>

#include "http/server_core.hpp"

namespace deskwire {

namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

constexpr int kBacklog = 1024;

std::shared_ptr<asio::ssl::context> load_tls(const HttpSettings& settings) {
  if (settings.tls_certificate_file.empty()) return nullptr;
  auto context = std::make_shared<asio::ssl::context>(asio::ssl::context::tls_server);
  try {
    context->set_options(asio::ssl::context::default_workarounds | asio::ssl::context::no_tlsv1 |
                         asio::ssl::context::no_tlsv1_1 | asio::ssl::context::single_dh_use);
    context->use_certificate_chain_file(settings.tls_certificate_file);
    context->use_private_key_file(settings.tls_key_file, asio::ssl::context::pem);
  } catch (const boost::system::system_error& error) {
    throw std::runtime_error("TLS: cannot use " + settings.tls_certificate_file + " with " +
                             settings.tls_key_file + ": " + error.code().message());
  }
  // Session tickets spare the handshake when a thousand pages come back at once.
  SSL_CTX_set_session_cache_mode(context->native_handle(), SSL_SESS_CACHE_SERVER);
  constexpr unsigned char kContextId[] = "deskwire";
  SSL_CTX_set_session_id_context(context->native_handle(), kContextId, sizeof kContextId - 1);
  return context;
}

std::string plain_address(const asio::ip::address& address) {
  if (address.is_v6() && address.to_v6().is_v4_mapped())
    return asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6()).to_string();
  return address.to_string();
}

/// Nobody waits for this: a full house answers with the last thing it can afford.
void turn_away(tcp::socket& socket, bool tls) {
  boost::system::error_code ignored;
  if (!tls) {
    constexpr std::string_view kFull =
        "HTTP/1.1 503 Service Unavailable\r\nretry-after: 5\r\ncontent-length: 0\r\n"
        "connection: close\r\n\r\n";
    socket.non_blocking(true, ignored);
    socket.write_some(asio::buffer(kFull), ignored);
    socket.shutdown(tcp::socket::shutdown_send, ignored);
  }
  socket.close(ignored);
}

}  // namespace

struct HttpServer::Impl {
  Impl(HttpSettings settings, const asio::any_io_executor& executor)
      : core(std::move(settings), executor), acceptor(executor), heart(executor) {
    core.tls = load_tls(core.settings);
  }

  ServerCore core;
  tcp::acceptor acceptor;
  asio::steady_timer heart;

  asio::awaitable<void> accept_all();
  asio::awaitable<void> beat();
  void each(void (Live::*what)());
  void take(tcp::socket socket);
};

asio::awaitable<void> HttpServer::Impl::accept_all() {
  asio::steady_timer pause(core.executor);
  while (!core.stopping) {
    auto [ec, socket] = co_await acceptor.async_accept(kTuple);
    if (ec == asio::error::operation_aborted || ec == asio::error::bad_descriptor) co_return;
    if (ec) {
      // Out of descriptors, say: without a pause this would turn in circles.
      spdlog::warn("http: accept failed: {}", ec.message());
      pause.expires_after(std::chrono::milliseconds(100));
      co_await pause.async_wait(kTuple);
      continue;
    }
    take(std::move(socket));
  }
}

void HttpServer::Impl::take(tcp::socket socket) {
  boost::system::error_code ec;
  const auto remote = socket.remote_endpoint(ec);
  if (ec) return;
  std::string peer = plain_address(remote.address());
  auto admission = Admission::admit(core, peer);
  if (!admission) {
    turn_away(socket, core.tls != nullptr);
    return;
  }
  socket.set_option(tcp::no_delay(true), ec);
  if (core.settings.socket_send_buffer > 0)
    socket.set_option(tcp::socket::send_buffer_size(core.settings.socket_send_buffer), ec);
  core.tasks.spawn(
      serve_connection(core, std::move(socket), std::move(peer), std::move(admission)));
}

/// One timer for all connections: those that hear nothing hold none of their own.
asio::awaitable<void> HttpServer::Impl::beat() {
  while (!core.stopping) {
    heart.expires_after(core.settings.socket_idle / kSilentTicks);
    co_await heart.async_wait(kTuple);
    each(&Live::tick);
  }
}

/// Ending one may end others, so this walks over a copy and looks each up again.
void HttpServer::Impl::each(void (Live::*what)()) {
  for (Live* one : std::set<Live*>(core.live))
    if (core.live.contains(one)) (one->*what)();
}

HttpServer::HttpServer(HttpSettings settings, asio::any_io_executor executor)
    : impl_(std::make_unique<Impl>(std::move(settings), executor)) {}

HttpServer::~HttpServer() = default;

Router& HttpServer::router() { return impl_->core.router; }
const OriginPolicy& HttpServer::origins() const { return impl_->core.origins; }

bool HttpServer::secure_cookies() const {
  return impl_->core.tls != nullptr || impl_->core.origins.public_is_https();
}

void HttpServer::listen() {
  const HttpSettings& settings = impl_->core.settings;
  const tcp::endpoint endpoint(asio::ip::make_address(settings.host), settings.port);
  tcp::acceptor& acceptor = impl_->acceptor;
  acceptor.open(endpoint.protocol());
  acceptor.set_option(tcp::acceptor::reuse_address(true));
  acceptor.bind(endpoint);
  acceptor.listen(kBacklog);
  impl_->core.tasks.spawn(impl_->accept_all());
  impl_->core.tasks.spawn(impl_->beat());
}

std::uint16_t HttpServer::port() const { return impl_->acceptor.local_endpoint().port(); }

std::string HttpServer::address() const {
  const auto endpoint = impl_->acceptor.local_endpoint();
  const std::string host = endpoint.address().to_string();
  const std::string shown = endpoint.address().is_v6() ? "[" + host + "]" : host;
  return shown + ":" + std::to_string(endpoint.port());
}

std::size_t HttpServer::connections() const { return impl_->core.connections; }

void HttpServer::reload_tls() { impl_->core.tls = load_tls(impl_->core.settings); }

asio::awaitable<void> HttpServer::stop() {
  ServerCore& core = impl_->core;
  core.stopping = true;
  boost::system::error_code ignored;
  impl_->acceptor.close(ignored);
  impl_->heart.cancel();
  impl_->each(&Live::wind_down);
  asio::steady_timer grace(core.executor, core.settings.stop_grace);
  // Its handler may be queued already when the last task ends.
  const auto ended = std::make_shared<bool>(false);
  grace.async_wait([this, &core, ended](const boost::system::error_code& ec) {
    if (ec || *ended) return;
    impl_->each(&Live::abort);
    core.tasks.cancel();
  });
  co_await core.tasks.join();
  *ended = true;
  grace.cancel();
  core.tasks.cancel();
}

std::unique_ptr<Admission> Admission::admit(ServerCore& core, const std::string& peer) {
  if (core.stopping || core.connections >= core.settings.max_connections) return nullptr;
  std::string counted = core.proxies.trusts(peer) ? std::string() : client_network(peer);
  if (!counted.empty()) {
    std::size_t& count = core.per_address[counted];
    if (count >= core.settings.max_per_address) return nullptr;
    ++count;
  }
  ++core.connections;
  return std::unique_ptr<Admission>(new Admission(core, std::move(counted)));
}

Admission::~Admission() {
  --core_.connections;
  const auto found = core_.per_address.find(counted_);
  if (found != core_.per_address.end() && --found->second == 0) core_.per_address.erase(found);
}

std::chrono::milliseconds transfer_time(const HttpSettings& settings, std::size_t bytes) {
  return settings.transfer + std::chrono::seconds(bytes / (32u << 10));
}

}  // namespace deskwire
