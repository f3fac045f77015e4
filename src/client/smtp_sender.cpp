// SPDX-License-Identifier: Apache-2.0
#include "client/smtp_sender.hpp"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <exception>
#include <utility>

#include "client/smtp_connection.hpp"

namespace deskwire {
namespace {

bool can_be_written(std::string_view address) {
  return std::ranges::none_of(address, [](char c) {
    const auto u = static_cast<unsigned char>(c);
    return u < 0x20 || u == 0x7f || c == '<' || c == '>';
  });
}

/// Why it cannot even be tried; null: it can.
const char* defect_of(const SmtpMessage& message) {
  if (message.recipients.empty()) return "there is no recipient";
  if (!can_be_written(message.envelope_from) ||
      !std::ranges::all_of(message.recipients, can_be_written))
    return "an address cannot be written in SMTP";
  return nullptr;
}

SmtpResult untold(DeliveryState state, std::string detail) {
  SmtpResult result;
  result.state = state;
  result.detail = std::move(detail);
  return result;
}

}  // namespace

SmtpSender::SmtpSender(boost::asio::io_context& loop, SmtpSettings settings)
    : loop_(loop),
      settings_(std::move(settings)),
      connections_([this] {
        std::vector<std::unique_ptr<SmtpConnection>> connections;
        for (std::size_t i = 0; i < settings_.connections; ++i)
          connections.push_back(std::make_unique<SmtpConnection>(settings_));
        return connections;
      }()),
      threads_("desk-smtp", connections_.size(), limits::kSmtpQueue) {}

SmtpSender::~SmtpSender() { stop(); }

void SmtpSender::send(SmtpMessage message, std::function<void(SmtpResult)> done) {
  if (const char* defect = defect_of(message)) {
    boost::asio::post(
        loop_, [done = std::move(done), defect] { done(untold(DeliveryState::failed, defect)); });
    return;
  }
  const bool taken =
      threads_.try_post([this, message = std::move(message), done](std::size_t worker) mutable {
        SmtpResult result;
        try {
          result = connections_[worker]->deliver(message);
        } catch (const std::exception& e) {
          result = untold(DeliveryState::queued, without_addresses(e.what()));
        }
        boost::asio::post(loop_,
                          [done = std::move(done), result = std::move(result)] { done(result); });
      });
  if (taken) return;
  boost::asio::post(loop_, [done = std::move(done)] {
    done(untold(DeliveryState::queued, "too many messages are on their way"));
  });
}

void SmtpSender::stop() {
  for (const auto& connection : connections_) connection->abort();
  threads_.stop();
}

std::string without_addresses(std::string_view text, std::size_t most_bytes) {
  constexpr std::string_view marks = "<>()[]{}\",;:'`=";
  const auto printable = [](char c) { return c > ' ' && c < 0x7f; };
  const auto ends_word = [&](char c) { return !printable(c) || marks.contains(c); };
  std::string out;
  for (std::size_t i = 0; i < text.size();) {
    std::size_t end = i;
    while (end < text.size() && !ends_word(text[end])) ++end;
    const std::string_view word = text.substr(i, end - i);
    out += word.contains('@') ? "(address)" : word;
    if (end < text.size()) out += printable(text[end]) ? text[end] : ' ';
    i = end + 1;
  }
  if (out.size() > most_bytes) out.resize(most_bytes);
  return out;
}

}  // namespace deskwire
