// SPDX-License-Identifier: Apache-2.0
// Outbound HTTP: libcurl's multi interface on a thread of its own. Says honestly whether a request
// can have left, and reaches, when told so, nothing but the public Internet. No cookies, no proxy,
// certificates are always checked.
#pragma once
#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace deskwire {

struct HttpCall {
  std::string method = "GET";
  std::string url;  ///< http or https, without user and password.
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  std::chrono::milliseconds timeout{15'000};  ///< For all of it, redirects included.
  std::size_t max_answer_bytes = 1u << 20;
  /// Refuses every address that is not public, also behind a name and after a redirect.
  bool public_only = false;
  std::vector<std::string> trusted_origins;  ///< "https://host[:port]": `public_only` spares these.
  /// Of GET and HEAD. Never from https to http; to another origin no header goes along.
  unsigned max_redirects = 0;
};

struct HttpAnswer {
  bool reached = false;  ///< False: no connection came about, nothing of the request was sent.
  unsigned status = 0;   ///< 0 although reached: the connection broke before an answer.
  std::vector<std::pair<std::string, std::string>> headers;  ///< Names in lower case.
  std::string body;
  std::string error;       ///< A sentence without anything secret; empty after a whole answer.
  bool too_large = false;  ///< More than `max_answer_bytes`; status is told, the body is not.
  bool refused = false;    ///< Not allowed (scheme, address, redirect): trying again is in vain.

  /// First header of that lower-case name; empty if there is none.
  [[nodiscard]] std::string_view header(std::string_view name) const;
};

struct HttpClientSettings {
  std::string user_agent = "Deskwire";
  std::string ca_file;  ///< Empty: the system's.
  std::chrono::milliseconds connect_timeout{10'000};
};

class HttpClient {
 public:
  /// Answers are given on `loop`.
  explicit HttpClient(boost::asio::io_context& loop, HttpClientSettings settings = {});
  ~HttpClient();
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;

  /// Never throws for what a peer does. Cancelling ends the request and answers what is true of it.
  /// Loop thread.
  boost::asio::awaitable<HttpAnswer> fetch(HttpCall call);
  /// Ends what is under way, refuses what comes. Blocks for a moment, not for a peer.
  void stop();

 private:
  class Engine;
  boost::asio::io_context& loop_;
  std::shared_ptr<Engine> engine_;
};

/// "https://host" or "http://host:8080" of a URL, in lower case, without the scheme's own port;
/// empty for anything else, such as one with a user in it.
[[nodiscard]] std::string http_origin(const std::string& url);

}  // namespace deskwire
