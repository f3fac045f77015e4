// SPDX-License-Identifier: Apache-2.0
#include "text/language.hpp"

#include <cld2/public/compact_lang_det.h>

#include "deskwire/base/utf8.hpp"

namespace deskwire::text {

std::string detect_language(std::string_view text) {
  constexpr std::size_t kRead = 1024, kFewest = 12;
  const std::string_view read = utf8_prefix(text, kRead);
  if (read.size() < kFewest || !is_utf8(read)) return {};
  bool reliable = false;
  const CLD2::Language language =
      CLD2::DetectLanguage(read.data(), static_cast<int>(read.size()), true, &reliable);
  if (!reliable || language == CLD2::UNKNOWN_LANGUAGE) return {};
  const std::string code = CLD2::LanguageCode(language);
  // Codes that were renamed since, and those that are no language.
  if (code == "iw") return "he";
  if (code == "jw") return "jv";
  if (code == "in") return "id";
  if (code == "no") return "nb";
  if (code == "un" || code == "xxx" || code.starts_with("xx-")) return {};
  return code;
}

}  // namespace deskwire::text
