// SPDX-License-Identifier: Apache-2.0
// The server's side of SMTP (RFC 5321) and LMTP (RFC 2033) as a machine without I/O: bytes go in
// through feed(), replies and body bytes are taken out, and the returned Want says what the session
// must do before more bytes may go in. Replies pile up until then, so that a pipelined group is
// answered with one write. Not thread safe; never blocks; memory is bounded by one command line,
// the recipients, and what feed() was given of a body.
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "channels/email/data_reader.hpp"
#include "channels/email/smtp_reply.hpp"

namespace deskwire::email {

struct SmtpParameter;

struct SmtpRules {
  bool lmtp = false;
  std::string hostname = "localhost";  ///< In the greeting and the answer to EHLO.
  bool tls_offered = false;            ///< A certificate is configured.
  bool tls_required = false;           ///< MAIL before STARTTLS is refused.
  BareLineEnds bare_line_ends = BareLineEnds::refuse;
  std::uint64_t max_message_bytes = 25ULL << 20;
  std::size_t max_recipients = 100;  ///< RFC 5321 §4.5.3.1.8 asks for 100 at least.
  std::size_t max_errors = 20;       ///< Refused commands since the last accepted mail; then 421.
  std::size_t max_commands = 1000;   ///< Since the last accepted mail; then 421.
  std::size_t max_command_bytes =
      4096;  ///< With its line end; RFC 5321 grants 512 and extensions add to it.
  std::size_t max_text_line_bytes =
      1U << 20;  ///< RFC 5321 grants 1000; real mails have far longer ones.
};

struct RecipientVerdict {
  enum class Kind : std::uint8_t { ours, unknown, relay };
  Kind kind = Kind::relay;
  std::string deliver_to;  ///< With `ours`: the address it counts as; differs from the given one
                           ///< for postmaster.
};

/// What the machine asks the house while it decides. Answered at once, from memory.
class SmtpHost {
 public:
  virtual ~SmtpHost() = default;
  /// Nothing, or the 4xx that turns a mail away at MAIL already.
  virtual std::optional<SmtpReply> refuse_mail() = 0;
  virtual RecipientVerdict recipient(std::string_view address) = 0;
  /// False while too many handshakes run.
  virtual bool may_start_tls() = 0;
};

struct SmtpRecipient {
  std::string given;    ///< As in RCPT.
  std::string address;  ///< Whose mail it is.
};

struct SmtpTransaction {
  std::string sender;  ///< Empty: the null path.
  std::vector<SmtpRecipient> recipients;
  bool smtputf8 = false;
};

class SmtpMachine {
 public:
  enum class Want : std::uint8_t {
    input,     ///< More bytes.
    delivery,  ///< A whole mail is in: take_body() and transaction(), then call delivered().
    tls,    ///< Write the replies, shake hands, call tls_started(); what was read before is gone.
    close,  ///< Write the replies and close.
  };

  /// `host` must outlive this; `rules` are copied.
  SmtpMachine(const SmtpRules& rules, SmtpHost& host);

  Want greet();
  /// Uses up `input` unless something else than input is wanted; what remains belongs into the next
  /// call.
  Want feed(std::string_view& input);
  /// The fate of the mail, for all its recipients.
  Want delivered(const SmtpReply& verdict);
  Want tls_started();
  /// Says `reply` (421) and wants to close: a timeout, a shutdown.
  Want end(const SmtpReply& reply);

  [[nodiscard]] Want want() const { return want_; }
  [[nodiscard]] std::string take_replies();
  [[nodiscard]] bool has_replies() const { return !replies_.empty(); }
  /// Body bytes since the last call, without transparency dots.
  [[nodiscard]] std::string take_body();
  /// No room for this body: the rest is read and thrown away, and `reply` is the answer at its end.
  void refuse_body(SmtpReply reply);

  /// Counts the mails whose text was begun: tells whose bytes take_body() gave.
  [[nodiscard]] std::uint64_t mail_number() const { return mail_number_; }
  /// True once it is clear that the mail at hand will be refused.
  [[nodiscard]] bool discarding() const { return body_refusal().has_value(); }
  /// True from 354 (or the first BDAT) until the mail's last octet.
  [[nodiscard]] bool receiving() const {
    return stage_ == Stage::data || stage_ == Stage::chunk || chunks_begun_;
  }
  [[nodiscard]] const SmtpTransaction& transaction() const { return transaction_; }
  [[nodiscard]] const std::string& helo() const { return helo_; }
  [[nodiscard]] bool extended() const { return extended_; }  ///< EHLO or LHLO, not HELO.
  [[nodiscard]] bool tls_active() const { return tls_active_; }

 private:
  enum class Stage : std::uint8_t { hello, idle, mail, rcpt, data, chunk };
  enum class Argument : std::uint8_t { none, optional, required };
  enum class Spoken : std::uint8_t { both, smtp, lmtp };
  struct Verb;
  static const Verb* find_verb(std::string_view word);

  void read_command(std::string_view& input);
  void take_line(std::string_view line);
  void dispatch(std::string_view line);
  void read_data(std::string_view& input);
  void read_chunk(std::string_view& input);
  void take_body_bytes(std::string_view& input, bool& ended);

  void on_hello(std::string_view argument);
  void on_extended_hello(std::string_view argument);
  void on_mail(std::string_view argument);
  void on_rcpt(std::string_view argument);
  void on_data(std::string_view argument);
  void on_bdat(std::string_view argument);
  void on_rset(std::string_view argument);
  void on_noop(std::string_view argument);
  void on_quit(std::string_view argument);
  void on_vrfy(std::string_view argument);
  void on_help(std::string_view argument);
  void on_starttls(std::string_view argument);
  void on_unavailable(std::string_view argument);
  void on_foreign(std::string_view argument);

  [[nodiscard]] std::optional<SmtpReply> refuse_parameters(
      const std::vector<SmtpParameter>& parameters, bool& smtputf8) const;
  void begin_body(DataReader::Framing framing);
  void end_body();
  void drop_body(const SmtpReply& refusal);
  void end_chunk();
  [[nodiscard]] std::optional<SmtpReply> body_refusal() const;
  void say(const SmtpReply& reply);
  void say_for_all(const SmtpReply& reply);
  void fail(const SmtpReply& reply);
  void reset_transaction();

  SmtpRules rules_;
  SmtpHost& host_;
  Stage stage_ = Stage::hello;
  Want want_ = Want::input;
  std::string line_;       ///< An unfinished command line.
  bool overlong_ = false;  ///< The line grew too long; the rest of it is skipped.
  std::string replies_;
  std::string helo_;
  bool extended_ = false;
  bool tls_active_ = false;
  std::size_t errors_ = 0;
  std::size_t commands_ = 0;

  SmtpTransaction transaction_;
  DataReader reader_;
  std::string body_;
  std::uint64_t mail_number_ = 0;
  std::uint64_t body_bytes_ = 0;      ///< Of this mail so far, kept or not.
  std::optional<SmtpReply> no_room_;  ///< Said by refuse_body().

  bool chunks_begun_ = false;  ///< A BDAT of this mail was taken; DATA no longer fits.
  std::uint64_t chunk_left_ = 0;
  std::uint64_t chunk_bytes_ = 0;
  bool chunk_last_ = false;
  std::optional<SmtpReply>
      chunk_error_;  ///< The BDAT was out of place: its octets are skipped, then this is said.
};

}  // namespace deskwire::email
