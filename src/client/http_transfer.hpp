// SPDX-License-Identifier: Apache-2.0
// One outbound request on the client's thread: an easy handle and what it has got so far.
#pragma once
#include <curl/curl.h>

#include <chrono>
#include <functional>
#include <string>

#include "client/http_client.hpp"

namespace deskwire {

class HttpTransfer {
 public:
  /// `call` must be one that `defect_of` finds nothing in.
  HttpTransfer(const HttpClientSettings& settings, HttpCall call);
  ~HttpTransfer();
  HttpTransfer(const HttpTransfer&) = delete;
  HttpTransfer& operator=(const HttpTransfer&) = delete;

  [[nodiscard]] CURL* handle() const { return easy_; }
  /// libcurl is done with it. True: it was redirected and goes on; add the handle again.
  [[nodiscard]] bool finish(CURLcode result);
  /// What is true when it is cut short.
  void abandon(const std::string& why);
  [[nodiscard]] HttpAnswer take() { return std::move(answer_); }

 private:
  void prepare();
  [[nodiscard]] bool redirect();
  [[nodiscard]] bool allows_any_address() const;
  void settle(CURLcode result);

  static std::size_t on_body(char* data, std::size_t one, std::size_t count, void* self);
  static std::size_t on_header(char* data, std::size_t one, std::size_t count, void* self);
  static curl_socket_t on_socket(void* self, curlsocktype purpose, curl_sockaddr* address);
  static int on_connected(void* self, char* remote, char* local, int remote_port, int local_port);

  const HttpClientSettings& settings_;
  HttpCall call_;
  HttpAnswer answer_;
  CURL* easy_ = nullptr;
  curl_slist* headers_ = nullptr;
  std::chrono::milliseconds left_;  ///< Of the call's time.
  unsigned redirects_ = 0;
  bool connected_ = false;        ///< Of this hop.
  bool refused_address_ = false;  ///< One of this hop's; another one may be allowed.
};

/// Why a call cannot even be tried; null: it can.
[[nodiscard]] const char* defect_of(const HttpCall& call);

}  // namespace deskwire
