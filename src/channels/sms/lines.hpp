// SPDX-License-Identifier: Apache-2.0
// Our numbers for text messages, and which of them a request or a message is about.
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "channels/sms/gateway.hpp"
#include "deskwire/base/id.hpp"

namespace deskwire::sms {

struct SmsLine {
  ChannelId channel;
  std::string name;  ///< The channel's.
  const Adapter* adapter = nullptr;
  Line line;
  std::string region;                 ///< How national numbers are read.
  std::string help_reply;             ///< What HELP is answered; empty: nothing.
  std::uint64_t max_media_bytes = 0;  ///< One attachment; 0: none are fetched.

  /// Distinguishes the ids that its provider gives: the account, else the channel.
  [[nodiscard]] std::string scope() const;
  /// `number` in E.164, or as it is if it is no such number.
  [[nodiscard]] std::string normalised(std::string_view number) const;
};

/// Immutable; a reload makes a new one.
class SmsLines {
 public:
  /// `public_url` is how providers reach us, without a trailing slash. `recordings` are numbers for
  /// calls: only what callers leave behind is fetched by them.
  SmsLines(std::vector<SmsLine> lines, std::string public_url,
           std::vector<SmsLine> recordings = {});

  [[nodiscard]] const std::vector<SmsLine>& all() const { return lines_; }
  [[nodiscard]] const std::string& public_url() const { return public_url_; }
  [[nodiscard]] const SmsLine* of(ChannelId channel) const;
  /// Whose log-in fetches the media of that channel's messages.
  [[nodiscard]] const SmsLine* media_source(ChannelId channel) const;
  /// Of the generic gateway.
  [[nodiscard]] const SmsLine* generic(std::string_view channel) const;
  /// Lines of a provider that a request may be for: of the account that it names, if we know that
  /// one, else all.
  [[nodiscard]] std::vector<const SmsLine*> candidates(const Adapter& adapter,
                                                       std::string_view account) const;
  /// Where a provider is to report what became of a message.
  [[nodiscard]] std::string status_url(const SmsLine& line, std::string_view token) const;

 private:
  std::vector<SmsLine> lines_, recordings_;
  std::string public_url_;
};

using SmsLinesPtr = std::shared_ptr<const SmsLines>;

/// The line that a text to `to` is for; the first of `believed`, which is never empty, when none
/// has that number: a provider's pool may answer with numbers that we were not told of.
[[nodiscard]] const SmsLine& receiver(const std::vector<const SmsLine*>& believed,
                                      std::string_view to);

}  // namespace deskwire::sms
