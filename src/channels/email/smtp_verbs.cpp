// SPDX-License-Identifier: Apache-2.0
// The verbs: one table says who may say what, how, and when; a function for each says what it does.
#include <algorithm>
#include <array>
#include <charconv>

#include "channels/email/smtp_machine.hpp"
#include "channels/email/smtp_path.hpp"
#include "deskwire/base/utf8.hpp"

namespace deskwire::email {
namespace {

/// Past this a BDAT is no mail of anyone's, and skipping its octets would only waste the line.
constexpr std::uint64_t kAbsurdChunkBytes = 1ULL << 30;

const SmtpReply kSyntax{501, "5.5.4", "Syntax error in the argument"};

std::optional<std::uint64_t> parse_count(std::string_view digits) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (digits.empty() || error != std::errc{} || end != digits.data() + digits.size())
    return std::nullopt;
  return value;
}

SmtpReply path_reply(SmtpPathError error, const char* bad_address) {
  switch (error) {
    case SmtpPathError::syntax:
      return {501, "5.5.4", "Syntax error in the path or its parameters"};
    case SmtpPathError::bad_address:
      return {501, bad_address, "That is no mail address"};
    case SmtpPathError::too_long:
      return {501, bad_address, "The address is too long"};
  }
  return kSyntax;
}

}  // namespace

struct SmtpMachine::Verb {
  std::string_view name;
  void (SmtpMachine::*run)(std::string_view);
  Argument argument;
  Spoken spoken;
  bool after_hello;  ///< Only once the client has introduced itself.
};

const SmtpMachine::Verb* SmtpMachine::find_verb(std::string_view word) {
  using M = SmtpMachine;
  static constexpr std::array<Verb, 23> kVerbs{{
      {"MAIL", &M::on_mail, Argument::required, Spoken::both, true},
      {"RCPT", &M::on_rcpt, Argument::required, Spoken::both, true},
      {"DATA", &M::on_data, Argument::none, Spoken::both, true},
      // BDAT's octets follow even when it is out of place.
      {"BDAT", &M::on_bdat, Argument::optional, Spoken::both, false},
      {"EHLO", &M::on_extended_hello, Argument::required, Spoken::smtp, false},
      {"HELO", &M::on_hello, Argument::required, Spoken::smtp, false},
      {"LHLO", &M::on_extended_hello, Argument::required, Spoken::lmtp, false},
      {"RSET", &M::on_rset, Argument::none, Spoken::both, false},
      {"NOOP", &M::on_noop, Argument::optional, Spoken::both, false},
      {"QUIT", &M::on_quit, Argument::none, Spoken::both, false},
      {"VRFY", &M::on_vrfy, Argument::required, Spoken::both, false},
      {"HELP", &M::on_help, Argument::optional, Spoken::both, false},
      {"STARTTLS", &M::on_starttls, Argument::none, Spoken::both, true},
      {"EXPN", &M::on_unavailable, Argument::optional, Spoken::both, false},
      {"AUTH", &M::on_unavailable, Argument::optional, Spoken::both, false},
      {"ETRN", &M::on_unavailable, Argument::optional, Spoken::both, false},
      {"TURN", &M::on_unavailable, Argument::optional, Spoken::both, false},
      {"SEND", &M::on_unavailable, Argument::optional, Spoken::both, false},
      {"SOML", &M::on_unavailable, Argument::optional, Spoken::both, false},
      {"SAML", &M::on_unavailable, Argument::optional, Spoken::both, false},
      // A browser made to talk to us by a hostile page (cross-protocol attack).
      {"GET", &M::on_foreign, Argument::optional, Spoken::both, false},
      {"POST", &M::on_foreign, Argument::optional, Spoken::both, false},
      {"CONNECT", &M::on_foreign, Argument::optional, Spoken::both, false},
  }};
  const auto found = std::ranges::find(kVerbs, word, &Verb::name);
  return found == kVerbs.end() ? nullptr : &*found;
}

