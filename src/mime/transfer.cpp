// SPDX-License-Identifier: Apache-2.0
#include "mime/transfer.hpp"

#include <gmime/gmime.h>

#include <algorithm>
#include <array>

#include "mime/gmime_init.hpp"
#include "mime/uuencode.hpp"

namespace deskwire::mime {
namespace {

constexpr std::size_t kChunk = 16 * 1024;

GMimeContentEncoding to_gmime(Encoding encoding) {
  switch (encoding) {
    case Encoding::base64:
      return GMIME_CONTENT_ENCODING_BASE64;
    case Encoding::quoted_printable:
      return GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE;
    case Encoding::uuencode:
    case Encoding::identity:
      break;
  }
  return GMIME_CONTENT_ENCODING_BINARY;
}

/// Decodes chunk by chunk and hands each to `take(data, size)`, which answers whether it wants
/// more.
template <class Take>
void decode_chunks(Encoding encoding, std::string_view bytes, Take take) {
  ensure_gmime();
  GMimeEncoding state;
  g_mime_encoding_init_decode(&state, to_gmime(encoding));
  std::string out(g_mime_encoding_outlen(&state, std::min(kChunk, bytes.size())), '\0');
  while (!bytes.empty()) {
    const std::string_view chunk = bytes.substr(0, kChunk);
    bytes.remove_prefix(chunk.size());
    const std::size_t size =
        bytes.empty() ? g_mime_encoding_flush(&state, chunk.data(), chunk.size(), out.data())
                      : g_mime_encoding_step(&state, chunk.data(), chunk.size(), out.data());
    if (!take(out.data(), size)) return;
  }
}

bool is_base64_char(unsigned char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' ||
         c == '/' || c == '=' || c <= ' ';
}

}  // namespace

Encoding parse_encoding(std::string_view value) {
  std::string word;
  for (const char c : value.substr(0, 256)) {
    const char low = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    if ((low >= 'a' && low <= 'z') || (low >= '0' && low <= '9') || low == '-') {
      word += low;
    } else if (!word.empty() || c == '(') {
      break;
    }
  }
  if (word == "base64" || word == "base-64") return Encoding::base64;
  if (word == "quoted-printable" || word == "quotedprintable") return Encoding::quoted_printable;
  if (word == "uuencode" || word == "x-uuencode" || word == "x-uue" || word == "uue")
    return Encoding::uuencode;
  return Encoding::identity;
}

std::string decode(Encoding encoding, std::string_view bytes, std::size_t max_bytes) {
  if (encoding == Encoding::identity) return std::string(bytes.substr(0, max_bytes));
  if (encoding == Encoding::uuencode) return uu_decode(bytes).substr(0, max_bytes);
  std::string out;
  decode_chunks(encoding, bytes, [&](const char* data, std::size_t size) {
    out.append(data, std::min(size, max_bytes - out.size()));
    return out.size() < max_bytes;
  });
  return out;
}

std::size_t decoded_size(Encoding encoding, std::string_view bytes) {
  if (encoding == Encoding::identity) return bytes.size();
  if (encoding == Encoding::uuencode) return uu_decode(bytes).size();
  std::size_t total = 0;
  decode_chunks(encoding, bytes, [&](const char*, std::size_t size) {
    total += size;
    return true;
  });
  return total;
}

bool is_damaged(Encoding encoding, std::string_view bytes) {
  if (encoding != Encoding::base64) return false;
  const auto foreign = std::ranges::count_if(
      bytes, [](char c) { return !is_base64_char(static_cast<unsigned char>(c)); });
  return static_cast<std::size_t>(foreign) * 20 > bytes.size();
}

}  // namespace deskwire::mime
