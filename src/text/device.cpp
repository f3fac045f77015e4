// SPDX-License-Identifier: Apache-2.0
#include "text/device.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace deskwire::text {
namespace {

using Sign = std::pair<std::string_view, std::string_view>;  ///< What is in it, what it means.

constexpr std::size_t kProductLength = 40;

/// Browsers name those that they want to be taken for, so the rarer ones are looked for first.
constexpr auto kBrowsers = std::to_array<Sign>({{"Edg", "Edge"},
                                                {"OPR/", "Opera"},
                                                {"Vivaldi/", "Vivaldi"},
                                                {"SamsungBrowser/", "Samsung Internet"},
                                                {"Firefox/", "Firefox"},
                                                {"FxiOS/", "Firefox"},
                                                {"CriOS/", "Chrome"},
                                                {"Chrome/", "Chrome"},
                                                {"Safari/", "Safari"}});
constexpr auto kSystems = std::to_array<Sign>({{"iPhone", "iPhone"},
                                               {"iPad", "iPad"},
                                               {"Android", "Android"},
                                               {"Windows", "Windows"},
                                               {"CrOS", "ChromeOS"},
                                               {"Mac OS X", "macOS"},
                                               {"Linux", "Linux"}});

template <std::size_t N>
std::string_view meaning(std::string_view text, const std::array<Sign, N>& signs) {
  for (const auto& [sign, word] : signs)
    if (text.find(sign) != std::string_view::npos) return word;
  return {};
}

bool is_printable(char c) { return c > ' ' && c < 127; }

}  // namespace

std::string device_of(std::string_view user_agent) {
  const std::string_view browser = meaning(user_agent, kBrowsers);
  if (browser.empty()) {
    const std::string_view product = user_agent.substr(0, user_agent.find_first_of(" /"));
    std::string out(product.substr(0, kProductLength));
    std::erase_if(out, [](char c) { return !is_printable(c); });
    return out;
  }
  const std::string_view system = meaning(user_agent, kSystems);
  std::string out(browser);
  if (!system.empty()) out.append(" on ").append(system);
  return out;
}

}  // namespace deskwire::text
