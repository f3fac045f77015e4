// SPDX-License-Identifier: Apache-2.0
#include "channels/email/trace_header.hpp"

#include <algorithm>
#include <array>
#include <chrono>

namespace deskwire::email {
namespace {

std::string two_digits(std::int64_t n) {
  return std::string{static_cast<char>('0' + n / 10 % 10), static_cast<char>('0' + n % 10)};
}

/// What a client calls itself goes into a header that programs read: nothing that could close a
/// comment or begin one stays.
std::string harmless(std::string_view word) {
  std::string out(word.empty() ? "unknown" : word);
  std::ranges::replace_if(
      out,
      [](char c) {
        return static_cast<unsigned char>(c) <= 0x20 || std::string_view("()<>,;\\\"").contains(c);
      },
      '?');
  return out;
}

bool is_received_line(std::string_view line) {
  constexpr std::string_view kName = "received:";
  return line.size() >= kName.size() &&
         std::ranges::equal(line.substr(0, kName.size()), kName, {}, [](char c) {
           return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
         });
}

}  // namespace

std::string mail_date(Instant at) {
  using namespace std::chrono;
  static constexpr std::array<std::string_view, 7> kDays{"Sun", "Mon", "Tue", "Wed",
                                                         "Thu", "Fri", "Sat"};
  static constexpr std::array<std::string_view, 12> kMonths{
      "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const sys_seconds when{floor<std::chrono::seconds>(std::chrono::milliseconds(at.ms))};
  const auto day = floor<std::chrono::days>(when);
  const year_month_day date{day};
  const std::int64_t second = (when - day).count();
  std::string out(kDays.at(weekday{day}.c_encoding()));
  out += ", " + two_digits(static_cast<unsigned>(date.day())) + " ";
  out += kMonths.at(static_cast<unsigned>(date.month()) - 1);
  out += " " + std::to_string(static_cast<int>(date.year())) + " ";
  out += two_digits(second / 3600) + ":" + two_digits(second / 60 % 60) + ":" +
         two_digits(second % 60);
  return out + " +0000";
}

std::string with_protocol(const Trace& trace) {
  std::string out = trace.smtputf8 ? "UTF8" : "";
  if (trace.lmtp)
    out += "LMTP";
  else if (trace.extended)
    out += trace.smtputf8 ? "SMTP" : "ESMTP";
  else
    out += "SMTP";
  if (trace.tls) out += "S";
  return out;
}

std::string trace_header(const Trace& trace) {
  std::string out = "Return-Path: <";
  out.append(trace.sender).append(">\r\nReceived: from ").append(harmless(trace.helo));
  if (!trace.remote_ip.empty()) {
    const bool v6 = trace.remote_ip.contains(':');
    out.append(v6 ? " ([IPv6:" : " ([").append(trace.remote_ip).append("])");
  }
  out.append("\r\n\tby ").append(trace.hostname).append(" with ").append(with_protocol(trace));
  out.append(" id ").append(trace.id);
  if (!trace.recipient.empty()) out.append("\r\n\tfor <").append(trace.recipient).append(">");
  return out.append(";\r\n\t").append(mail_date(trace.at)).append("\r\n");
}

std::size_t count_hops(std::string_view mail) {
  std::size_t hops = 0;
  while (!mail.empty() && hops <= kMaxHops) {
    const auto end = mail.find('\n');
    const auto line = mail.substr(0, end);
    if (line.empty() || line == "\r") break;
    if (is_received_line(line)) ++hops;
    if (end == std::string_view::npos) break;
    mail.remove_prefix(end + 1);
  }
  return hops;
}

}  // namespace deskwire::email