void SmtpMachine::dispatch(std::string_view line) {
  const auto blank = std::min(line.find_first_of(" \t"), line.size());
  auto argument = line.substr(blank);
  while (argument.starts_with(' ') || argument.starts_with('\t')) argument.remove_prefix(1);
  const Verb* verb = find_verb(ascii_upper(line.substr(0, blank)));
  if (!verb) return fail({500, "5.5.2", "Command not recognised"});
  if (verb->spoken == (rules_.lmtp ? Spoken::smtp : Spoken::lmtp)) {
    return fail({500, "5.5.1", rules_.lmtp ? "This is LMTP: say LHLO" : "This is SMTP: say EHLO"});
  }
  if (verb->argument == Argument::none && !argument.empty())
    return fail({501, "5.5.4", "This command takes no argument"});
  if (verb->argument == Argument::required && argument.empty())
    return fail({501, "5.5.4", "This command needs an argument"});
  if (verb->after_hello && stage_ == Stage::hello) {
    return fail({503, "5.5.1", rules_.lmtp ? "Say LHLO first" : "Say EHLO or HELO first"});
  }
  (this->*verb->run)(argument);
}

void SmtpMachine::on_hello(std::string_view argument) {
  if (argument.find_first_of(" \t") != std::string_view::npos || argument.size() > 255 ||
      !is_utf8(argument))
    return fail(kSyntax);
  stage_ = Stage::idle;
  reset_transaction();
  helo_ = argument;
  extended_ = false;
  say({250, "", rules_.hostname});
}

void SmtpMachine::on_extended_hello(std::string_view argument) {
  if (argument.find_first_of(" \t") != std::string_view::npos || argument.size() > 255 ||
      !is_utf8(argument))
    return fail(kSyntax);
  stage_ = Stage::idle;
  reset_transaction();
  helo_ = argument;
  extended_ = true;
  replies_ += "250-" + rules_.hostname + " greets " + helo_ + "\r\n";
  replies_ += "250-PIPELINING\r\n250-SIZE " + std::to_string(rules_.max_message_bytes) + "\r\n";
  if (rules_.tls_offered && !tls_active_) replies_ += "250-STARTTLS\r\n";
  replies_ +=
      "250-8BITMIME\r\n250-SMTPUTF8\r\n250-CHUNKING\r\n250-HELP\r\n250 ENHANCEDSTATUSCODES\r\n";
}

std::optional<SmtpReply> SmtpMachine::refuse_parameters(
    const std::vector<SmtpParameter>& parameters, bool& smtputf8) const {
  for (const auto& [key, value] : parameters) {
    if (key == "SIZE") {
      const auto size = parse_count(value);
      if (!size) return kSyntax;
      if (*size > rules_.max_message_bytes)
        return SmtpReply{552, "5.3.4", "Message exceeds the size limit"};
    } else if (key == "BODY") {
      const auto body = ascii_upper(value);
      if (body != "7BIT" && body != "8BITMIME")
        return SmtpReply{501, "5.5.4", "BODY is 7BIT or 8BITMIME"};
    } else if (key == "SMTPUTF8" && value.empty()) {
      smtputf8 = true;
    } else {
      return SmtpReply{555, "5.5.4", "Parameter not understood: " + key};
    }
  }
  return std::nullopt;
}

void SmtpMachine::on_mail(std::string_view argument) {
  if (stage_ != Stage::idle) return fail({503, "5.5.1", "A mail is already begun; RSET drops it"});
  if (rules_.tls_required && !tls_active_) return fail({530, "5.7.0", "Say STARTTLS first"});
  auto path = parse_path_argument("FROM:", argument);
  if (!path) return fail(path_reply(path.error(), "5.1.7"));
  bool smtputf8 = false;
  if (const auto refusal = refuse_parameters(path->parameters, smtputf8)) return fail(*refusal);
  if (!path->ascii && !smtputf8) return fail({553, "5.6.7", "The address needs SMTPUTF8"});
  if (const auto refusal = host_.refuse_mail()) return fail(*refusal);
  transaction_.sender = std::move(path->address);
  transaction_.smtputf8 = smtputf8;
  stage_ = Stage::mail;
  say({250, "2.1.0", "Ok"});
}

