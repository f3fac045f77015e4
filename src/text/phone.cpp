// SPDX-License-Identifier: Apache-2.0
#include "text/phone.hpp"

#include <phonenumbers/logger.h>
#include <phonenumbers/phonenumber.pb.h>
#include <phonenumbers/phonenumberutil.h>
#include <phonenumbers/shortnumberinfo.h>

#include <algorithm>

namespace deskwire::text {
namespace {

using i18n::phonenumbers::PhoneNumber;
using i18n::phonenumbers::PhoneNumberUtil;
using i18n::phonenumbers::ShortNumberInfo;

constexpr std::size_t kMaxBytes = 250;
constexpr auto kNoRegion = "ZZ";
/// Under this, a number without an entry in its country's plan is taken for a short code.
constexpr std::size_t kLeastDigits = 7;
/// A number as some providers send it, without "+" but with its country, is at least this long.
constexpr std::size_t kLeastWithCountry = 11;

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

const PhoneNumberUtil& util() {
  static const PhoneNumberUtil& instance = [] -> PhoneNumberUtil& {
    PhoneNumberUtil& made = *PhoneNumberUtil::GetInstance();
    // Its own logger writes to the standard output, which belongs to the line that says "ready".
    made.SetLogger(new i18n::phonenumbers::NullLogger());
    return made;
  }();
  return instance;
}

const ShortNumberInfo& short_numbers() {
  static const ShortNumberInfo instance;
  return instance;
}

std::string national_digits(const PhoneNumber& number) {
  std::string digits;
  util().GetNationalSignificantNumber(number, &digits);
  return digits;
}

std::optional<PhoneNumber> parse(const std::string& text, const std::string& region) {
  PhoneNumber number;
  if (util().Parse(text, region, &number) != PhoneNumberUtil::NO_PARSING_ERROR) return std::nullopt;
  return number;
}

/// Plans that changed after Debian's library was made.
bool is_newer(const PhoneNumber& number) {
  constexpr int kBenin = 229;  // 01 before every number since 2024-11-30.
  const std::string digits = national_digits(number);
  return number.country_code() == kBenin && digits.size() == 10 && digits.starts_with("01");
}

bool is_possible(const PhoneNumber& number) {
  // Possible within a town only is not enough: nobody could call it from here.
  return is_newer(number) ||
         (util().IsPossibleNumberWithReason(number) == PhoneNumberUtil::IS_POSSIBLE &&
          national_digits(number).size() >= kLeastDigits);
}

/// The library would dial letters; what a text calls a number has none but for an extension.
bool has_letters(std::string_view text, const PhoneNumber& number) {
  const auto letter = std::ranges::find_if(text, is_letter);
  if (letter == text.end()) return false;
  return !number.has_extension() || std::count_if(text.begin(), letter, is_digit) < 5;
}

std::string e164(const PhoneNumber& number) {
  std::string out;
  PhoneNumber plain = number;
  plain.clear_extension();
  util().Format(plain, PhoneNumberUtil::E164, &out);
  return out;
}

std::string upper(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), [](char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  });
  return out;
}

/// Some providers leave the "+" out. Only long numbers of a known plan are read so.
std::optional<std::string> with_country(const std::string& text) {
  if (text.size() < kLeastWithCountry || !std::ranges::all_of(text, is_digit)) return std::nullopt;
  const auto number = parse("+" + text, kNoRegion);
  if (!number || !util().IsValidNumber(*number)) return std::nullopt;
  return e164(*number);
}

}  // namespace

std::optional<std::string> to_e164(std::string_view text, std::string_view region) {
  constexpr std::string_view kUri = "tel:";
  if (text.starts_with(kUri)) text.remove_prefix(kUri.size());
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  if (text.empty() || text.size() > kMaxBytes) return std::nullopt;
  const std::string written(text), home = region.empty() ? kNoRegion : upper(region);
  const auto number = parse(written, home);
  if (!number) return with_country(written);
  if (has_letters(text, *number)) return std::nullopt;
  const bool international = text.front() == '+';
  if (!international && national_digits(*number).size() < kLeastDigits &&
      short_numbers().IsValidShortNumberForRegion(*number, home))
    return std::nullopt;
  if (util().IsValidNumber(*number) || is_possible(*number)) return e164(*number);
  return international ? std::nullopt : with_country(written);
}

std::string format_phone(std::string_view e164) {
  const std::string written(e164);
  std::string out;
  if (!e164.starts_with('+') || e164.size() > kMaxBytes) return written;
  const auto number = parse(written, kNoRegion);
  if (!number) return written;
  util().Format(*number, PhoneNumberUtil::INTERNATIONAL, &out);
  return out;
}

std::string national_digits(std::string_view e164) {
  if (!e164.starts_with('+') || e164.size() > kMaxBytes) return {};
  const auto number = parse(std::string(e164), kNoRegion);
  return number ? national_digits(*number) : std::string();
}

std::string phone_region(std::string_view e164) {
  if (!e164.starts_with('+') || e164.size() > kMaxBytes) return {};
  const auto number = parse(std::string(e164), kNoRegion);
  if (!number) return {};
  std::string region;
  util().GetRegionCodeForNumber(*number, &region);
  if (region == kNoRegion) util().GetRegionCodeForCountryCode(number->country_code(), &region);
  // "001" are satellites and other numbers of no country.
  return region == kNoRegion || region == "001" ? std::string() : region;
}

}  // namespace deskwire::text
