// SPDX-License-Identifier: Apache-2.0
// REST under /api/v1, the health and metrics endpoints and the embedded pages (CONTRACT "REST").
// Every answer about tickets goes through Lookup, which shows only what the asker may see. Loop
// thread only.
#pragma once
#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "desk/lookup.hpp"
#include "desk/sign_in.hpp"
#include "deskwire/port/blob_keeper.hpp"
#include "http/server.hpp"
#include "runtime/workers.hpp"

namespace deskwire {

class TicketSearch;

/// A file inside the binary: path below "/" and bytes.
using EmbeddedFile = std::pair<std::string_view, std::string_view>;

struct ApiSettings {
  std::uint64_t attachment_bytes = 25u << 20;  ///< One upload.
  std::string metrics_token;                   ///< Empty: /metrics answers loopback only.
  std::function<std::string()> render_metrics;
  std::function<bool()> live;
  std::function<std::vector<std::string>()> not_ready;  ///< What is missing; empty: ready.
  std::span<const EmbeddedFile> pages;                  ///< "index.html" is the page at "/".
  std::span<const EmbeddedFile> schemas;                ///< "openapi.yaml", …
  std::function<Instant()> now;
  /// From "email" or "phone" and what a person typed; key zero: it is none.
  std::function<IdentityContent(std::string_view kind, std::string_view value)> read_identity;
  TicketSearch* search = nullptr;  ///< Without one there is no /search.
};

class Api {
 public:
  /// Adds its routes to `server`, before it listens. Everything referred to must outlive the
  /// server.
  Api(ApiSettings settings, HttpServer& server, Gateway& gateway, Lookup& lookup, SignIn& sign_in,
      Workers& workers, BlobKeeper& blobs);
  Api(const Api&) = delete;
  Api& operator=(const Api&) = delete;

 private:
  using Answer = boost::asio::awaitable<HttpResponse>;
  /// A handler that knows who asks.
  using Signed = Answer (Api::*)(HttpRequest&, const Principal&);

  void add(std::string method, std::string pattern, Signed handler, std::size_t body_limit = 0);
  void add_session_routes();
  void add_operation_routes();
  void add_pages();

  Answer log_in(HttpRequest& request);
  Answer log_out(HttpRequest& request);
  Answer tickets(HttpRequest& request, const Principal& who);
  Answer ticket(HttpRequest& request, const Principal& who);
  Answer explain(HttpRequest& request, const Principal& who);
  Answer history(HttpRequest& request, const Principal& who);
  Answer messages(HttpRequest& request, const Principal& who);
  Answer customer(HttpRequest& request, const Principal& who);
  Answer timeline(HttpRequest& request, const Principal& who);
  Answer queues(HttpRequest& request, const Principal& who);
  Answer agents(HttpRequest& request, const Principal& who);
  Answer machine_mail(HttpRequest& request, const Principal& who);
  Answer quarantine(HttpRequest& request, const Principal& who);
  Answer bind_identity(HttpRequest& request, const Principal& who);
  Answer search(HttpRequest& request, const Principal& who);
  Answer html(HttpRequest& request, const Principal& who);
  Answer download(HttpRequest& request, const Principal& who);
  Answer upload(HttpRequest& request, const Principal& who);

  ApiSettings settings_;
  HttpServer& server_;
  Gateway& gateway_;
  Lookup& lookup_;
  SignIn& sign_in_;
  Workers& workers_;
  BlobKeeper& blobs_;
};

}  // namespace deskwire
