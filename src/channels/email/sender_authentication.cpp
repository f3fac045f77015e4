// SPDX-License-Identifier: Apache-2.0
#include "channels/email/sender_authentication.hpp"

#include <algorithm>
#include <map>
#include <vector>

#include "mime/header_block.hpp"
#include "mime/limits.hpp"
#include "mime/text_run.hpp"

namespace deskwire::email {
namespace {

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return out;
}

/// Words of a field without comments; ';' and '=' are words of their own, quotes are undone.
std::vector<std::string> words_of(std::string_view raw) {
  constexpr std::size_t kMaxWords = 500;
  std::vector<std::string> words;
  std::string word;
  int comment = 0;
  const auto end_word = [&] {
    if (!word.empty()) words.push_back(lower(word));
    word.clear();
  };
  for (std::size_t i = 0; i < raw.size() && words.size() < kMaxWords; ++i) {
    const char c = raw[i];
    if (c == '\\' && i + 1 < raw.size()) {
      if (comment == 0) word += raw[i + 1];
      ++i;
    } else if (c == '(') {
      end_word();
      ++comment;
    } else if (c == ')' && comment > 0) {
      --comment;
    } else if (comment > 0 || c == '"') {
      continue;
    } else if (c == ' ' || c == '\t' || c == '\r' || c == '\n') {
      end_word();
    } else if (c == ';' || c == '=') {
      end_word();
      words.emplace_back(1, c);
    } else {
      word += c;
    }
  }
  end_word();
  return words;
}

std::string domain_of(std::string_view address) {
  const std::size_t at = address.rfind('@');
  std::string domain = lower(at == std::string_view::npos ? address : address.substr(at + 1));
  while (domain.ends_with('.') || domain.ends_with('>')) domain.pop_back();
  return domain;
}

/// One is the other or below it. A bare top-level domain is aligned with nothing.
bool aligned(const std::string& a, const std::string& b) {
  if (a.find('.') == std::string::npos || b.find('.') == std::string::npos) return false;
  return a == b || a.ends_with("." + b) || b.ends_with("." + a);
}

struct Result {
  std::string verdict;
  std::map<std::string, std::string> properties;  ///< "header.d" → domain.
};

/// "method/1=verdict reason=… ptype.property=value …" between semicolons.
Result read_result(std::span<const std::string> words, std::string& method) {
  Result result;
  for (std::size_t i = 0; i + 2 < words.size(); ++i) {
    if (words[i + 1] != "=") continue;
    if (method.empty()) {
      method = words[i].substr(0, words[i].find('/'));
      result.verdict = words[i + 2];
    } else {
      result.properties.emplace(words[i], words[i + 2]);
    }
  }
  return result;
}

bool passes(const std::string& method, const Result& result, const std::string& domain) {
  if (result.verdict != "pass") return false;
  const auto property = [&](const char* name) {
    const auto found = result.properties.find(name);
    return found == result.properties.end() ? std::string() : domain_of(found->second);
  };
  if (method == "dmarc")
    return property("header.from").empty() || aligned(property("header.from"), domain);
  if (method == "dkim")
    return aligned(property("header.d"), domain) || aligned(property("header.i"), domain);
  if (method == "spf") return aligned(property("smtp.mailfrom"), domain);
  return false;
}

}  // namespace

bool is_sender_authenticated(const mime::ParsedMail& mail, std::string_view from,
                             std::span<const std::string> trusted_ids) {
  const std::string domain = domain_of(from);
  if (domain.empty() || trusted_ids.empty()) return false;
  std::vector<std::string> decided;  // Methods that a field above has reported.
  for (const std::string_view raw : mail.headers("Authentication-Results")) {
    const std::vector<std::string> words =
        words_of(mime::one_field(raw.substr(0, mime::kLimits.field_bytes)));
    const bool trusted =
        !words.empty() && std::ranges::any_of(trusted_ids, [&](const std::string& id) {
          return lower(id) == words[0];
        });
    if (!trusted) continue;
    std::vector<std::string> here;
    for (auto begin = words.begin(); begin != words.end();) {
      const auto end = std::find(begin, words.end(), ";");
      std::string method;
      const Result result = read_result({begin, end}, method);
      if (!method.empty() && std::ranges::find(decided, method) == decided.end()) {
        if (passes(method, result, domain)) return true;
        here.push_back(method);
      }
      begin = end == words.end() ? end : end + 1;
    }
    decided.insert(decided.end(), here.begin(), here.end());
  }
  return false;
}

}  // namespace deskwire::email
