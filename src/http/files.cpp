// SPDX-License-Identifier: Apache-2.0
#include "http/files.hpp"

#include <algorithm>
#include <array>

namespace deskwire {
namespace {

/// Types that browsers show without running anything; all others are sent as bytes to save.
bool shown_inline(std::string_view type) {
  constexpr auto kSafe =
      std::to_array<std::string_view>({"image/png", "image/jpeg", "image/gif", "image/webp"});
  return std::ranges::find(kSafe, type) != kSafe.end();
}

bool is_token_char(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
         c == '-' || c == '_';
}

/// RFC 6266 with RFC 8187's UTF-8 form; the plain form is ASCII for old clients.
std::string disposition(std::string_view kind, std::string_view file) {
  constexpr char kHex[] = "0123456789ABCDEF";
  std::string plain, encoded;
  for (const char c : file) {
    plain += is_token_char(c) || c == ' ' ? c : '_';
    if (is_token_char(c)) {
      encoded += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      encoded += {'%', kHex[byte >> 4], kHex[byte & 15]};
    }
  }
  if (file.empty()) plain = encoded = "attachment";
  return std::string(kind) + "; filename=\"" + plain + "\"; filename*=UTF-8''" + encoded;
}

}  // namespace

HttpResponse file_response(std::string_view name, std::string_view type, std::string bytes) {
  const bool shown = shown_inline(type);
  HttpResponse answer;
  answer.body = std::move(bytes);
  answer.set("content-type", shown ? std::string(type) : "application/octet-stream");
  answer.set("content-disposition", disposition(shown ? "inline" : "attachment", name));
  answer.set("content-security-policy", "default-src 'none'; sandbox");
  answer.set("x-content-type-options", "nosniff");
  answer.set("cache-control", "private, max-age=3600");
  return answer;
}

std::string uploaded_type(std::string_view header) {
  std::string type(header.substr(0, header.find(';')));
  while (!type.empty() && type.back() == ' ') type.pop_back();
  for (char& c : type)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  const auto allowed = [](char c) { return is_token_char(c) || c == '/' || c == '+'; };
  if (type.size() > 100 || std::ranges::count(type, '/') != 1 ||
      !std::ranges::all_of(type, allowed))
    return "application/octet-stream";
  return type;
}

std::string safe_file_name(std::string text) {
  if (const auto slash = text.find_last_of("/\\"); slash != std::string::npos)
    text.erase(0, slash + 1);
  std::erase_if(text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; });
  return text;
}

}  // namespace deskwire
