// SPDX-License-Identifier: Apache-2.0
// Framing: command lines, DATA and BDAT bodies, and what is said at their end. The verbs are in
// smtp_verbs.cpp.
#include "channels/email/smtp_machine.hpp"

#include <algorithm>
#include <utility>

namespace deskwire::email {
namespace {

constexpr const char* kBareLineEnd = "5.6.11";

}  // namespace

SmtpMachine::SmtpMachine(const SmtpRules& rules, SmtpHost& host)
    : rules_(rules), host_(host), reader_(DataReader::Framing::dots, rules.bare_line_ends) {}

SmtpMachine::Want SmtpMachine::greet() {
  say({220, "", rules_.hostname + (rules_.lmtp ? " LMTP Deskwire" : " ESMTP Deskwire")});
  return want_;
}

SmtpMachine::Want SmtpMachine::feed(std::string_view& input) {
  while (want_ == Want::input && !input.empty()) {
    switch (stage_) {
      case Stage::data:
        read_data(input);
        break;
      case Stage::chunk:
        read_chunk(input);
        break;
      case Stage::hello:
      case Stage::idle:
      case Stage::mail:
      case Stage::rcpt:
        read_command(input);
        break;
    }
  }
  // Commands that came in the clear behind STARTTLS must not be taken for ones sent inside TLS
  // (CVE-2011-0411).
  if (want_ == Want::tls) input = {};
  return want_;
}

SmtpMachine::Want SmtpMachine::delivered(const SmtpReply& verdict) {
  say_for_all(verdict);
  if (verdict.positive()) errors_ = commands_ = 0;
  reset_transaction();
  want_ = Want::input;
  return want_;
}

SmtpMachine::Want SmtpMachine::tls_started() {
  reset_transaction();
  line_.clear();
  helo_.clear();
  stage_ = Stage::hello;  // RFC 3207 §4.2: everything learned in the clear is forgotten.
  tls_active_ = true;
  want_ = Want::input;
  return want_;
}

SmtpMachine::Want SmtpMachine::end(const SmtpReply& reply) {
  say(reply);
  reset_transaction();
  want_ = Want::close;
  return want_;
}

std::string SmtpMachine::take_replies() { return std::exchange(replies_, {}); }

std::string SmtpMachine::take_body() { return std::exchange(body_, {}); }

void SmtpMachine::refuse_body(SmtpReply reply) {
  if (!no_room_) no_room_ = std::move(reply);
  body_.clear();
}

/// Collects one line up to its LF; what exceeds the bound is skipped, so that a line is answered
/// once however long it is.
void SmtpMachine::read_command(std::string_view& input) {
  const auto newline = input.find('\n');
  const auto part = input.substr(0, newline);
  const bool whole = newline != std::string_view::npos;
  input.remove_prefix(whole ? newline + 1 : input.size());
  if (line_.size() + part.size() + 1 > rules_.max_command_bytes) overlong_ = true;
  if (!whole) {
    if (overlong_)
      line_.clear();
    else
      line_.append(part);
    return;
  }
  if (std::exchange(overlong_, false)) {
    line_.clear();
    return fail({500, "5.5.2", "Line too long"});
  }
  if (line_.empty()) return take_line(part);
  line_.append(part);
  take_line(std::exchange(line_, {}));
}

void SmtpMachine::take_line(std::string_view line) {
  if (++commands_ > rules_.max_commands) {
    end({421, "4.7.0", rules_.hostname + " Too many commands without a mail, closing"});
    return;
  }
  if (!line.ends_with('\r')) return fail({500, "5.5.2", "Lines must end with CR LF"});
  line.remove_suffix(1);
  const bool control = std::ranges::any_of(line, [](char c) {
    return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7F;
  });
  if (control) return fail({500, "5.5.2", "Control characters are not allowed in commands"});
  while (line.ends_with(' ') || line.ends_with('\t')) line.remove_suffix(1);
  dispatch(line);
}

void SmtpMachine::read_data(std::string_view& input) {
  bool ended = false;
  take_body_bytes(input, ended);
  if (ended) end_body();
}

void SmtpMachine::read_chunk(std::string_view& input) {
  auto part =
      input.substr(0, static_cast<std::size_t>(std::min<std::uint64_t>(input.size(), chunk_left_)));
  input.remove_prefix(part.size());
  chunk_left_ -= part.size();
  if (!chunk_error_) {
    bool ended = false;
    take_body_bytes(part, ended);
  }
  if (chunk_left_ == 0) end_chunk();
}

/// Moves bytes into the body, or nowhere once it is clear that the mail will be refused.
void SmtpMachine::take_body_bytes(std::string_view& input, bool& ended) {
  const std::size_t kept = body_.size();
  ended = reader_.read(input, body_);
  body_bytes_ += body_.size() - kept;
  if (body_refusal()) body_.clear();
}

/// Depends on the body's bytes alone, not on how they were cut, so its verdict counts only at the
/// end.
std::optional<SmtpReply> SmtpMachine::body_refusal() const {
  if (reader_.saw_bare_line_end() && rules_.bare_line_ends == BareLineEnds::refuse) {
    return SmtpReply{550, kBareLineEnd, "Bare CR or LF in the mail; lines must end with CR LF"};
  }
  if (body_bytes_ > rules_.max_message_bytes)
    return SmtpReply{552, "5.3.4", "Message exceeds the size limit"};
  if (reader_.longest_line_bytes() > rules_.max_text_line_bytes)
    return SmtpReply{554, "5.6.0", "A line of the mail is too long"};
  return no_room_;
}

void SmtpMachine::begin_body(DataReader::Framing framing) {
  reader_ = DataReader(framing, rules_.bare_line_ends);
  ++mail_number_;
  body_.clear();
  body_bytes_ = 0;
  no_room_.reset();
}

/// The last octet of a mail is in: hand it over, or say why not. After bare line ends the
/// connection may be out of step with what the client's side believes, so nothing more is taken
/// from it.
void SmtpMachine::end_body() {
  stage_ = Stage::rcpt;
  chunks_begun_ = false;
  const auto refusal = body_refusal();
  if (!refusal) {
    want_ = Want::delivery;
    return;
  }
  say_for_all(*refusal);
  drop_body(*refusal);
}

void SmtpMachine::drop_body(const SmtpReply& refusal) {
  const bool out_of_step = refusal.enhanced == kBareLineEnd;
  reset_transaction();
  if (out_of_step) want_ = Want::close;
}

void SmtpMachine::end_chunk() {
  if (chunk_error_) {
    const SmtpReply error = *std::exchange(chunk_error_, std::nullopt);
    reset_transaction();
    stage_ = helo_.empty() ? Stage::hello : Stage::idle;
    return fail(error);
  }
  if (chunk_last_) {
    reader_.finish(body_);
    return end_body();
  }
  if (const auto refusal =
          body_refusal()) {  // RFC 3030 §2: later chunks of this mail then find no transaction.
    say(*refusal);
    return drop_body(*refusal);
  }
  stage_ = Stage::rcpt;
  say({250, "2.0.0", std::to_string(chunk_bytes_) + " octets received"});
}

void SmtpMachine::say(const SmtpReply& reply) { replies_ += wire_form(reply); }

/// LMTP answers a mail once for each recipient, in the order of the RCPTs (RFC 2033 §4.2).
void SmtpMachine::say_for_all(const SmtpReply& reply) {
  if (!rules_.lmtp) return say(reply);
  for (const SmtpRecipient& recipient : transaction_.recipients)
    replies_ += wire_form(reply, "<" + recipient.given + ">");
}

/// A refused command. A client that does nothing else is sent away.
void SmtpMachine::fail(const SmtpReply& reply) {
  say(reply);
  if (reply.permanent_failure() && ++errors_ >= rules_.max_errors)
    end({421, "4.7.0", rules_.hostname + " Too many errors, closing"});
}

void SmtpMachine::reset_transaction() {
  transaction_ = {};
  chunks_begun_ = false;
  no_room_.reset();
  body_.clear();
  if (stage_ != Stage::hello) stage_ = Stage::idle;
}

}  // namespace deskwire::email
