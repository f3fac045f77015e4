// SPDX-License-Identifier: Apache-2.0
#include "storage/sqlite/search_match.hpp"

#include <string_view>

namespace deskwire::sqlite {
namespace {

/// What a hit is worth by column: subject, customer, text, files, marked, phones. Words with the
/// same marks come before those that are only alike without them.
constexpr std::string_view kWeights = "4.0, 3.0, 1.0, 2.0, 1.0, 3.0";

std::string quoted(const std::vector<std::string>& words) {
  std::string out = "\"";
  for (const std::string& word : words) {
    if (out.size() > 1) out += ' ';
    for (const char c : word)
      if (c != '"') out += c;
  }
  return out + '"';
}

std::string match_of(const SearchTerm& term) {
  std::string out = term.customer ? "(customer : " : "({subject customer text files} : ";
  out += quoted(term.words);
  if (term.prefix) out += " *";
  if (!term.marked.empty() && !term.customer) out += " OR marked : " + quoted({term.marked});
  if (!term.phone.empty())
    out += (term.customer ? " OR customer : " : " OR {customer phones} : ") +
           quoted({std::string(kPhoneSign) + term.phone}) + " *";
  return out + ")";
}

std::string joined(const std::vector<SearchTerm>& terms, std::string_view with) {
  std::string out;
  for (const SearchTerm& term : terms) {
    if (!out.empty()) out += with;
    out += match_of(term);
  }
  return out;
}

std::string literal(std::string_view text) {
  std::string out = "'";
  for (const char c : text) {
    out += c;
    if (c == '\'') out += c;
  }
  return out + "'";
}

std::string_view column_of(SearchFilter::Field field) {
  switch (field) {
    case SearchFilter::Field::id:
      return "t.id";
    case SearchFilter::Field::state:
      return "t.state";
    case SearchFilter::Field::queue:
      return "t.queue";
    case SearchFilter::Field::agent:
      return "t.agent";
    case SearchFilter::Field::channel:
      return "t.channel";
    case SearchFilter::Field::channel_name:
      return "t.channel_name";
  }
  return "t.id";
}

std::string condition_of(const SearchFilter& filter) {
  std::string any = "0";
  for (const std::string& tag : filter.tags)
    any += " OR instr(t.tags, " + literal(" " + tag + " ") + ")";
  for (const auto& [field, value] : filter.values)
    any.append(" OR ").append(column_of(field)).append(" = ").append(std::to_string(value));
  return (filter.negated ? " AND NOT (" : " AND (") + any + ")";
}

std::string conditions_of(const SearchQuestion& question) {
  std::string out;
  if (!question.all_visible) {
    out += " AND (t.queue IN (";
    for (std::size_t i = 0; i < question.visible.size(); ++i)
      out += (i > 0 ? "," : "") + std::to_string(question.visible[i].value);
    out += ") OR (t.agent <> 0 AND t.agent = " + std::to_string(question.visible_to.value) + "))";
  }
  for (const SearchFilter& filter : question.filters) out += condition_of(filter);
  if (!question.none.empty())
    out +=
        " AND t.id NOT IN (SELECT n.ticket FROM words CROSS JOIN documents n ON n.id = words.rowid "
        "WHERE words MATCH " +
        literal(joined(question.none, " OR ")) + ")";
  return out;
}

}  // namespace

std::string match_all(const SearchQuestion& question) { return joined(question.all, " AND "); }

std::string select_of(const SearchQuestion& question) {
  if (question.all.empty())
    return "SELECT t.id, 0, 0, 0.0 FROM tickets t WHERE 1" + conditions_of(question) +
           " ORDER BY t.id DESC";
  // CROSS JOIN keeps SQLite from beginning anywhere else than with the words.
  return "SELECT d.ticket, d.\"window\", d.at, bm25(words, " + std::string(kWeights) +
         ") FROM words CROSS JOIN documents d ON d.id = words.rowid "
         "CROSS JOIN tickets t ON t.id = d.ticket WHERE words MATCH " +
         literal(match_all(question)) + conditions_of(question) + " ORDER BY words.rowid DESC";
}

}  // namespace deskwire::sqlite
