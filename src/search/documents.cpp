// SPDX-License-Identifier: Apache-2.0
#include "search/documents.hpp"

#include <algorithm>
#include <unordered_set>

#include "search/words.hpp"
#include "text/reply_view.hpp"

namespace deskwire::search {
namespace {

/// Between two texts, so that no words are side by side over their ends. No word is this sign.
constexpr std::string_view kBreak = "\xe2\x90\x9e";  // U+241E

/// Words between blanks, and what becomes of them with marks.
class Column {
 public:
  void add(std::string_view text) {
    if (!out_.empty()) push(kBreak);
    Words words(text);
    for (Word word; words.next(word);) {
      push(word.folded);
      if (!word.marked.empty()) marked_.push_back(std::move(word.marked));
    }
  }
  void add_phone(std::string_view digits) { push(std::string(kPhoneSign) + backwards(digits)); }
  void push(std::string_view word) {
    if (!out_.empty()) out_ += ' ';
    out_ += word;
  }

  [[nodiscard]] const std::string& words() const { return out_; }
  [[nodiscard]] const std::vector<std::string>& marked() const { return marked_; }
  std::string take() { return std::move(out_); }

 private:
  std::string out_;
  std::vector<std::string> marked_;
};

/// Each once, in the order they came, so that a text which grows only adds to the end.
class Marked {
 public:
  void add(const Column& column) {
    for (const std::string& word : column.marked())
      if (seen_.insert(word).second) out_ += (out_.empty() ? "" : " ") + word;
  }
  std::string take() { return std::move(out_); }

 private:
  std::unordered_set<std::string> seen_;
  std::string out_;
};

/// FNV-1a: kept in the index, so it must not change with the library.
std::uint64_t digest_of(std::string_view text, std::uint64_t hash = 0xcbf29ce484222325) {
  for (const char c : text) {
    hash ^= static_cast<unsigned char>(c);
    hash *= 0x100000001b3;
  }
  return hash >> 1;  // SQLite's integers are signed.
}

struct CustomerWords {
  Column column;
  std::string marked;
  std::uint64_t digest = 0;
};

CustomerWords read_customer(std::span<const IdentityContent> identities) {
  CustomerWords out;
  for (const IdentityContent& one : identities) {
    out.column.add(one.name);
    out.column.add(one.value);
    if (one.kind != "phone") continue;
    for (const PhoneRun& run : phone_runs(one.value)) out.column.add_phone(run.digits);
  }
  Marked marked;
  marked.add(out.column);
  out.marked = marked.take();
  out.digest = digest_of(out.marked, digest_of(out.column.words()));
  return out;
}

template <class T>
std::vector<std::string> tags_of(const T& ticket) {
  if constexpr (requires { ticket.tags; })
    return ticket.tags;
  else
    return {};
}

}  // namespace

std::string visible_text(const MessageRow& row) {
  const Message& message = row.message;
  if (message.direction != Direction::in || message.channel != Channel::email)
    return row.content.text;
  std::string reply = text::visible_reply(row.content.text);
  return reply.empty() ? row.content.text : reply;
}

Heading heading_of(const TicketRow& ticket, std::span<const IdentityContent> identities) {
  CustomerWords customer = read_customer(identities);
  Column subject;
  subject.add(ticket.subject);
  Marked marked;
  marked.add(subject);
  Heading out;
  out.marked = marked.take();
  out.digest = digest_of(out.marked, digest_of(subject.words(), customer.digest));
  if (!customer.marked.empty()) out.marked += (out.marked.empty() ? "" : " ") + customer.marked;
  out.customer_digest = customer.digest;
  out.subject = subject.take();
  out.customer = customer.column.take();
  return out;
}

std::uint64_t customer_digest(std::span<const IdentityContent> identities) {
  return read_customer(identities).digest;
}

SearchTicket search_ticket(const Ticket& ticket) {
  return {.id = ticket.id,
          .state = ticket.state,
          .queue = ticket.queue,
          .agent = ticket.agent,
          .channel = ticket.channel,
          .channel_name = ticket.channel_name,
          .customer = ticket.customer,
          .tags = tags_of(ticket)};
}

std::uint32_t window_of(std::uint32_t seq) { return seq == 0 ? 0 : (seq - 1) / kSearchWindow; }

std::uint32_t windows_of(const Ticket& ticket) { return window_of(ticket.last_seq) + 1; }

SearchDocument document_of(const TicketRow& ticket, const Heading& heading, std::uint32_t window,
                           std::span<const MessageRow> rows) {
  SearchDocument out;
  out.window = window;
  out.id = -static_cast<std::int64_t>(ticket.ticket.id.value);
  out.at = ticket.ticket.created_at;
  if (!rows.empty()) {
    out.id = static_cast<std::int64_t>(rows.back().message.id.value);
    out.at = rows.back().message.at;
  }
  Column text, files, phones;
  for (const MessageRow& row : rows) {
    const std::string shown = visible_text(row);
    text.add(shown);
    for (const PhoneRun& run : phone_runs(shown)) phones.add_phone(run.digits);
    for (const Attachment& attachment : row.content.attachments) files.add(attachment.name);
  }
  Marked marked;
  marked.add(text);
  marked.add(files);
  out.subject = heading.subject;
  out.customer = heading.customer;
  out.marked = heading.marked + (heading.marked.empty() ? "" : " ") + marked.take();
  out.text = text.take();
  out.files = files.take();
  out.phones = phones.take();
  return out;
}

}  // namespace deskwire::search
