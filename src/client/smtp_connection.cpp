// SPDX-License-Identifier: Apache-2.0
#include "client/smtp_connection.hpp"

#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <stdexcept>
#include <utility>

#include "client/curl_init.hpp"

namespace deskwire {
namespace {

/// Replies about our log-in (RFC 4954 §6): wrong for every mail, so no mail is given up for them.
bool is_about_us(std::uint16_t code) {
  return code == 530 || code == 534 || code == 535 || code == 538;
}

bool is_final(const SmtpReply& reply) { return reply.code / 100 == 5 && !is_about_us(reply.code); }

std::string url_of(const SmtpSettings& settings) {
  const bool bare_v6 = settings.host.find(':') != std::string::npos && settings.host.front() != '[';
  const std::string host = bare_v6 ? "[" + settings.host + "]" : settings.host;
  std::string ehlo = settings.ehlo_name.empty() ? "localhost" : settings.ehlo_name;
  if (char* escaped = curl_easy_escape(nullptr, ehlo.c_str(), static_cast<int>(ehlo.size()))) {
    ehlo = escaped;
    curl_free(escaped);
  }
  return (settings.tls == SmtpTls::implicit ? "smtps://" : "smtp://") + host + ":" +
         std::to_string(settings.port) + "/" + ehlo;
}

}  // namespace

SmtpConnection::SmtpConnection(const SmtpSettings& settings) : settings_(settings) { init_curl(); }

SmtpConnection::~SmtpConnection() { close(); }

void SmtpConnection::open() {
  if (easy_) return;
  easy_ = curl_easy_init();
  if (!easy_) throw std::bad_alloc();
  curl_easy_setopt(easy_, CURLOPT_URL, url_of(settings_).c_str());
  curl_easy_setopt(easy_, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
  curl_easy_setopt(easy_, CURLOPT_PROXY, "");  // Not from the environment.
  curl_easy_setopt(easy_, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy_, CURLOPT_QUICK_EXIT, 1L);  // An abort does not wait for a name server.
  // One dead address must not keep the mail from the others.
  curl_easy_setopt(easy_, CURLOPT_MAIL_RCPT_ALLLOWFAILS, 1L);
  curl_easy_setopt(easy_, CURLOPT_UPLOAD, 1L);
  curl_easy_setopt(easy_, CURLOPT_READFUNCTION, &SmtpConnection::read_some);
  curl_easy_setopt(easy_, CURLOPT_READDATA, this);
  // The dialogue is overheard to tell a refused mail from a refused log-in; nothing of it is
  // logged.
  curl_easy_setopt(easy_, CURLOPT_VERBOSE, 1L);
  curl_easy_setopt(easy_, CURLOPT_DEBUGFUNCTION, &SmtpConnection::overhear);
  curl_easy_setopt(easy_, CURLOPT_DEBUGDATA, this);
  curl_easy_setopt(easy_, CURLOPT_ERRORBUFFER, dialogue_.error.data());
  curl_easy_setopt(easy_, CURLOPT_OPENSOCKETFUNCTION, &SmtpConnection::opened);
  curl_easy_setopt(easy_, CURLOPT_OPENSOCKETDATA, this);
  curl_easy_setopt(easy_, CURLOPT_CLOSESOCKETFUNCTION, &SmtpConnection::closed);
  curl_easy_setopt(easy_, CURLOPT_CLOSESOCKETDATA, this);
  curl_easy_setopt(easy_, CURLOPT_NOPROGRESS, 0L);
  curl_easy_setopt(easy_, CURLOPT_XFERINFOFUNCTION, &SmtpConnection::asks_to_go_on);
  curl_easy_setopt(easy_, CURLOPT_XFERINFODATA, this);
  if (!settings_.user.empty()) {
    curl_easy_setopt(easy_, CURLOPT_USERNAME, settings_.user.c_str());
    curl_easy_setopt(easy_, CURLOPT_PASSWORD, settings_.password.c_str());
    curl_easy_setopt(easy_, CURLOPT_SASL_IR, 1L);  // Saves a round trip.
  }
  set_up_tls();
  set_up_times();
}

/// A kept connection is closed with a farewell, whose answer nobody waits for.
void SmtpConnection::close() {
  read_no_more();
  curl_easy_cleanup(std::exchange(easy_, nullptr));
}

void SmtpConnection::set_up_tls() {
  const long use = settings_.tls == SmtpTls::none ? CURLUSESSL_NONE : CURLUSESSL_ALL;
  curl_easy_setopt(easy_, CURLOPT_USE_SSL, use);
  curl_easy_setopt(easy_, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  curl_easy_setopt(easy_, CURLOPT_SSL_VERIFYPEER, settings_.verify_certificate ? 1L : 0L);
  curl_easy_setopt(easy_, CURLOPT_SSL_VERIFYHOST, settings_.verify_certificate ? 2L : 0L);
  if (!settings_.ca_file.empty())
    curl_easy_setopt(easy_, CURLOPT_CAINFO, settings_.ca_file.c_str());
}

void SmtpConnection::set_up_times() {
  // libcurl counts replies in whole seconds; 0 would mean its own default.
  const long reply_s =
      std::max(1L, static_cast<long>((settings_.reply_timeout.count() + 999) / 1000));
  curl_easy_setopt(easy_, CURLOPT_SERVER_RESPONSE_TIMEOUT, reply_s);
  curl_easy_setopt(easy_, CURLOPT_CONNECTTIMEOUT_MS,
                   static_cast<long>(settings_.connect_timeout.count()));
  curl_easy_setopt(easy_, CURLOPT_TIMEOUT_MS, static_cast<long>(settings_.total_timeout.count()));
}

SmtpResult SmtpConnection::deliver(const SmtpMessage& message) {
  CURLcode result = perform(message);
  if (died_before_use(result)) {
    close();
    result = perform(message);
  }
  SmtpResult answer;
  answer.state = verdict(result);
  answer.detail = detail(result);
  answer.last = std::move(dialogue_.last);
  answer.recipients = std::move(dialogue_.replies);
  if (result != CURLE_OK) close();  // Nobody knows what state the other side is in.
  return answer;
}

CURLcode SmtpConnection::perform(const SmtpMessage& message) {
  if (aborted_) return CURLE_ABORTED_BY_CALLBACK;
  dialogue_ = {};
  dialogue_.data = &message.data;
  open();
  curl_slist* recipients = nullptr;
  for (const std::string& recipient : message.recipients)
    recipients = curl_slist_append(recipients, recipient.c_str());
  curl_easy_setopt(easy_, CURLOPT_MAIL_FROM, message.envelope_from.c_str());
  curl_easy_setopt(easy_, CURLOPT_MAIL_RCPT, recipients);
  curl_easy_setopt(easy_, CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(message.data.size()));
  const CURLcode result = curl_easy_perform(easy_);
  curl_easy_setopt(easy_, CURLOPT_MAIL_RCPT, nullptr);
  curl_slist_free_all(recipients);
  return aborted_ && result != CURLE_OK ? CURLE_ABORTED_BY_CALLBACK : result;
}

void SmtpConnection::abort() {
  aborted_ = true;
  const std::lock_guard lock(mutex_);
  for (const curl_socket_t socket : sockets_) ::shutdown(socket, SHUT_RDWR);
}

/// libcurl would wait for the answer to QUIT as long as for any other reply.
void SmtpConnection::read_no_more() {
  const std::lock_guard lock(mutex_);
  for (const curl_socket_t socket : sockets_) ::shutdown(socket, SHUT_RD);
}

std::size_t SmtpConnection::read_some(char* to, std::size_t size, std::size_t n, void* self) {
  Dialogue& dialogue = static_cast<SmtpConnection*>(self)->dialogue_;
  const std::size_t count = std::min(size * n, dialogue.data->size() - dialogue.sent_bytes);
  std::memcpy(to, dialogue.data->data() + dialogue.sent_bytes, count);
  dialogue.sent_bytes += count;
  return count;
}

int SmtpConnection::overhear(CURL*, curl_infotype type, char* data, std::size_t size, void* self) {
  auto& connection = *static_cast<SmtpConnection*>(self);
  if (type == CURLINFO_HEADER_IN) connection.reply_line({data, size});
  if (type == CURLINFO_HEADER_OUT) connection.command_line({data, size});
  return 0;
}

void SmtpConnection::command_line(std::string_view line) {
  if (line.starts_with("QUIT")) {
    // A quick smarthost has answered before the shutdown.
    dialogue_.over = true;
    return read_no_more();
  }
  if (line.starts_with("MAIL FROM:")) dialogue_.stage = Stage::mail;
  if (line.starts_with("RCPT TO:")) {
    dialogue_.stage = Stage::rcpt;
    dialogue_.replies.emplace_back();
  }
  if (line.starts_with("DATA")) dialogue_.stage = Stage::data;
  dialogue_.last = {};
}

void SmtpConnection::reply_line(std::string_view line) {
  if (dialogue_.over) return;
  while (line.ends_with('\n') || line.ends_with('\r')) line.remove_suffix(1);
  std::uint16_t code = 0;
  const char* const digits_end = line.data() + std::min<std::size_t>(3, line.size());
  if (std::from_chars(line.data(), digits_end, code).ptr != line.data() + 3) return;
  dialogue_.last = {code, std::string(line.substr(0, 512))};
  if (dialogue_.stage == Stage::rcpt) dialogue_.replies.back() = dialogue_.last;
}

curl_socket_t SmtpConnection::opened(void* self, curlsocktype, curl_sockaddr* address) {
  auto& connection = *static_cast<SmtpConnection*>(self);
  const std::lock_guard lock(connection.mutex_);
  if (connection.aborted_) return CURL_SOCKET_BAD;
  const int socket = ::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
  if (socket < 0) return CURL_SOCKET_BAD;
  connection.sockets_.insert(socket);
  return socket;
}

int SmtpConnection::closed(void* self, curl_socket_t socket) {
  auto& connection = *static_cast<SmtpConnection*>(self);
  const std::lock_guard lock(connection.mutex_);
  connection.sockets_.erase(socket);
  return ::close(socket);
}

int SmtpConnection::asks_to_go_on(void* self, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  return static_cast<SmtpConnection*>(self)->aborted_ ? 1 : 0;
}

/// A kept connection that the smarthost had given up meanwhile says nothing about the mail.
bool SmtpConnection::died_before_use(CURLcode result) const {
  if (result == CURLE_OK || aborted_ || !easy_) return false;
  long connects = 0;
  curl_easy_getinfo(easy_, CURLINFO_NUM_CONNECTS, &connects);
  return connects == 0 && dialogue_.stage <= Stage::mail &&
         (dialogue_.last.code == 0 || dialogue_.last.code == 421);
}

DeliveryState SmtpConnection::verdict(CURLcode result) const {
  if (result == CURLE_OK) return DeliveryState::sent;
  if (dialogue_.stage == Stage::before) return DeliveryState::queued;
  if (dialogue_.stage == Stage::rcpt && !std::ranges::all_of(dialogue_.replies, is_final))
    return DeliveryState::queued;
  return is_final(dialogue_.last) ? DeliveryState::failed : DeliveryState::queued;
}

std::string SmtpConnection::detail(CURLcode result) const {
  const SmtpReply& last = dialogue_.last;
  if (result == CURLE_OK) {
    const auto refused = std::ranges::find_if(dialogue_.replies,
                                              [](const SmtpReply& r) { return r.code / 100 != 2; });
    if (refused == dialogue_.replies.end()) return without_addresses(last.text);
    return without_addresses("not to every recipient: " + refused->text);
  }
  if (result == CURLE_ABORTED_BY_CALLBACK) return "stopped while it was being sent";
  if (last.code >= 400) return without_addresses(last.text);
  return without_addresses(dialogue_.error.front() ? dialogue_.error.data()
                                                   : curl_easy_strerror(result));
}

}  // namespace deskwire
