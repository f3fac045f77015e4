// SPDX-License-Identifier: Apache-2.0
#include "text/opt_out.hpp"

#include <algorithm>
#include <array>
#include <string>

#include "deskwire/base/utf8.hpp"

namespace deskwire::text {
namespace {

constexpr std::size_t kMaxBytes = 200;

struct Word {
  std::u32string_view folded;
  OptOut meaning;
};

// Vietnamese words count with and without marks, but not with other marks: U"đúng" is "correct".
constexpr auto kWords = std::to_array<Word>({
    {U"stop", OptOut::stop},        {U"stopall", OptOut::stop},  {U"stop all", OptOut::stop},
    {U"unsubscribe", OptOut::stop}, {U"cancel", OptOut::stop},   {U"end", OptOut::stop},
    {U"quit", OptOut::stop},        {U"revoke", OptOut::stop},   {U"remove", OptOut::stop},
    {U"optout", OptOut::stop},      {U"opt-out", OptOut::stop},  {U"opt out", OptOut::stop},
    {U"stopp", OptOut::stop},       {U"abmelden", OptOut::stop}, {U"abbestellen", OptOut::stop},
    {U"arret", OptOut::stop},       {U"arrêt", OptOut::stop},    {U"arrete", OptOut::stop},
    {U"arrête", OptOut::stop},      {U"arrett", OptOut::stop},   {U"desabonner", OptOut::stop},
    {U"désabonner", OptOut::stop},  {U"alto", OptOut::stop},     {U"baja", OptOut::stop},
    {U"parar", OptOut::stop},       {U"cancelar", OptOut::stop}, {U"dung", OptOut::stop},
    {U"dừng", OptOut::stop},        {U"huy", OptOut::stop},      {U"hủy", OptOut::stop},
    {U"huỷ", OptOut::stop},         {U"tu choi", OptOut::stop},  {U"từ chối", OptOut::stop},
    {U"td", OptOut::stop},          {U"退订", OptOut::stop},     {U"退訂", OptOut::stop},
    {U"取消订阅", OptOut::stop},    {U"取消訂閱", OptOut::stop}, {U"停止", OptOut::stop},
    {U"start", OptOut::start},      {U"unstop", OptOut::start},  {U"yes", OptOut::start},
    {U"anmelden", OptOut::start},   {U"alta", OptOut::start},    {U"dang ky", OptOut::start},
    {U"đăng ký", OptOut::start},    {U"订阅", OptOut::start},    {U"訂閱", OptOut::start},
    {U"help", OptOut::help},        {U"info", OptOut::help},     {U"hilfe", OptOut::help},
    {U"aide", OptOut::help},        {U"ayuda", OptOut::help},    {U"tro giup", OptOut::help},
    {U"trợ giúp", OptOut::help},    {U"帮助", OptOut::help},     {U"幫助", OptOut::help},
});

/// Lower case of the Latin letters of the words above.
char32_t lower(char32_t c) {
  if ((c >= U'A' && c <= U'Z') || (c >= 0xC0 && c <= 0xDE && c != 0xD7)) return c + 0x20;
  const bool pairs = (c >= 0x100 && c <= 0x137) || (c >= 0x1E00 && c <= 0x1EFF) || c == 0x1A0;
  if ((pairs && c % 2 == 0) || c == 0x1AF) return c + 1;
  return c;
}

/// Wide forms of East Asian keyboards and blanks of every width as ASCII.
char32_t narrow(char32_t c) {
  if (c >= 0xFF01 && c <= 0xFF5E) return c - 0xFF01 + U'!';
  const bool blank = c == 0xA0 || c == 0x3000 || (c >= 0x2000 && c <= 0x200A) || c == 0x202F ||
                     (c >= U'\t' && c <= U'\r');
  return blank ? U' ' : c;
}

/// What shows nothing of its own: marks that were typed apart from their letter, joiners.
bool is_silent(char32_t c) {
  return (c >= 0x300 && c <= 0x36F) || (c >= 0x200B && c <= 0x200F) || c == 0x2060 || c == 0xFEFF ||
         (c >= 0xFE00 && c <= 0xFE0F);
}

bool is_around(char32_t c) {
  constexpr std::u32string_view kAround =
      U" .,;:!?\"'`()[]{}<>*_~/-\u00A1\u00AB\u00B4\u00BB\u00BF\u2013\u2014\u2018\u2019\u201A\u201C"
      U"\u201D\u201E\u2026\u3001\u3002\u300C\u300D";
  return kAround.find(c) != std::u32string_view::npos;
}

std::u32string fold(std::string_view text) {
  std::u32string out;
  while (!text.empty()) {
    const CodePoint point = first_code_point(text);
    text.remove_prefix(point.bytes);
    const char32_t c = lower(narrow(point.value));
    if (is_silent(c) || (c == U' ' && out.ends_with(U' '))) continue;
    out += c;
  }
  while (!out.empty() && is_around(out.back())) out.pop_back();
  const auto begin = std::ranges::find_if_not(out, is_around);
  return {begin, out.end()};
}

}  // namespace

OptOut read_opt_out(std::string_view text) {
  if (text.size() > kMaxBytes) return OptOut::none;
  const auto found = std::ranges::find(kWords, fold(text), &Word::folded);
  return found == kWords.end() ? OptOut::none : found->meaning;
}

}  // namespace deskwire::text
