// SPDX-License-Identifier: Apache-2.0
#include "app/policy_view.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <set>
#include <utility>

#include "auth/digest.hpp"
#include "config/config.hpp"
#include "config/redact.hpp"

namespace deskwire::app {
namespace json = boost::json;

namespace {

/// Whatever is asked for while `learning`, and the files of one folder; nothing else.
class KnownSources final : public config::SecretSource {
 public:
  explicit KnownSources(std::filesystem::path folder) : folder_(std::move(folder)) {}

  bool learning = true;

  [[nodiscard]] std::expected<std::string, std::string> variable(
      const std::string& name) const override {
    if (!known(variables_, name)) return std::unexpected(elsewhere("variable"));
    return system_.variable(name);
  }
  [[nodiscard]] std::expected<std::string, std::string> file(
      const std::filesystem::path& path) const override {
    if (auto may = may_read(path); !may) return std::unexpected(std::move(may.error()));
    return system_.file(path);
  }
  [[nodiscard]] std::expected<void, std::string> may_read(
      const std::filesystem::path& path) const override {
    const bool beside = std::ranges::mismatch(folder_, path).in1 == folder_.end();
    if (known(files_, path.string()) || beside) return {};
    return std::unexpected(elsewhere("file"));
  }

 private:
  bool known(std::set<std::string>& all, const std::string& one) const {
    if (learning) all.insert(one);
    return all.contains(one);
  }
  static std::string elsewhere(const std::string& what) {
    return "a " + what + " that is not looked up from here (`deskwire check` does)";
  }

  config::SystemSecrets system_;
  std::filesystem::path folder_;
  mutable std::set<std::string> variables_, files_;
};

json::array rows(const std::vector<config::ConfigError>& errors) {
  json::array out;
  for (const config::ConfigError& error : errors)
    out.push_back({{"line", error.line},
                   {"column", error.column},
                   {"path", error.path},
                   {"found", error.found},
                   {"expected", error.expected}});
  return out;
}

json::array rows(const std::vector<config::ConfigWarning>& warnings) {
  json::array out;
  for (const config::ConfigWarning& warning : warnings)
    out.push_back({{"line", warning.line},
                   {"column", warning.column},
                   {"path", warning.path},
                   {"kind", warning.kind},
                   {"text", warning.text}});
  return out;
}

}  // namespace

std::function<json::object()> read_policy(std::filesystem::path file, NameIds ids,
                                          std::uint64_t version) {
  return [file = std::move(file), ids = std::move(ids), version] {
    std::ifstream in(file, std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(in), {}};
    const auto known = ids.ids.find({"policy", sha256_hex(text)});
    json::object out{{"version", version},
                     {"file", file.filename().string()},
                     {"in_force", known != ids.ids.end() && known->second == version}};
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

std::function<json::object()> check_policy(std::filesystem::path file, std::string text,
                                           NameIds ids) {
  return [file = std::move(file), text = std::move(text), ids = std::move(ids)]() mutable {
    const std::filesystem::path folder = std::filesystem::absolute(file).parent_path();
    KnownSources sources(folder.lexically_normal());
    NameIds scratch = ids;
    (void)config::load(file, sources, scratch);
    sources.learning = false;
    const auto loaded = config::load_text(text, file.filename().string(), folder, sources, ids);
    if (loaded)
      return json::object{{"errors", json::array()}, {"warnings", rows(loaded->warnings)}};
    return json::object{{"errors", rows(loaded.error())}, {"warnings", json::array()}};
  };
}

}  // namespace deskwire::app
