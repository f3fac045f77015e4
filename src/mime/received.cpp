// SPDX-License-Identifier: Apache-2.0
#include "mime/received.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <vector>

#include "deskwire/base/utf8.hpp"
#include "mime/header_block.hpp"
#include "mime/text_run.hpp"

namespace deskwire::mime {
namespace {

constexpr std::size_t kMaxBytes = 8 * 1024, kMaxTokens = 500;

struct Token {
  std::string text;
  int depth = 0;             ///< Of parentheses around it.
  bool bracket = false;      ///< Inside [].
  bool first = false;        ///< The first one of its comment.
  bool after_open = false;   ///< A comment began between the token before and this one.
  bool closes_next = false;  ///< The comment ends right after it.
};

bool is_separator(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '(' || c == ')' || c == '[' ||
         c == ']' || c == '<' || c == '>' || c == ';' || c == ',' || c == '=' || c == '"' ||
         c == '/';
}

std::vector<Token> tokenise(std::string_view raw) {
  std::vector<Token> tokens;
  int depth = 0;
  bool bracket = false, opened = false, first = false;
  for (std::size_t i = 0; i < raw.size() && tokens.size() < kMaxTokens;) {
    const char c = raw[i];
    if (!is_separator(c)) {
      const std::size_t begin = i;
      while (i < raw.size() && !is_separator(raw[i])) ++i;
      tokens.push_back({std::string(raw.substr(begin, i - begin)), depth, bracket, first, opened});
      opened = first = false;
      continue;
    }
    if (c == '(') {
      ++depth;
      opened = first = true;
    }
    if (c == ')') {
      depth = std::max(0, depth - 1);
      first = false;
      if (!tokens.empty()) tokens.back().closes_next = true;
    }
    if (c == '[') bracket = true;
    if (c == ']') bracket = false;
    ++i;
  }
  return tokens;
}

bool is(const Token& token, std::string_view word) { return equal_ignoring_case(token.text, word); }

template <std::size_t N>
bool contains_any(std::string_view text, const std::array<std::string_view, N>& parts) {
  return std::ranges::any_of(
      parts, [&](std::string_view p) { return text.find(p) != std::string_view::npos; });
}

/// "TLS-1.0:RSA_AES_256_CBC_SHA:32" holds a version and a cipher.
std::vector<std::string_view> at_colons(std::string_view text) {
  std::vector<std::string_view> parts;
  while (true) {
    const std::size_t colon = text.find(':');
    parts.push_back(text.substr(0, colon));
    if (colon == std::string_view::npos) return parts;
    text.remove_prefix(colon + 1);
  }
}

bool is_cipher(std::string_view text) {
  static constexpr auto kParts = std::to_array<std::string_view>(
      {"_SHA", "-SHA", "GCM", "CBC", "POLY1305", "RC4-", "_MD5", "-MD5", "CCM"});
  return text.size() > 6 && contains_any(text, kParts) &&
         std::ranges::none_of(text, [](char c) { return c == '.' || c == '@'; }) &&
         text.find_first_of("-_") != std::string_view::npos && !text.starts_with("CRAM");
}

/// "TLSv1.3", "TLS1_2", "TLS-1.0", "TLSv1": the version as "1.3".
std::string tls_version(std::string_view text) {
  if (!text.starts_with("TLS") && !text.starts_with("tls")) return {};
  text.remove_prefix(3);
  if (!text.empty() && (text.front() == 'v' || text.front() == '-')) text.remove_prefix(1);
  if (text.empty() || text[0] != '1') return {};
  if (text.size() == 1) return "1.0";
  const bool minor = text.size() == 3 && (text[1] == '.' || text[1] == '_') &&
                     std::isdigit(static_cast<unsigned char>(text[2]));
  return minor ? std::string("1.") + text[2] : std::string();
}

std::string protocol(std::string_view text) {
  std::string up;
  for (const char c : text) up += static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  if (up.starts_with("LOCAL-")) up.erase(0, 6);
  struct Alias {
    std::string_view said, meant;
  };
  static constexpr auto kAliases = std::to_array<Alias>(
      {{"SMTPSVC", "SMTP"}, {"BSMTP", "SMTP"}, {"ESMTP-TLS", "ESMTPS"}, {"HTTPREST", "HTTP"}});
  for (const Alias& alias : kAliases)
    if (up == alias.said) up = alias.meant;
  static constexpr auto kKnown = std::to_array<std::string_view>(
      {"SMTP", "ESMTP", "ESMTPS", "ESMTPA", "ESMTPSA", "LMTP", "LMTPS", "LMTPA", "LMTPSA",
       "UTF8SMTP", "UTF8SMTPS", "UTF8SMTPA", "UTF8SMTPSA", "HTTP", "HTTPS", "IMAP", "POP3", "LOCAL",
       "MMS"});
  return std::ranges::find(kKnown, up) != kKnown.end() ? up : std::string();
}

class Reader {
 public:
  explicit Reader(std::vector<Token> tokens) : tokens_(std::move(tokens)) {}

  Received run() {
    for (i_ = 0; i_ < tokens_.size(); ++i_) {
      const Token& token = tokens_[i_];
      read_tls(token.text);
      if (keyword(token)) continue;
      read(token);
    }
    return std::move(result_);
  }

 private:
  enum class State { none, from, from_details, by, via, with, id, for_whom };

