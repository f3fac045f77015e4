// SPDX-License-Identifier: Apache-2.0
#include "search/showing.hpp"

#include <ranges>
#include <utility>

#include "search/documents.hpp"

namespace deskwire::search {
namespace {

/// "Kim Nguyen, kim@example.com, +84 912 345 678": each name and address once.
std::string customer_text(const std::vector<IdentityContent>& identities) {
  std::string out;
  std::string_view name;
  for (const IdentityContent& one : identities) {
    if (!one.name.empty() && one.name != name) out += (out.empty() ? "" : ", ") + one.name;
    name = one.name;
    if (one.value != one.name) out += (out.empty() ? "" : ", ") + one.value;
  }
  return out;
}

std::string file_names(const MessageRow& row) {
  std::string out;
  for (const Attachment& attachment : row.content.attachments)
    out += (out.empty() ? "" : ", ") + attachment.name;
  return out;
}

}  // namespace

struct Showing::Candidate {
  FoundIn field = FoundIn::subject;
  std::string text;
  std::vector<TextHit> hits;
  std::size_t terms = 0;
  MessageId message{};
  Instant at{};
};

Showing::Candidate Showing::in_text(FoundIn field, std::string text) const {
  Candidate out{.field = field, .text = std::move(text), .hits = {}};
  out.hits = hits_in(out.text, terms_, field == FoundIn::customer);
  out.terms = terms_in(out.hits);
  return out;
}

Showing::Candidate Showing::in_message(const MessageRow& row) const {
  Candidate best = in_text(FoundIn::message, visible_text(row));
  Candidate files = in_text(FoundIn::message, file_names(row));
  if (files.terms > best.terms) best = std::move(files);
  best.message = row.message.id;
  best.at = row.message.at;
  return best;
}

/// The newest of those with the most terms.
Showing::Candidate Showing::in_messages(TicketId ticket, std::uint32_t window) const {
  Candidate best;
  if (spent_()) return best;
  const auto rows = reader_.messages(ticket, window * kSearchWindow, kSearchWindow);
  for (const MessageRow& row : std::views::reverse(rows)) {
    if (window_of(row.message.seq) != window) continue;
    Candidate one = in_message(row);
    if (one.terms > best.terms) best = std::move(one);
    if (best.terms == terms_.size() || spent_()) break;
  }
  return best;
}

Showing::Candidate Showing::in_customer(const TicketRow& ticket) const {
  if (!ticket.ticket.customer) return {};
  return in_text(FoundIn::customer, customer_text(reader_.identities(ticket.ticket.customer)));
}

Found Showing::by_number(TicketRow ticket) const {
  Found out;
  out.field = FoundIn::id;
  out.at = ticket.ticket.updated_at;
  out.snippet = {{.text = "#" + std::to_string(ticket.ticket.id.value), .hit = true}};
  out.ticket = std::move(ticket);
  return out;
}

/// The subject is shown with every ticket anyway, so a message that says as much comes first.
Found Showing::by_words(TicketRow ticket, std::uint32_t window) const {
  Candidate best = in_text(FoundIn::subject, ticket.subject);
  if (!terms_.empty()) {
    if (Candidate one = in_messages(ticket.ticket.id, window);
        one.terms > 0 && one.terms >= best.terms)
      best = std::move(one);
    if (best.terms < terms_.size())
      if (Candidate one = in_customer(ticket); one.terms > best.terms) best = std::move(one);
  }
  Found out;
  out.field = best.field;
  out.message = best.message;
  out.snippet = snippet_of(best.text, best.hits);
  out.at = best.message ? best.at : ticket.ticket.updated_at;
  out.ticket = std::move(ticket);
  return out;
}

}  // namespace deskwire::search
