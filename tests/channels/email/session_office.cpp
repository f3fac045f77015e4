// SPDX-License-Identifier: Apache-2.0
#include "channels/email/session_office.hpp"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <stdlib.h>

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <cstdio>
#include <stdexcept>

namespace deskwire::email {
namespace asio = boost::asio;
namespace {

constexpr auto kTuple = asio::as_tuple(asio::use_awaitable);

}  // namespace

void FakeGateway::submit(Command command, Lane, Done done) {
  commands.push_back(std::move(command));
  if (hold)
    held.push_back(std::move(done));
  else
    settle(std::move(done));
}

void FakeGateway::settle(Done done) {
  Submission submission = answer;
  submission.receipt.ticket = {commands.size()};
  submission.receipt.message = {100 + commands.size()};
  asio::post(loop_, [done = std::move(done), submission] { done(submission); });
}

void FakeGateway::release() {
  hold = false;
  for (auto& done : std::exchange(held, {})) settle(std::move(done));
}

asio::awaitable<void> InlineWorkers::read_job(std::function<void(Reader&)> job) {
  if (!reader) throw Busy("no readers here");
  job(*reader);
  co_return;
}
asio::awaitable<void> InlineWorkers::store_job(std::function<void(Store&)>) {
  throw Busy("no store here");
}
asio::awaitable<void> InlineWorkers::cpu_job(Pool, std::function<void()> job) {
  if (full) throw Busy("full");
  job();
  co_return;
}

asio::awaitable<std::string> Client::connect(const std::string& address) {
  if (address.starts_with("unix:")) {
    co_await socket_.async_connect(asio::local::stream_protocol::endpoint(address.substr(5)),
                                   asio::use_awaitable);
  } else {
    const auto colon = address.rfind(':');
    const asio::ip::tcp::endpoint endpoint(
        asio::ip::make_address(address.substr(0, colon)),
        static_cast<std::uint16_t>(std::stoi(address.substr(colon + 1))));
    co_await socket_.async_connect(endpoint, asio::use_awaitable);
  }
  co_return co_await line();
}

asio::awaitable<void> Client::send(std::string_view bytes) {
  if (tls_)
    co_await asio::async_write(*tls_, asio::buffer(bytes), kTuple);
  else
    co_await asio::async_write(socket_, asio::buffer(bytes), kTuple);
}

asio::awaitable<std::string> Client::line() {
  auto [ec, n] = tls_ ? co_await asio::async_read_until(*tls_, heard_, "\r\n", kTuple)
                      : co_await asio::async_read_until(socket_, heard_, "\r\n", kTuple);
  if (ec) co_return "<closed>";
  std::string out(asio::buffers_begin(heard_.data()),
                  asio::buffers_begin(heard_.data()) + static_cast<std::ptrdiff_t>(n - 2));
  heard_.consume(n);
  co_return out;
}

asio::awaitable<std::string> Client::ask(std::string_view bytes) {
  co_await send(bytes);
  for (;;) {
    std::string heard = co_await line();
    if (heard.size() < 4 || heard[3] != '-') co_return heard;
  }
}

asio::awaitable<std::string> Client::begin_mail(std::string_view hello) {
  co_await ask(hello);
  co_await ask("MAIL FROM:<ann@example.org>\r\n");
  co_await ask("RCPT TO:<support@demo.test>\r\n");
  co_return co_await ask("DATA\r\n");
}

asio::awaitable<void> Client::start_tls() {
  context_ = std::make_unique<asio::ssl::context>(asio::ssl::context::tls_client);
  tls_ = std::make_unique<asio::ssl::stream<asio::generic::stream_protocol::socket&>>(socket_,
                                                                                      *context_);
  co_await tls_->async_handshake(asio::ssl::stream_base::client, asio::use_awaitable);
}

ScratchFolder::ScratchFolder() {
  std::string name = (std::filesystem::temp_directory_path() / "deskwire-mail-XXXXXX").string();
  if (!::mkdtemp(name.data())) throw std::runtime_error("cannot make a folder for the test");
  path = name;
}

ScratchFolder::~ScratchFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path, ignored);
}

