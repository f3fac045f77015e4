// SPDX-License-Identifier: Apache-2.0
// One accepted connection: TLS handshake, then request after request until one side has enough or
// the connection becomes a WebSocket.
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/websocket/rfc6455.hpp>
#include <optional>

#include "http/answer.hpp"
#include "http/any_stream.hpp"
#include "http/problem.hpp"
#include "http/server_core.hpp"
#include "http/upgrade.hpp"

namespace deskwire {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using asio::ip::tcp;

namespace {

/// A few pipelined requests, or one body piece of Beast's reading size.
constexpr std::size_t kReadBufferBytes = 128u << 10;
/// What is still read of a refused request, so that its answer is not lost in a reset.
constexpr std::size_t kLingerBytes = 512u << 10;
constexpr std::chrono::seconds kLinger{2};
constexpr std::chrono::seconds kHandshakeWithin{5};

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
  return out;
}

HttpResponse answer_to_bad_head(const boost::system::error_code& ec) {
  if (ec == http::error::header_limit || ec == http::error::buffer_overflow)
    return problem(431, "header_too_large", "The request's head is too large.");
  if (ec == http::error::bad_version)
    return problem(505, "version_not_supported", "HTTP/1.1 is spoken here.");
  return problem(400, "bad_request", "This is not a request that can be read.");
}

/// Body bytes that are reserved for one request, so that all together stay in bounds.
class BodyShare {
 public:
  explicit BodyShare(ServerCore& core) : core_(core) {}
  ~BodyShare() { core_.body_bytes -= taken_; }
  BodyShare(const BodyShare&) = delete;
  BodyShare& operator=(const BodyShare&) = delete;
  bool take(std::size_t bytes) {
    if (core_.body_bytes + bytes > core_.settings.body_bytes) return false;
    core_.body_bytes += bytes;
    taken_ += bytes;
    return true;
  }

 private:
  ServerCore& core_;
  std::size_t taken_ = 0;
};

class Connection final : public Live {
 public:
  Connection(ServerCore& core, tcp::socket socket, std::string peer,
             std::unique_ptr<Admission> counted)
      : core_(core),
        stream_(std::move(socket), core.tls),
        peer_(std::move(peer)),
        counted_(std::move(counted)),
        buffer_(kReadBufferBytes) {
    core_.live.insert(this);
  }
  ~Connection() override { core_.live.erase(this); }

  asio::awaitable<void> run();
  void wind_down() override {
    if (idle_) stream_.next_layer().close();
  }
  void abort() override { stream_.next_layer().close(); }

 private:
  using HeadParser = http::request_parser<http::empty_body>;

  asio::awaitable<bool> hears_something();
  asio::awaitable<bool> handshake();
  asio::awaitable<bool> serve_one();
  HttpRequest take_head(const HeadParser& parser) const;
  asio::awaitable<bool> serve_route(const Route& route, HeadParser& parser, HttpRequest& request);
  asio::awaitable<bool> serve_socket(const SocketRoute& route, HeadParser& parser,
                                     HttpRequest request);
  asio::awaitable<std::optional<HttpResponse>> read_body(const Route& route, HeadParser& parser,
                                                         HttpRequest& request, BodyShare& share);
  asio::awaitable<bool> answer(const HttpRequest& request, const HttpResponse& response,
                               bool keep_alive);
  asio::awaitable<void> linger();

