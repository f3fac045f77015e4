// SPDX-License-Identifier: Apache-2.0
// What all connections of one listener share. Private to http/.
#pragma once
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "http/server.hpp"
#include "runtime/task_group.hpp"

namespace deskwire {

inline constexpr auto kTuple = boost::asio::as_tuple(boost::asio::use_awaitable);

/// Something that must end when the listener stops.
class Live {
 public:
  virtual ~Live() = default;
  virtual void wind_down() = 0;  ///< End soon and in order.
  virtual void abort() = 0;      ///< Close the transport now.
  virtual void tick() {}         ///< Comes `kSilentTicks` times in `HttpSettings::socket_idle`.
};
inline constexpr std::uint8_t kSilentTicks = 4;

struct ServerCore {
  ServerCore(HttpSettings s, const boost::asio::any_io_executor& e)
      : settings(std::move(s)),
        executor(e),
        origins(settings.public_url, settings.allowed_origins),
        proxies(settings.trusted_proxies),
        handshake_ended(e, boost::asio::steady_timer::time_point::max()),
        tasks(e, "http") {}

  HttpSettings settings;
  boost::asio::any_io_executor executor;
  Router router;
  OriginPolicy origins;
  TrustedProxies proxies;
  std::shared_ptr<boost::asio::ssl::context> tls;  ///< Null without TLS.
  std::set<Live*> live;
  std::map<std::string, std::size_t> per_address;
  std::size_t connections = 0;
  std::size_t body_bytes = 0;
  std::size_t queued_bytes = 0;  ///< On all WebSockets.
  std::size_t handshakes = 0;
  boost::asio::steady_timer
      handshake_ended;  ///< Never expires; cancelled when a handshake slot is free.
  bool stopping = false;
  std::vector<char> scratch = std::vector<char>(64u << 10);  ///< What any socket reads to.
  TaskGroup tasks;  ///< Last: its tasks use all of the above.
};

/// Counts one connection for as long as it lives.
class Admission {
 public:
  /// Null when a bound is reached.
  static std::unique_ptr<Admission> admit(ServerCore& core, const std::string& peer);
  ~Admission();
  Admission(const Admission&) = delete;
  Admission& operator=(const Admission&) = delete;

 private:
  Admission(ServerCore& core, std::string counted) : core_(core), counted_(std::move(counted)) {}
  ServerCore& core_;
  std::string counted_;  ///< Empty: not counted by address.
};

/// The whole life of one accepted connection.
boost::asio::awaitable<void> serve_connection(ServerCore& core, boost::asio::ip::tcp::socket socket,
                                              std::string peer,
                                              std::unique_ptr<Admission> admission);

/// The transfer time-out for so many bytes.
[[nodiscard]] std::chrono::milliseconds transfer_time(const HttpSettings& settings,
                                                      std::size_t bytes);

}  // namespace deskwire
