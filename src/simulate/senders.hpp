// SPDX-License-Identifier: Apache-2.0
// People and machines that write to the desk. They know their own conversations, so that they can
// say which mails belong together; the oracle holds the desk to it.
#pragma once
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "deskwire/domain/commands.hpp"
#include "simulate/random.hpp"

namespace deskwire::sim {

/// A conversation as the customer sees it.
struct Thread {
  std::size_t writer = 0;  ///< Index of the person it is about.
  ChannelId channel;
  Channel kind = Channel::email;
  Key subject_key;
  Key root;                         ///< Key of the first mail.
  std::deque<Key> recent;           ///< Keys of the latest mails, newest first.
  std::vector<std::size_t> others;  ///< Further people who were let in by a token.
  TicketId ticket;                  ///< Where it is, as far as the desk said, maybe not durably.
  TicketId durable_ticket;
};

/// What a mail is meant to be, for the oracle.
struct Mail {
  enum class Kind : std::uint8_t {
    opening,
    reply,
    by_token,
    stranger,
    new_subject,
    machine,
    bounce
  };
  std::uint64_t number = 0;
  Kind kind = Kind::opening;
  std::size_t thread = 0;
};

class Senders {
 public:
  explicit Senders(Random& random);

  /// One mail or two of the same thread that arrive together.
  std::vector<ReceiveMessage> write(Random& random, Instant now);
  /// A mail that is delivered once more, perhaps to another of our addresses; none was written yet
  /// or all are older than the desk remembers.
  std::optional<ReceiveMessage> repeat(Random& random, Instant now);
  /// A mail server reports about an outbound message of ours.
  ReceiveMessage bounce(Random& random, MessageId message, Key key, Instant now);

  /// An agent wrote a new conversation or continued one; the receiver will answer it by `key`.
  void add_thread(const IdentityContent& to, Key subject_key, Key root, TicketId ticket);
  void add_key(TicketId ticket, Key key);
  void thread_acknowledged(Key root, TicketId ticket);

  /// The desk's answer to a mail.
  void placed(const Mail& mail, const Receipt& receipt);
  void acknowledged(const Mail& mail, const Receipt& receipt);
  /// After a crash only what is durable counts.
  void forget_undurable();

  [[nodiscard]] const Mail* mail(const ReceiveMessage& command) const;
  [[nodiscard]] const Thread& thread(std::size_t index) const { return threads_[index]; }
  [[nodiscard]] IdentityContent person(std::size_t index) const;
  [[nodiscard]] std::size_t person_count() const { return people_.size(); }

 private:
  ReceiveMessage draft(Random& random, const Thread& thread, std::size_t writer, Instant now);
  void refer(Random& random, const Thread& thread, ReceiveMessage& mail) const;
  void record(Mail::Kind kind, std::size_t thread, const ReceiveMessage& command);
  std::size_t open_thread(Random& random, std::size_t writer);

  std::vector<ReceiveMessage> write_opening(Random& random, Instant now);
  std::vector<ReceiveMessage> write_pair(Random& random, Instant now);
  ReceiveMessage write_reply(Random& random, std::size_t thread, Instant now);
  ReceiveMessage write_by_token(Random& random, std::size_t thread, Instant now);
  ReceiveMessage write_as_stranger(Random& random, std::size_t thread, Instant now);
  ReceiveMessage write_new_subject(Random& random, std::size_t thread, Instant now);
  ReceiveMessage write_machine(Random& random, std::size_t thread, Instant now);
  std::optional<std::size_t> pick_thread(Random& random);

  std::vector<Key> people_;
  std::vector<Thread> threads_;
  std::unordered_map<std::string, Mail> mails_;  ///< By Message-ID.
  std::vector<ReceiveMessage> sent_;             ///< The latest, for repeats.
  std::uint64_t next_number_ = 1;
};

}  // namespace deskwire::sim
