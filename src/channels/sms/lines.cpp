// SPDX-License-Identifier: Apache-2.0
#include "channels/sms/lines.hpp"

#include <algorithm>
#include <utility>

#include "http/form.hpp"
#include "text/phone.hpp"

namespace deskwire::sms {
namespace {

constexpr std::string_view kGeneric = "generic";

/// As providers write numbers; shorter than one such number none is, and there is nothing to read.
bool is_e164(std::string_view number) {
  constexpr std::size_t kLeast = 9, kMost = 16;
  return number.size() >= kLeast && number.size() <= kMost && number[0] == '+' &&
         number[1] != '0' &&
         std::ranges::all_of(number.substr(1), [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

std::string SmsLine::scope() const { return line.account.empty() ? name : line.account; }

std::string SmsLine::normalised(std::string_view number) const {
  if (is_e164(number)) return std::string(number);
  return text::to_e164(number, region).value_or(std::string(number));
}

SmsLines::SmsLines(std::vector<SmsLine> lines, std::string public_url,
                   std::vector<SmsLine> recordings)
    : lines_(std::move(lines)),
      recordings_(std::move(recordings)),
      public_url_(std::move(public_url)) {}

const SmsLine* SmsLines::media_source(ChannelId channel) const {
  if (const SmsLine* line = of(channel)) return line;
  const auto found = std::ranges::find(recordings_, channel, &SmsLine::channel);
  return found == recordings_.end() ? nullptr : &*found;
}

const SmsLine* SmsLines::of(ChannelId channel) const {
  const auto found = std::ranges::find(lines_, channel, &SmsLine::channel);
  return found == lines_.end() ? nullptr : &*found;
}

const SmsLine* SmsLines::generic(std::string_view channel) const {
  for (const SmsLine& line : lines_)
    if (line.adapter->name() == kGeneric && line.name == channel) return &line;
  return nullptr;
}

std::vector<const SmsLine*> SmsLines::candidates(const Adapter& adapter,
                                                 std::string_view account) const {
  std::vector<const SmsLine*> all, named;
  for (const SmsLine& line : lines_) {
    if (line.adapter != &adapter) continue;
    all.push_back(&line);
    const bool is_named = line.line.account == account || line.line.key == account;
    if (!account.empty() && is_named) named.push_back(&line);
  }
  return named.empty() ? all : named;
}

std::string SmsLines::status_url(const SmsLine& line, std::string_view token) const {
  const std::string path = line.adapter->name() == kGeneric
                               ? "/hooks/sms/" + percent_encode(line.name)
                               : "/hooks/" + std::string(line.adapter->name()) + "/status";
  return public_url_ + path + "?m=" + percent_encode(token);
}

const SmsLine& receiver(const std::vector<const SmsLine*>& believed, std::string_view to) {
  for (const SmsLine* line : believed)
    if (line->line.number == line->normalised(to)) return *line;
  return *believed.front();
}

}  // namespace deskwire::sms
