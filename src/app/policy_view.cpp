// SPDX-License-Identifier: Apache-2.0
#include "app/policy_view.hpp"

#include <fstream>
#include <iterator>
#include <utility>

#include "config/config.hpp"
#include "config/redact.hpp"

namespace deskwire::app {
namespace json = boost::json;

std::function<json::object()> read_policy(std::filesystem::path file) {
  return [file = std::move(file)] {
    std::ifstream in(file, std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(in), {}};
    json::object out{{"file", file.filename().string()}};
    if (auto shown = config::without_secrets(text)) {
      out["text"] = std::move(*shown);
    } else {
      const config::TextFault& fault = shown.error();
      out["text"] = "# The file is not shown, since it cannot be read now: line " +
                    std::to_string(fault.place.line + 1) + ", column " +
                    std::to_string(fault.place.column + 1) + ": expected " + fault.expected + ".\n";
    }
    return out;
  };
}

std::function<json::array()> check_policy(std::filesystem::path file, std::string text,
                                          NameIds ids) {
  return [file = std::move(file), text = std::move(text), ids = std::move(ids)]() mutable {
    json::array out;
    const auto loaded = config::load_text(text, file.filename().string(), file.parent_path(),
                                          config::SystemSecrets{}, ids);
    if (loaded) return out;
    for (const config::ConfigError& error : loaded.error())
      out.push_back({{"line", error.line},
                     {"column", error.column},
                     {"path", error.path},
                     {"found", error.found},
                     {"expected", error.expected}});
    return out;
  };
}

}  // namespace deskwire::app