Office::Office(const std::function<void(EmailServerSettings&)>& change) {
  EmailServerSettings settings;
  settings.hostname = "mx.demo.test";
  settings.smtp = settings.lmtp = "127.0.0.1:0";
  settings.spool_directory = (folder.path / "spool").string();
  if (change) change(settings);
  if (settings.tls_certificate_file == "make one") add_certificate(settings, folder.path);
  if (settings.lmtp == "unix") settings.lmtp = "unix:" + (folder.path / "lmtp").string();
  parse = [](const Envelope&, std::string_view raw) {
    auto content = std::make_shared<MessageContent>();
    content->text = raw;
    ReceiveMessage message;
    message.content = std::move(content);
    return Command{{}, std::move(message)};
  };
  MailHouse::Seams seams{gateway, workers,
                         [this](const Envelope& envelope, std::string_view raw) {
                           envelopes.push_back(envelope);
                           return parse(envelope, raw);
                         },
                         [] { return Instant{1'789'000'000'000}; },
                         [](const Envelope&, std::string_view) {
                           ReceiveMessage message;
                           message.content = std::make_shared<MessageContent>();
                           return Command{{}, std::move(message)};
                         }};
  const KeyHasher hasher(KeyHasher::Secret{});
  std::vector<Mailbox> boxes(2);
  boxes[0] = {{1}, "support", "support@demo.test", "Support", {}};
  boxes[1] = {{2}, "billing", "billing@demo.test", "Billing", {}};
  channel =
      std::make_unique<EmailChannel>(loop.get_executor(), std::move(seams), std::move(settings),
                                     std::make_shared<Mailboxes>(std::move(boxes), hasher));
}

void Office::run(Story story) {
  channel->start();
  std::exception_ptr failure;
  asio::co_spawn(
      loop,
      [&]() -> asio::awaitable<void> {
        try {
          co_await story(*this);
        } catch (...) {
          failure = std::current_exception();
        }
        gateway.release();
        co_await channel->stop();
      },
      [&](const std::exception_ptr& error) {
        if (error && !failure) failure = error;
      });
  loop.run();
  if (failure) std::rethrow_exception(failure);
}

std::size_t Office::spool_files() const {
  const std::filesystem::directory_iterator files(folder.path / "spool");
  return static_cast<std::size_t>(std::ranges::count_if(files, [](const auto& file) {
    return file.path().filename().string().starts_with("mail-");
  }));
}

void Office::add_certificate(EmailServerSettings& settings, const std::filesystem::path& folder) {
  EVP_PKEY* key = EVP_EC_gen("P-256");
  X509* certificate = X509_new();
  X509_set_version(certificate, 2);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
  X509_gmtime_adj(X509_getm_notBefore(certificate), -3600);
  X509_gmtime_adj(X509_getm_notAfter(certificate), 3600);
  X509_set_pubkey(certificate, key);
  X509_NAME* subject = X509_get_subject_name(certificate);
  X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>("mx.demo.test"), -1, -1, 0);
  X509_set_issuer_name(certificate, subject);
  X509_sign(certificate, key, EVP_sha256());
  settings.tls_certificate_file = (folder / "cert.pem").string();
  settings.tls_key_file = (folder / "key.pem").string();
  std::FILE* file = std::fopen(settings.tls_certificate_file.c_str(), "w");
  PEM_write_X509(file, certificate);
  std::fclose(file);
  file = std::fopen(settings.tls_key_file.c_str(), "w");
  PEM_write_PrivateKey(file, key, nullptr, nullptr, 0, nullptr, nullptr);
  std::fclose(file);
  X509_free(certificate);
  EVP_PKEY_free(key);
}

}  // namespace deskwire::email
