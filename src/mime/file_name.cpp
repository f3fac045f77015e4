// SPDX-License-Identifier: Apache-2.0
#include "mime/file_name.hpp"

#include <array>

#include "deskwire/base/utf8.hpp"

namespace deskwire::mime {

std::string safe_file_name(std::string_view name) {
  constexpr std::size_t kMaxBytes = 200, kMaxExtension = 20;
  std::string safe;
  for (const char c : clean_line(name)) {
    if (c == '/' || c == '\\') {
      safe.clear();
    } else if (c != '"' && c != '<' && c != '>' && c != '|' && c != '*' && c != '?' && c != ':') {
      safe += c;
    }
  }
  const std::size_t begin = safe.find_first_not_of(". "), end = safe.find_last_not_of(". ");
  if (begin == std::string::npos) return {};
  safe = safe.substr(begin, end - begin + 1);
  if (safe.size() <= kMaxBytes) return safe;
  const std::size_t dot = safe.rfind('.');
  const std::string extension =
      dot != std::string::npos && safe.size() - dot <= kMaxExtension ? safe.substr(dot) : "";
  return std::string(utf8_prefix(safe, kMaxBytes - extension.size())) + extension;
}

std::string default_file_name(std::string_view type, unsigned n) {
  struct Known {
    std::string_view type, extension;
  };
  static constexpr auto kKnown = std::to_array<Known>({{"text/plain", ".txt"},
                                                       {"text/html", ".html"},
                                                       {"text/calendar", ".ics"},
                                                       {"text/csv", ".csv"},
                                                       {"text/vcard", ".vcf"},
                                                       {"message/rfc822", ".eml"},
                                                       {"message/delivery-status", ".txt"},
                                                       {"message/feedback-report", ".txt"},
                                                       {"application/pdf", ".pdf"},
                                                       {"application/ms-tnef", ".dat"},
                                                       {"application/zip", ".zip"},
                                                       {"application/pgp-signature", ".asc"},
                                                       {"application/pkcs7-signature", ".p7s"},
                                                       {"image/png", ".png"},
                                                       {"image/jpeg", ".jpg"},
                                                       {"image/gif", ".gif"},
                                                       {"image/webp", ".webp"},
                                                       {"audio/mpeg", ".mp3"},
                                                       {"video/mp4", ".mp4"}});
  std::string_view extension = ".bin";
  for (const Known& known : kKnown)
    if (known.type == type) extension = known.extension;
  return "attachment-" + std::to_string(n) + std::string(extension);
}

}  // namespace deskwire::mime
