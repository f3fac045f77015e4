// SPDX-License-Identifier: Apache-2.0
#include "runtime/log.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <chrono>
#include <iterator>
#include <memory>

namespace deskwire {
namespace {

class JsonLines final : public spdlog::formatter {
 public:
  void format(const spdlog::details::log_msg& line, spdlog::memory_buf_t& out) override {
    using namespace std::chrono;
    const auto at = time_point_cast<milliseconds>(line.time);
    const auto ms = at.time_since_epoch().count() % 1000;
    const auto level = spdlog::level::to_string_view(line.level);
    fmt::format_to(
        std::back_inserter(out),
        R"({{"at":"{:%Y-%m-%dT%H:%M:%S}.{:03}Z","level":"{}","thread":{},"message":"{}"}})",
        fmt::gmtime(system_clock::to_time_t(line.time)), ms,
        std::string_view(level.data(), level.size()), line.thread_id,
        json_escaped({line.payload.data(), line.payload.size()}));
    out.push_back('\n');
  }
  std::unique_ptr<spdlog::formatter> clone() const override {
    return std::make_unique<JsonLines>();
  }
};

}  // namespace

std::string json_escaped(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    switch (c) {
      case '"':
        out += "\\\"";
        break;
      case '\\':
        out += "\\\\";
        break;
      case '\n':
        out += "\\n";
        break;
      case '\r':
        out += "\\r";
        break;
      case '\t':
        out += "\\t";
        break;
      default:
        if (static_cast<unsigned char>(c) < 0x20)
          out += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
        else
          out += c;
    }
  }
  return out;
}

void setup_logging(std::string_view level) {
  auto sink = std::make_shared<spdlog::sinks::stderr_sink_mt>();
  auto logger = std::make_shared<spdlog::logger>("deskwire", std::move(sink));
  logger->set_formatter(std::make_unique<JsonLines>());
  spdlog::level::level_enum wanted = spdlog::level::from_str(std::string(level));
  if (wanted == spdlog::level::off && level != "off") wanted = spdlog::level::info;
  logger->set_level(wanted);
  logger->flush_on(spdlog::level::warn);
  spdlog::set_default_logger(std::move(logger));
}

}  // namespace deskwire
