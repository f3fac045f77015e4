// SPDX-License-Identifier: Apache-2.0
// A desk at work, as its store sees it: batches with every row that a mail, an answer and a
// resolved ticket bring. The same seed gives the same batches for every store.
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "deskwire/port/store.hpp"

namespace deskwire {

class SampleDesk {
 public:
  struct Settings {
    std::uint64_t seed = 1;
    std::uint32_t senders = 50;  ///< Addresses that mail comes from.
    std::size_t mail_bytes = 700;
    std::uint32_t queues = 4;
    std::uint32_t agents = 5;
  };

  /// `keeper` is that of the store which the batches are for.
  SampleDesk(BlobKeeper& keeper, Settings settings);

  /// A batch of so many new mails and nothing else.
  [[nodiscard]] Batch mails(std::size_t count);
  /// A batch of so many commands of every kind.
  [[nodiscard]] Batch work(std::size_t commands);
  [[nodiscard]] Instant now() const { return now_; }

 private:
  struct Sender {
    CustomerId customer;
    std::string address, name;
  };
  struct Open {
    Ticket ticket;
    Offer offer;
  };

  std::uint64_t draw(std::uint64_t below);
  std::string words(std::size_t bytes);
  JournalEntry& begin(Batch& batch, const char* command);
  Batch finish(Batch batch);
  void receive(Batch& batch);
  void receive_machine_mail(Batch& batch);
  void accept(Batch& batch, Open& open);
  void answer(Batch& batch, Open& open);
  void deliver(Batch& batch);
  void resolve(Batch& batch, Open& open, TicketState to);
  void name_something(Batch& batch);
  Sender& sender_of(Batch& batch, JournalEntry& entry);
  Ticket new_ticket(const Sender& sender);
  Message new_message(Ticket& ticket, Direction direction);
  Offer new_offer(const Ticket& ticket);
  void put_content(Batch& batch, const Message& message, const Sender& sender, bool opens);
  void put_keys(Batch& batch, const Message& message);
  template <class Row>
  static void put_row(std::vector<Row>& rows, const Row& row);

  BlobKeeper& keeper_;
  Settings settings_;
  std::uint64_t state_;
  Instant now_{1'772'352'900'000};
  Snapshot counters_;
  std::vector<Sender> senders_;
  std::vector<Open> open_;
  std::vector<std::pair<OutboxItem, Message>> outgoing_;
  std::uint64_t names_ = 0;
  std::string text_;  ///< What mails are cut from.
};

}  // namespace deskwire