  bool keyword(const Token& token) {
    const bool outside = token.depth == 0;
    // The word right after "from" is a name, even if it is "helo" or "by".
    if (state_ == State::from && !token.after_open && result_.from.empty() && !is(token, "by") &&
        !is(token, "with"))
      return false;
    if (is(token, "from") && result_.from.empty() && !seen_from_) return enter(State::from);
    if (is(token, "by") && outside) {
      result_.by.clear();
      return enter(State::by);
    }
    if (is(token, "via") && outside && result_.via.empty()) return enter(State::via);
    if (is(token, "with") && outside && result_.with.empty()) return enter(State::with);
    if (is(token, "id") && outside && result_.id.empty()) return enter(State::id);
    if (is(token, "for") && outside && result_.for_whom.empty()) return enter(State::for_whom);
    if (!outside && (is(token, "helo") || is(token, "ehlo") || is(token, "lhlo")))
      return greeting(token);
    if ((is(token, "ident") || is(token, "user")) && in_from() && next() && !next()->after_open) {
      result_.ident = next()->text;
      ++i_;
      return true;
    }
    return false;
  }

  bool enter(State state) {
    seen_from_ |= state == State::from;
    state_ = state;
    return true;
  }

  [[nodiscard]] bool in_from() const {
    return state_ == State::from || state_ == State::from_details;
  }
  [[nodiscard]] const Token* next() const {
    return i_ + 1 < tokens_.size() ? &tokens_[i_ + 1] : nullptr;
  }

  bool greeting(const Token& token) {
    for (const char c : token.text)
      result_.helo_command += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    result_.helo_command.resize(4);
    if (!token.closes_next && next() && next()->depth > 0) {
      const std::string ip = canonical_ip(next()->text);
      result_.helo = ip.empty() ? next()->text : ip;
      ++i_;
      // What closed after the name closed this comment.
    }
    return true;
  }

  void read(const Token& token) {
    switch (state_) {
      case State::none:
      case State::from_details:
      case State::from:
        return from(token);
      case State::by:
        if (token.depth == 0) take(result_.by, host(token.text));
        return;
      case State::via:
        return take(result_.via, token.text);
      case State::with:
        if (token.depth == 0) result_.with = protocol(token.text);
        if (!result_.with.empty()) state_ = State::none;
        return;
      case State::id:
        return take(result_.id, token.text);
      case State::for_whom:
        if (token.text.find('@') != std::string::npos) result_.for_whom = token.text;
        state_ = State::none;
        return;
    }
  }

  void take(std::string& field, std::string value) {
    field = std::move(value);
    state_ = State::none;
  }

  static std::string host(const std::string& text) {
    const std::string ip = canonical_ip(text);
    return ip.empty() ? text : ip;
  }

  void from(const Token& token) {
    if (state_ == State::from && result_.from.empty() && !token.after_open) {
      result_.from = host(token.text);
      state_ = State::from_details;
      return;
    }
    if (!seen_from_ || !result_.by.empty()) return;
    state_ = State::from_details;
    const std::string ip = canonical_ip(token.text);
    if (!ip.empty()) {
      if (result_.from_ip.empty() && (token.depth > 0 || token.bracket)) result_.from_ip = ip;
    } else if (const std::size_t at = token.text.find('@');
               at != std::string::npos && token.depth > 0) {
      ident(token.text, at);
    } else if (token.depth > 0 && token.first && is_name(token.text) &&
               result_.from_iprev.empty()) {
      result_.from_iprev = token.text;
    }
  }

  void ident(std::string text, std::size_t at) {
    const bool fuller = result_.ident.find('@') == std::string::npos && at + 1 < text.size();
    if (!result_.ident.empty() && !fuller) return;
    if (at + 1 == text.size()) text.pop_back();
    if (text.size() > 6 && equal_ignoring_case(std::string_view(text).substr(0, 6), "IDENT:"))
      text.erase(0, 6);
    result_.ident = std::move(text);
  }

  static bool is_name(std::string_view text) {
    return text.find('.') != std::string_view::npos && text.find(':') == std::string_view::npos &&
           std::ranges::any_of(
               text, [](char c) { return std::isalpha(static_cast<unsigned char>(c)) != 0; });
  }

  void read_tls(std::string_view text) {
    for (const std::string_view part : at_colons(text)) {
      if (result_.tls_cipher.empty() && is_cipher(part)) result_.tls_cipher = part;
      if (result_.tls_version.empty()) result_.tls_version = tls_version(part);
    }
  }

  std::vector<Token> tokens_;
  std::size_t i_ = 0;
  State state_ = State::none;
  bool seen_from_ = false;
  Received result_;
};

}  // namespace

std::string canonical_ip(std::string_view text) {
  if (text.size() > 5 && equal_ignoring_case(text.substr(0, 5), "IPv6:")) text.remove_prefix(5);
  text = text.substr(0, text.find('%'));
  if (std::ranges::count(text, ':') == 1) text = text.substr(0, text.find(':'));
  const std::string plain(text.substr(0, INET6_ADDRSTRLEN));
  std::array<unsigned char, sizeof(in6_addr)> address{};
  std::array<char, INET6_ADDRSTRLEN> out{};
  for (const int family : {AF_INET, AF_INET6})
    if (inet_pton(family, plain.c_str(), address.data()) == 1)
      return inet_ntop(family, address.data(), out.data(), out.size());
  return {};
}

Received parse_received(std::string_view raw) {
  const std::string text = to_valid_utf8(one_field(raw.substr(0, kMaxBytes)));
  Received received = Reader(tokenise(text)).run();
  received.date = parse_date(text);
  return received;
}

}  // namespace deskwire::mime
