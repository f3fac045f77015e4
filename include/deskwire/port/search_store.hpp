// SPDX-License-Identifier: Apache-2.0
// The seam to the search index: a file of its own, derived from the store and worth nothing without
// it, so it may be thrown away and made anew at any time. One writer, on a thread of its own; as
// many readers as there are searching threads. Failures are StoreError, and none of them concerns
// the desk. Words arrive folded and separated by blanks; what a word is, the room `search` decides.
#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "deskwire/base/id.hpp"
#include "deskwire/base/instant.hpp"
#include "deskwire/domain/names.hpp"

namespace deskwire {

/// Messages of a ticket that are searched together: a question's words may be spread over this many
/// (`seq` from 32·n+1), and no more than these are written anew when one is added.
inline constexpr std::uint32_t kSearchWindow = 32;

/// Stands before the digits of a telephone number, which are kept backwards: all ways of writing a
/// number end alike. No other word has it.
inline constexpr std::string_view kPhoneSign = "\xe2\x98\x8e";  // U+260E

/// What filters and row-level rights need to know of a ticket.
struct SearchTicket {
  TicketId id;
  TicketState state = TicketState::queued;
  QueueId queue;
  AgentId agent;
  Channel channel = Channel::email;
  ChannelId channel_name;
  CustomerId customer;
  std::vector<std::string> tags;
};

/// One window of one ticket.
struct SearchDocument {
  std::int64_t id = 0;  ///< Of its last message, so that newer ones are greater; without messages
                        ///< the ticket's, negative.
  std::uint32_t window = 0;
  Instant at;  ///< Of the last message.
  std::string subject, customer, text, files;
  std::string
      marked;  ///< Words of all of them as they were written, where marks make a difference.
  std::string phones;  ///< Telephone numbers in the text, as kPhoneSign says.
};

/// How far the index has come.
struct SearchPlace {
  std::string store;      ///< Whose journal it follows.
  std::uint64_t seq = 0;  ///< Journal rows up to here are in it,
  Instant at;             ///< and this was the time of the last of them.
  TicketId unread;        ///< Tickets below this one were never read; up to 1: none.
  friend bool operator==(const SearchPlace&, const SearchPlace&) = default;
};

class SearchWriter {
 public:
  virtual ~SearchWriter() = default;
  virtual std::optional<SearchPlace> place() = 0;  ///< Nothing: it is new.
  /// What was put for the ticket or customer the last time: of the words that all of a ticket's
  /// windows repeat, or all of a customer's tickets.
  virtual std::optional<std::uint64_t> digest(TicketId ticket) = 0;
  virtual std::optional<std::uint64_t> digest(CustomerId customer) = 0;
  /// Tickets that are to be read again, at most `limit`.
  virtual std::vector<TicketId> due(std::uint32_t limit) = 0;

  // One transaction: what is put between these two, and the place it brings the index to. What was
  // begun and not committed is undone by the next begin().
  virtual void begin() = 0;
  virtual void commit(const SearchPlace& place) = 0;
  virtual void put(const SearchTicket& ticket, std::uint64_t digest) = 0;
  /// In place of what this window of the ticket was.
  virtual void put(TicketId ticket, const SearchDocument& document) = 0;
  virtual void remove(TicketId ticket, std::uint32_t window) = 0;
  /// The ticket has no windows from `windows` on, and is due no more.
  virtual void finish(TicketId ticket, std::uint32_t windows) = 0;
  virtual void remove(TicketId ticket) = 0;
  virtual void set_due(TicketId ticket) = 0;
  /// All of the customer's tickets become due.
  virtual void put(CustomerId customer, std::uint64_t digest) = 0;

  /// A slice of what is to be done when there is nothing else to do; true: call again soon. Words
  /// that went away have left the file an hour and a round later.
  virtual bool tidy(Instant now) = 0;
};

/// What a question asks for; all of its words are in one document.
struct SearchTerm {
  std::vector<std::string> words;  ///< Side by side.
  bool prefix = false;             ///< The last of them may go on.
  std::string marked;              ///< Worth more when it was written so; empty: no marks.
  std::string phone;               ///< Or a number that ends so, backwards; empty: it is none.
  bool customer = false;           ///< Only in names and addresses of the customer.
  friend bool operator==(const SearchTerm&, const SearchTerm&) = default;
};

/// A ticket has one of these values; negated: none of them.
struct SearchFilter {
  enum class Field : std::uint8_t { id, state, queue, agent, channel, channel_name };
  std::vector<std::pair<Field, std::uint64_t>> values;
  std::vector<std::string> tags;  ///< Or one of these.
  bool negated = false;
};

struct SearchQuestion {
  std::vector<SearchTerm> all;   ///< Each is there; none at all: whatever passes the filters.
  std::vector<SearchTerm> none;  ///< None is, in no document of the ticket.
  std::vector<SearchFilter> filters;
  std::vector<QueueId> visible;  ///< Row-level: tickets of these queues, or assigned to
                                 ///< `visible_to`; with `all_visible` ignored.
  AgentId visible_to;
  bool all_visible = false;
  Instant now;                   ///< Older tickets are worth less.
  std::uint32_t tickets = 1000;  ///< At most; among the newest documents.
};

struct SearchHit {
  TicketId ticket;
  std::uint32_t window = 0;
  Instant at;
  double score = 0;
};

struct SearchHits {
  std::vector<SearchHit> hits;  ///< One a ticket, the best first.
  bool complete = true;         ///< False: the time was up, there may be more.
};

class SearchReader {
 public:
  virtual ~SearchReader() = default;
  /// `spent` is asked now and then and ends the search when it says so.
  virtual SearchHits find(const SearchQuestion& question, const std::function<bool()>& spent) = 0;
};

class SearchStore {
 public:
  virtual ~SearchStore() = default;
  /// Made if it is not there. Throws StoreError::Kind::corrupt also for one of another form.
  virtual std::unique_ptr<SearchWriter> open_writer() = 0;
  /// From any thread, while the writer is open.
  virtual std::unique_ptr<SearchReader> open_reader() = 0;
  /// Readers and writers that are open go on with the file that has no name any more.
  virtual void remove() = 0;
};

}  // namespace deskwire
