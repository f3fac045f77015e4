// SPDX-License-Identifier: Apache-2.0
#include "channels/email/listener.hpp"

#include <spdlog/spdlog.h>
#include <sys/stat.h>
#include <unistd.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>
#include <charconv>
#include <chrono>
#include <cstring>
#include <stdexcept>

namespace deskwire::email {
namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;
using Local = asio::local::stream_protocol;
namespace {

constexpr auto kTuple = asio::as_tuple(asio::use_awaitable);

void check(const error_code& ec, const std::string& address) {
  if (ec) throw boost::system::system_error(ec, "cannot listen on " + address);
}

/// "host:port" with an address for host; names are for the other side's use, except this machine's
/// own.
tcp::endpoint parse_tcp(const std::string& text) {
  const std::invalid_argument bad("not an address to listen on: " + text +
                                  " (expected HOST:PORT or unix:PATH)");
  const auto colon = text.rfind(':');
  if (colon == std::string::npos) throw bad;
  std::string host = text.substr(0, colon);
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  if (host == "localhost") host = "127.0.0.1";
  error_code ec;
  const auto address = asio::ip::make_address(host, ec);
  std::uint16_t port = 0;
  const auto [end, error] =
      std::from_chars(text.data() + colon + 1, text.data() + text.size(), port);
  if (ec || error != std::errc{} || end != text.data() + text.size()) throw bad;
  return {address, port};
}

/// The generic endpoint of an accepted or bound TCP socket, as TCP.
tcp::endpoint as_tcp(const asio::generic::stream_protocol::endpoint& endpoint) {
  tcp::endpoint out;
  std::memcpy(out.data(), endpoint.data(), std::min(out.capacity(), endpoint.size()));
  out.resize(endpoint.size());
  return out;
}

std::string remote_of(const Wire::Socket& socket) {
  error_code ec;
  const auto peer = socket.remote_endpoint(ec);
  if (ec || (peer.protocol().family() != AF_INET && peer.protocol().family() != AF_INET6))
    return {};
  auto address = as_tcp(peer).address();
  if (address.is_v6() && address.to_v6().is_v4_mapped()) {
    address = asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6());
  }
  return address.to_string();
}

/// A socket file that a crash left behind refuses connections; one in use takes them.
void remove_stale(asio::any_io_executor executor, const std::string& path) {
  struct ::stat status{};
  if (::lstat(path.c_str(), &status) != 0 || !S_ISSOCK(status.st_mode)) return;
  Local::socket probe(executor);
  error_code ec;
  probe.connect(Local::endpoint(path), ec);
  if (ec == asio::error::connection_refused) ::unlink(path.c_str());
}

}  // namespace

Listener::Listener(asio::any_io_executor executor, const std::string& address, Accepted accepted)
    : acceptor_(executor), accepted_(std::move(accepted)) {
  constexpr std::string_view kUnix = "unix:";
  if (address.starts_with(kUnix))
    listen_on_path(address.substr(kUnix.size()));
  else
    listen_on_tcp(address);
}

Listener::~Listener() { close(); }

void Listener::listen_on_tcp(const std::string& address) {
  const tcp::endpoint endpoint = parse_tcp(address);
  error_code ec;
  acceptor_.open(endpoint.protocol(), ec);
  check(ec, address);
  acceptor_.set_option(asio::socket_base::reuse_address(true), ec);
  acceptor_.bind(endpoint, ec);
  check(ec, address);
  acceptor_.listen(asio::socket_base::max_listen_connections, ec);
  check(ec, address);
  const auto bound = as_tcp(acceptor_.local_endpoint());
  address_ = address.substr(0, address.rfind(':') + 1) + std::to_string(bound.port());
}

void Listener::listen_on_path(const std::string& path) {
  const std::string address = "unix:" + path;
  if (path.empty() || path.size() >= sizeof(::sockaddr_un::sun_path)) {
    throw std::invalid_argument("not a path for a socket: " + address);
  }
  remove_stale(acceptor_.get_executor(), path);
  error_code ec;
  acceptor_.open(Local(), ec);
  check(ec, address);
  acceptor_.bind(Local::endpoint(path), ec);
  check(ec, address);
  path_ = path;
  // Before listen(), so that nobody connects under other rights.
  if (::chmod(path.c_str(), 0660) != 0)
    check(error_code(errno, boost::system::system_category()), address);
  acceptor_.listen(asio::socket_base::max_listen_connections, ec);
  check(ec, address);
  address_ = address;
}

asio::awaitable<void> Listener::run() {
  while (acceptor_.is_open()) {
    auto [ec, socket] = co_await acceptor_.async_accept(kTuple);
    if (ec == asio::error::operation_aborted || !acceptor_.is_open()) co_return;
    if (ec) {
      // Out of descriptors, mostly: those who wait in the backlog are taken when sessions have
      // ended.
      spdlog::warn("{}: cannot accept: {}", address_, ec.message());
      asio::steady_timer pause(acceptor_.get_executor());
      pause.expires_after(std::chrono::milliseconds(100));
      co_await pause.async_wait(asio::use_awaitable);
      continue;
    }
    socket.set_option(tcp::no_delay(true), ec);  // Of no meaning, and refused, on a local socket.
    std::string remote = remote_of(socket);
    accepted_(std::move(socket), std::move(remote));
  }
}

void Listener::close() {
  error_code ignored;
  acceptor_.close(ignored);
  if (!path_.empty()) ::unlink(path_.c_str());
  path_.clear();
}

}  // namespace deskwire::email
