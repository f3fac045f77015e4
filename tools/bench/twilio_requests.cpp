// SPDX-License-Identifier: Apache-2.0
#include "twilio_requests.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>
#include <cstdio>
#include <map>
#include <random>
#include <utility>

namespace deskwire::bench {
namespace {

constexpr std::size_t kPreparedBytes = 1u << 30;

using Fields = std::map<std::string, std::string>;  // Sorted as the signature wants them.

std::string form_encoded(std::string_view text) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '-' || c == '_' || c == '.' || c == '*';
    if (plain) {
      out += c;
    } else if (c == ' ') {
      out += '+';
    } else {
      out += '%';
      out += kHex[byte >> 4];
      out += kHex[byte & 15];
    }
  }
  return out;
}

/// What Twilio's documentation asks for: HMAC-SHA1 over the URL and each name and value, in base64.
std::string signature(std::string signed_text, const Fields& fields, const std::string& token) {
  for (const auto& [name, value] : fields) signed_text.append(name).append(value);
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int size = 0;
  HMAC(EVP_sha1(), token.data(), static_cast<int>(token.size()),
       reinterpret_cast<const unsigned char*>(signed_text.data()), signed_text.size(),
       digest.data(), &size);
  std::array<unsigned char, 64> text{};
  const int length = EVP_EncodeBlock(text.data(), digest.data(), static_cast<int>(size));
  return {text.begin(), text.begin() + length};
}

std::string sid(std::uint64_t run, std::uint64_t number) {
  std::array<char, 40> text{};
  std::snprintf(text.data(), text.size(), "SM%016llx%016llx", static_cast<unsigned long long>(run),
                static_cast<unsigned long long>(number));
  return text.data();
}

}  // namespace

TwilioRequests::TwilioRequests(TwilioSettings settings) : settings_(std::move(settings)) {
  std::random_device random;
  run_ = (std::uint64_t{random()} << 32) | random();
}

std::string TwilioRequests::make(std::size_t number) const {
  const std::size_t sender = settings_.start_sender + number % settings_.senders;
  const std::string message = sid(run_, number);
  const Fields fields{
      {"AccountSid", settings_.account},
      {"ApiVersion", "2010-04-01"},
      {"Body", "Hello, this is about parcel " + std::to_string(number) +
                   ": it left the depot on Monday & nobody has seen it since. Can you look?"},
      {"From", "+1415" + std::to_string(2'000'000 + sender)},
      {"FromCity", "SAN FRANCISCO"},
      {"FromCountry", "US"},
      {"FromState", "CA"},
      {"FromZip", "94105"},
      {"MessageSid", message},
      {"NumMedia", "0"},
      {"NumSegments", "1"},
      {"SmsMessageSid", message},
      {"SmsSid", message},
      {"SmsStatus", "received"},
      {"To", settings_.to},
      {"ToCity", ""},
      {"ToCountry", "US"},
      {"ToState", ""},
      {"ToZip", ""},
  };
  std::string body;
  for (const auto& [name, value] : fields) {
    if (!body.empty()) body += '&';
    body.append(name).append("=").append(form_encoded(value));
  }
  return "POST " + settings_.path + " HTTP/1.1\r\nHost: " + settings_.authority +
         "\r\nUser-Agent: TwilioProxy/1.1\r\nAccept: */*\r\n"
         "Content-Type: application/x-www-form-urlencoded; charset=UTF-8\r\nX-Twilio-Signature: " +
         signature(settings_.public_url + settings_.path, fields, settings_.token) +
         "\r\nI-Twilio-Idempotency-Token: " + message +
         "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

void TwilioRequests::prepare(std::size_t count) {
  for (std::size_t n = ends_.size(); n < count && prepared_.size() < kPreparedBytes; ++n) {
    prepared_ += make(n);
    ends_.push_back(prepared_.size());
  }
}

std::string_view TwilioRequests::request(std::size_t number) {
  if (number < ends_.size()) {
    const std::size_t begin = number == 0 ? 0 : ends_[number - 1];
    return std::string_view(prepared_).substr(begin, ends_[number] - begin);
  }
  last_ = make(number);
  return last_;
}

}  // namespace deskwire::bench
