// SPDX-License-Identifier: Apache-2.0
// libFuzzer entry for the SMTP and LMTP machine: the first byte chooses rules and how the rest is
// cut; the property is that cutting changes nothing.
#include <cstdint>
#include <cstdlib>

#include "channels/email/smtp_dialogue.hpp"

namespace {

std::string converse(const deskwire::email::SmtpRules& rules, std::string_view bytes,
                     std::size_t step) {
  deskwire::email::Dialogue dialogue(rules);
  std::string out = dialogue.say(bytes, step);
  for (const auto& mail : dialogue.mails) out += mail.body;
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  deskwire::email::SmtpRules rules;
  rules.lmtp = data[0] & 1;
  rules.tls_offered = data[0] & 2;
  rules.bare_line_ends = data[0] & 4 ? deskwire::email::BareLineEnds::normalise
                                     : deskwire::email::BareLineEnds::refuse;
  rules.max_message_bytes = data[0] & 8 ? 64 : 1 << 20;
  const std::string_view bytes(reinterpret_cast<const char*>(data + 1), size - 1);
  if (converse(rules, bytes, std::string_view::npos) != converse(rules, bytes, 1 + (data[0] >> 4)))
    std::abort();
  return 0;
}