void SmtpMachine::on_rcpt(std::string_view argument) {
  if (stage_ == Stage::idle || chunks_begun_)
    return fail({503, "5.5.1", "RCPT comes after MAIL and before the mail's text"});
  auto path = parse_path_argument("TO:", argument);
  if (!path) return fail(path_reply(path.error(), "5.1.3"));
  if (path->address.empty()) return fail({501, "5.1.3", "A recipient is needed"});
  if (!path->parameters.empty())
    return fail({555, "5.5.4", "Parameter not understood: " + path->parameters.front().key});
  if (!path->ascii && !transaction_.smtputf8)
    return fail({553, "5.6.7", "The address needs SMTPUTF8"});
  if (transaction_.recipients.size() >= rules_.max_recipients)
    return say({452, "4.5.3", "Too many recipients; send the rest in another mail"});
  auto verdict = host_.recipient(path->address);
  switch (verdict.kind) {
    case RecipientVerdict::Kind::unknown:
      return fail({550, "5.1.1", "No such mailbox here"});
    case RecipientVerdict::Kind::relay:
      return fail({550, "5.7.1", "Not our domain, and we do not relay"});
    case RecipientVerdict::Kind::ours:
      break;
  }
  transaction_.recipients.push_back({std::move(path->address), std::move(verdict.deliver_to)});
  stage_ = Stage::rcpt;
  say({250, "2.1.5", "Ok"});
}

void SmtpMachine::on_data(std::string_view) {
  if (chunks_begun_)
    return fail({503, "5.5.1", "BDAT has begun this mail; finish it with BDAT LAST"});
  if (stage_ == Stage::idle) return fail({503, "5.5.1", "MAIL and RCPT come first"});
  if (stage_ == Stage::mail) return fail({503, "5.5.1", "No valid recipients"});
  begin_body(DataReader::Framing::dots);
  stage_ = Stage::data;
  say({354, "", "End data with <CR><LF>.<CR><LF>"});
}

/// RFC 3030: `BDAT octets [LAST]`. The octets follow whatever we think of the command, and taking
/// them for commands would let a mail's text speak to us; so they are counted off first, and a
/// count that cannot be read ends the session.
void SmtpMachine::on_bdat(std::string_view argument) {
  const auto blank = std::min(argument.find(' '), argument.size());
  const auto count = parse_count(argument.substr(0, blank));
  auto last = argument.substr(blank);
  while (last.starts_with(' ')) last.remove_prefix(1);
  if (!count || *count > kAbsurdChunkBytes || (!last.empty() && ascii_upper(last) != "LAST")) {
    fail({501, "5.5.4", "Syntax: BDAT octets [LAST]"});
    want_ = Want::close;
    return;
  }
  chunk_left_ = chunk_bytes_ = *count;
  chunk_last_ = !last.empty();
  if (stage_ != Stage::rcpt) {
    const bool no_recipients = stage_ == Stage::mail;
    chunk_error_ =
        SmtpReply{503, "5.5.1", no_recipients ? "No valid recipients" : "MAIL and RCPT come first"};
  } else if (!chunks_begun_) {
    begin_body(DataReader::Framing::counted);
    chunks_begun_ = true;
  }
  stage_ = Stage::chunk;
  if (chunk_left_ == 0) end_chunk();
}

void SmtpMachine::on_rset(std::string_view) {
  reset_transaction();
  say({250, "2.0.0", "Ok"});
}

void SmtpMachine::on_noop(std::string_view) { say({250, "2.0.0", "Ok"}); }

void SmtpMachine::on_quit(std::string_view) { end({221, "2.0.0", "Bye"}); }

/// RFC 5321 §7.3 allows not to tell; addresses are told apart at RCPT, where errors are counted.
void SmtpMachine::on_vrfy(std::string_view) {
  say({252, "2.0.0", "Cannot verify here; send the mail and see"});
}

void SmtpMachine::on_help(std::string_view) {
  say({214, "2.0.0",
       rules_.lmtp ? "LHLO MAIL RCPT DATA BDAT RSET NOOP VRFY STARTTLS QUIT"
                   : "EHLO HELO MAIL RCPT DATA BDAT RSET NOOP VRFY STARTTLS QUIT"});
}

void SmtpMachine::on_starttls(std::string_view) {
  if (tls_active_) return fail({503, "5.5.1", "TLS is active already"});
  if (!rules_.tls_offered) return fail({502, "5.5.1", "TLS is not offered"});
  if (!host_.may_start_tls()) return say({454, "4.7.0", "TLS is busy; try again soon"});
  say({220, "2.0.0", "Ready to start TLS"});
  want_ = Want::tls;
}

void SmtpMachine::on_unavailable(std::string_view) {
  fail({502, "5.5.1", "Command not implemented"});
}

void SmtpMachine::on_foreign(std::string_view) { end({554, "5.5.1", "This is no web server"}); }

}  // namespace deskwire::email
