// SPDX-License-Identifier: Apache-2.0
#include "channels/email/smtp_reply.hpp"

namespace deskwire::email {
namespace {

std::string status_part(const SmtpReply& reply) {
  std::string out = std::to_string(reply.code);
  if (!reply.enhanced.empty()) out.append(" ").append(reply.enhanced);
  return out;
}

}  // namespace

std::string wire_form(const SmtpReply& reply) {
  return status_part(reply).append(" ").append(reply.text).append("\r\n");
}

std::string wire_form(const SmtpReply& reply, std::string_view subject) {
  return status_part(reply)
      .append(" ")
      .append(subject)
      .append(" ")
      .append(reply.text)
      .append("\r\n");
}

}  // namespace deskwire::email
