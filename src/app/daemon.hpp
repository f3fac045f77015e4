// SPDX-License-Identifier: Apache-2.0
// `deskwire serve`: the one place that knows every room. Members are in the order of their lives;
// destruction is the shutdown backwards.
#pragma once
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <exception>
#include <memory>
#include <string>

#include "api/api.hpp"
#include "app/calls.hpp"
#include "app/chats.hpp"
#include "app/command_line.hpp"
#include "app/control.hpp"
#include "app/exit_codes.hpp"
#include "app/mail.hpp"
#include "app/texts.hpp"
#include "app/users.hpp"
#include "auth/keyed_hash.hpp"
#include "client/http_client.hpp"
#include "config/config.hpp"
#include "console/console.hpp"
#include "desk/front_desk.hpp"
#include "desk/ticket_search.hpp"
#include "http/quarantine.hpp"
#include "http/server.hpp"
#include "runtime/core.hpp"
#include "runtime/metrics.hpp"

namespace deskwire::app {

class Daemon {
 public:
  /// `config` was loaded with `ids`, which hold what the store knew and the file's new names.
  /// Throws when a port is taken or the store fails.
  Daemon(ServeOptions options, config::Config config, std::unique_ptr<Store> store, NameIds ids,
         std::vector<NameRow> new_names);
  ~Daemon();

  /// Runs until SIGTERM or SIGINT (then drains) or until the store fails.
  int run();

 private:
  boost::asio::awaitable<void> start();
  boost::asio::awaitable<void> stop();
  boost::asio::awaitable<void> watch_signals();
  boost::asio::awaitable<void> force_policy();
  boost::asio::awaitable<void> reload();
  boost::asio::awaitable<boost::json::object> control(boost::json::object request);
  [[nodiscard]] OutboundIds draw_outbound(ChannelId channel, TicketId ticket) const;
  [[nodiscard]] IdentityContent read_identity(std::string_view kind, std::string_view value) const;
  void announce();
  void fatal(const std::exception_ptr& error);
  void end(int code);

  ServeOptions options_;
  config::Config config_;
  NameIds ids_;
  /// The loop, which can let go of what still waits on it before the rooms that wait are gone.
  struct Loop : boost::asio::io_context {
    Loop() : boost::asio::io_context(1) {}
    void abandon() { shutdown(); }
  };
  Loop loop_;
  Metrics metrics_;
  KeyHasher keys_;    ///< Pseudonyms; never changes for one store.
  KeyHasher tokens_;  ///< Signs reply addresses; the configuration may bring its own secret.
  std::string store_name_;  ///< Tells this store's search index from any other's.
  Core core_;
  FrontDesk desk_;
  TicketSearch search_;
  Users users_;
  HttpServer http_;
  HttpClient web_;  ///< The way out to other systems' interfaces.
  Quarantine quarantine_;
  Mail mail_;
  Texts texts_;
  Console console_;
  Chats chats_;
  Calls calls_;
  Api api_;
  ControlServer control_;
  TaskGroup tasks_;
  boost::asio::signal_set signals_;
  bool stopping_ = false;
  int exit_code_ = kStopped;
};

/// The whole verb: configuration, store, daemon. Returns the exit code; every failure has said why
/// on stderr.
int run_serve(const ServeOptions& options);

}  // namespace deskwire::app
