// SPDX-License-Identifier: Apache-2.0
// Inbound text messages as Twilio's webhooks tell them: signed HTTP requests, each with a
// MessageSid of its own.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace deskwire::bench {

struct TwilioSettings {
  std::string authority = "127.0.0.1:8080";  ///< For the Host field.
  std::string public_url = "http://127.0.0.1:8080";
  std::string path = "/hooks/twilio/sms";
  std::string token = "demo-twilio-token";
  std::string account = "AC00000000000000000000000000000000";
  std::string to = "+15005550006";
  std::size_t senders = 1000;
  std::size_t start_sender = 0;
};

class TwilioRequests {
 public:
  /// Valid numbers in the one area code they all come from; start_sender + senders is at most this.
  static constexpr std::size_t kNumbers = 8'000'000;

  explicit TwilioRequests(TwilioSettings settings);

  /// Makes the first `count` now, as far as memory of a sensible size reaches, so that signing them
  /// is no part of what is measured.
  void prepare(std::size_t count);
  /// The whole request; good until the next call.
  std::string_view request(std::size_t number);

 private:
  [[nodiscard]] std::string make(std::size_t number) const;

  TwilioSettings settings_;
  std::uint64_t run_;  ///< Random: no MessageSid comes again in another run.
  std::string prepared_;
  std::vector<std::size_t> ends_;
  std::string last_;
};

}  // namespace deskwire::bench