  ServerCore& core_;
  AnyStream stream_;
  std::string peer_;
  std::unique_ptr<Admission> counted_;
  beast::flat_buffer buffer_;
  bool idle_ = false;   ///< Between two requests.
  bool moved_ = false;  ///< The stream belongs to a WebSocket now.
};

/// Waits until the peer says anything; false when it does not in time.
asio::awaitable<bool> Connection::hears_something() {
  tcp::socket& socket = stream_.next_layer().socket();
  asio::steady_timer patience(core_.executor, core_.settings.idle);
  const auto heard = std::make_shared<bool>(false);
  // Its handler may be queued already when the bytes come.
  patience.async_wait([&socket, heard](const boost::system::error_code& ec) {
    boost::system::error_code ignored;
    if (!ec && !*heard) socket.close(ignored);
  });
  idle_ = true;
  auto [ec] = co_await socket.async_wait(tcp::socket::wait_read, kTuple);
  idle_ = false;
  *heard = true;
  co_return !ec;
}

asio::awaitable<bool> Connection::handshake() {
  // Who opens connections and says nothing takes no slot away from those who do.
  const bool speaks = co_await hears_something();
  if (!speaks) co_return false;
  // A storm of handshakes must not starve the loop: only so many at a time, the others wait in the
  // order of the timer's queue.
  while (core_.handshakes >= limits::kTlsHandshakes)
    co_await core_.handshake_ended.async_wait(kTuple);
  ++core_.handshakes;
  const auto release = [this](void*) {
    --core_.handshakes;
    core_.handshake_ended.cancel_one();
  };
  const std::unique_ptr<void, decltype(release)> slot(this, release);
  stream_.next_layer().expires_after(kHandshakeWithin);
  auto [ec] = co_await stream_.async_handshake(kTuple);
  co_return !ec;
}

asio::awaitable<void> Connection::run() {
  if (stream_.secure() && !co_await handshake()) co_return;
  while (!core_.stopping && co_await serve_one()) {
  }
  if (moved_) co_return;
  boost::system::error_code ignored;
  stream_.next_layer().socket().shutdown(tcp::socket::shutdown_send, ignored);
  stream_.next_layer().close();
}

/// False ends the connection.
asio::awaitable<bool> Connection::serve_one() {
  HeadParser parser;
  parser.header_limit(static_cast<std::uint32_t>(core_.settings.header_bytes));
  parser.body_limit(boost::none);  // The route's limit holds; it is not known yet.
  stream_.next_layer().expires_after(core_.settings.idle);
  idle_ = buffer_.size() == 0;
  auto [ec, n] = co_await http::async_read_header(stream_, buffer_, parser, kTuple);
  idle_ = false;
  if (ec && ec.category() != beast::http::make_error_code(http::error::bad_target).category())
    co_return false;  // The peer went away, or was silent for too long.
  if (ec == http::error::end_of_stream || ec == http::error::partial_message) co_return false;
  HttpRequest request = take_head(parser);
  if (ec) {
    co_await answer(request, answer_to_bad_head(ec), false);
    co_await linger();
    co_return false;
  }
  const auto framing =
      request.header_count("transfer-encoding") + request.header_count("content-length");
  auto refusal = refuse_head(request, parser.get().version(), framing);
  Router::Match match;
  if (!refusal) {
    match = core_.router.find(request.method, request.path);
    request.params = std::move(match.params);
    if (match.socket != nullptr && beast::websocket::is_upgrade(parser.get()))
      co_return co_await serve_socket(*match.socket, parser, std::move(request));
    refusal = refuse_route(core_, request, match);
  }
  if (!refusal) co_return co_await serve_route(*match.route, parser, request);
  const bool keep_alive = parser.is_done() && parser.keep_alive() && refusal->status != 400;
  const bool goes_on = co_await answer(request, *refusal, keep_alive);
  if (!goes_on) co_await linger();
  co_return goes_on;
}

HttpRequest Connection::take_head(const HeadParser& parser) const {
  HttpRequest out;
  const auto& head = parser.get();
  out.method = head.method_string();
  out.target = head.target();
  for (const auto& field : head)
    out.headers.emplace_back(lower(field.name_string()), field.value());
  out.client = core_.proxies.client(peer_, out);
  const bool proxied = core_.proxies.trusts(peer_);
  out.secure = stream_.secure() || (proxied && out.header("x-forwarded-proto") == "https");
  const auto address = asio::ip::make_address(peer_);
  out.local = address.is_loopback() && out.header("x-forwarded-for").empty() &&
              out.header("forwarded").empty();
  return out;
}

asio::awaitable<bool> Connection::serve_route(const Route& route, HeadParser& parser,
                                              HttpRequest& request) {
  BodyShare share(core_);
  const bool wants_close = !parser.keep_alive();
  if (!parser.is_done()) {
    if (auto refusal = co_await read_body(route, parser, request, share)) {
      co_await answer(request, *refusal, false);
      co_await linger();
      co_return false;
    }
  }
  // The handler's own time is bounded by what it waits for, not by the socket.
  stream_.next_layer().expires_never();
  HttpResponse response = co_await run_handler(route, request);
  allow_cross_origin(route, request, response);
  co_return co_await answer(request, response, !wants_close && !core_.stopping);
}

asio::awaitable<std::optional<HttpResponse>> Connection::read_body(const Route& route,
                                                                   HeadParser& parser,
                                                                   HttpRequest& request,
                                                                   BodyShare& share) {
  const HttpResponse too_large = problem(
      413, "too_large", "At most " + std::to_string(route.body_limit) + " bytes are taken here.");
  const auto length = parser.content_length();
  if (length && *length > route.body_limit) co_return too_large;
  const std::size_t reserved = length ? static_cast<std::size_t>(*length) : route.body_limit;
  if (!share.take(reserved))
    co_return problem_retry(503, "busy", "Too much is being uploaded at once.", seconds(5));
  const auto expect = request.header("expect");
  if (!expect.empty() && lower(expect) != "100-continue")
    co_return problem(417, "expectation_unknown", "Only 100-continue can be expected.");
  stream_.next_layer().expires_after(transfer_time(core_.settings, reserved));
  if (!expect.empty()) {
    constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
    auto [ec, n] = co_await asio::async_write(stream_, asio::buffer(kContinue), kTuple);
    if (ec) co_return problem(400, "bad_request", "The request broke off.");
  }
  http::request_parser<http::string_body> body(std::move(parser));
  body.body_limit(route.body_limit);
  auto [ec, n] = co_await http::async_read(stream_, buffer_, body, kTuple);
  if (ec == http::error::body_limit) co_return too_large;
  if (ec) co_return problem(400, "bad_request", "The request's body cannot be read.");
  request.body = std::move(body.get().body());
  co_return std::nullopt;
}

asio::awaitable<bool> Connection::serve_socket(const SocketRoute& route, HeadParser& parser,
                                               HttpRequest request) {
  UpgradeChoice choice = choose_upgrade(core_, request, route);
  if (!choice.refusal && (!parser.is_done() || buffer_.size() != 0))
    choice.refusal = problem(400, "bad_request", "Frames came before the upgrade was accepted.");
  if (choice.refusal) {
    const bool goes_on = co_await answer(request, *choice.refusal, parser.is_done());
    co_return goes_on&& buffer_.size() == 0;
  }
  const std::string head = render_upgrade(request, choice.protocol);
  stream_.next_layer().expires_after(transfer_time(core_.settings, 0));
  auto [ec, n] = co_await asio::async_write(stream_, asio::buffer(head), kTuple);
  if (ec) co_return false;
  moved_ = true;
  core_.live.erase(this);
  // A task of its own: nothing of what reading a request takes lives as long as the socket.
  core_.tasks.spawn(serve_websocket(
      core_, std::make_unique<Upgraded>(std::move(stream_), std::move(request), &route,
                                        std::move(choice.protocol), std::move(counted_))));
  co_return false;
}

/// False if the connection cannot go on.
asio::awaitable<bool> Connection::answer(const HttpRequest& request, const HttpResponse& response,
                                         bool keep_alive) {
  const std::string head = render_head(core_, request, response, keep_alive);
  const bool no_body = request.method == "HEAD" || response.status == 204 || response.status == 304;
  const std::array<asio::const_buffer, 2> buffers{
      asio::buffer(head), no_body ? asio::const_buffer() : asio::buffer(response.body)};
  stream_.next_layer().expires_after(transfer_time(core_.settings, response.body.size()));
  auto [ec, n] = co_await asio::async_write(stream_, buffers, kTuple);
  co_return !ec && keep_alive;
}

/// Closing with unread input resets the connection, and the answer with it: read on for a moment.
asio::awaitable<void> Connection::linger() {
  if (stream_.secure()) co_return;
  boost::system::error_code ignored;
  stream_.next_layer().socket().shutdown(tcp::socket::shutdown_send, ignored);
  stream_.next_layer().expires_after(kLinger);
  std::array<char, 4096> waste;
  for (std::size_t total = 0; total < kLingerBytes;) {
    auto [ec, n] = co_await stream_.async_read_some(asio::buffer(waste), kTuple);
    if (ec) co_return;
    total += n;
  }
}

}  // namespace

asio::awaitable<void> serve_connection(ServerCore& core, tcp::socket socket, std::string peer,
                                       std::unique_ptr<Admission> admission) {
  Connection connection(core, std::move(socket), std::move(peer), std::move(admission));
  co_await connection.run();
}

}  // namespace deskwire
