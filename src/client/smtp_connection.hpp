// SPDX-License-Identifier: Apache-2.0
// One kept connection to the smarthost: libcurl's easy interface, used by one thread at a time and
// blocking it.
#pragma once
#include <curl/curl.h>

#include <array>
#include <atomic>
#include <cstdint>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "client/smtp_sender.hpp"

namespace deskwire {

class SmtpConnection {
 public:
  /// The settings must outlive the connection.
  explicit SmtpConnection(const SmtpSettings& settings);
  ~SmtpConnection();
  SmtpConnection(const SmtpConnection&) = delete;
  SmtpConnection& operator=(const SmtpConnection&) = delete;

  /// Blocks until the outcome is known.
  SmtpResult deliver(const SmtpMessage& message);
  /// Ends a delivery under way and refuses later ones. Any thread.
  void abort();

 private:
  /// A command whose reply speaks about the mail itself.
  enum class Stage : std::uint8_t { before, mail, rcpt, data };
  /// One attempt: what was said.
  struct Dialogue {
    const std::string* data = nullptr;
    std::size_t sent_bytes = 0;
    Stage stage = Stage::before;
    SmtpReply last;
    std::vector<SmtpReply> replies;  ///< One a RCPT.
    std::array<char, CURL_ERROR_SIZE> error{};
    bool over = false;  ///< QUIT was said: its answer says nothing about the mail.
  };

  void open();
  void close();
  void set_up_tls();
  void set_up_times();
  CURLcode perform(const SmtpMessage& message);
  void read_no_more();
  [[nodiscard]] bool died_before_use(CURLcode result) const;
  [[nodiscard]] DeliveryState verdict(CURLcode result) const;
  [[nodiscard]] std::string detail(CURLcode result) const;
  void command_line(std::string_view line);
  void reply_line(std::string_view line);

  static std::size_t read_some(char* to, std::size_t size, std::size_t n, void* self);
  static int overhear(CURL* easy, curl_infotype type, char* data, std::size_t size, void* self);
  static curl_socket_t opened(void* self, curlsocktype purpose, curl_sockaddr* address);
  static int closed(void* self, curl_socket_t socket);
  static int asks_to_go_on(void* self, curl_off_t, curl_off_t, curl_off_t, curl_off_t);

  const SmtpSettings& settings_;
  CURL* easy_ = nullptr;
  Dialogue dialogue_;
  std::atomic<bool> aborted_ = false;
  std::mutex mutex_;
  std::set<curl_socket_t> sockets_;  ///< Under the mutex: another thread may end them.
};

}  // namespace deskwire
