// SPDX-License-Identifier: Apache-2.0
// Secrets come from the environment or from files, never from the configuration itself, but for
// demos on loopback.
#pragma once
#include <expected>
#include <filesystem>
#include <string>

namespace deskwire::config {

struct Secret {
  std::string value;
  bool literal = false;  ///< Stood in the file in clear.
};

/// Where `{env: NAME}` and `{file: PATH}` are looked up; what is missing comes back as words for a
/// message.
class SecretSource {
 public:
  virtual ~SecretSource() = default;
  [[nodiscard]] virtual std::expected<std::string, std::string> variable(
      const std::string& name) const = 0;
  [[nodiscard]] virtual std::expected<std::string, std::string> file(
      const std::filesystem::path& path) const = 0;
  /// Whether a file that is no secret may be looked at; words for a message when not.
  [[nodiscard]] virtual std::expected<void, std::string> may_read(
      const std::filesystem::path& path) const = 0;
};

/// The process's environment, and files of at most 64 KiB without their last line's end.
class SystemSecrets final : public SecretSource {
 public:
  [[nodiscard]] std::expected<std::string, std::string> variable(
      const std::string& name) const override;
  [[nodiscard]] std::expected<std::string, std::string> file(
      const std::filesystem::path& path) const override;
  [[nodiscard]] std::expected<void, std::string> may_read(
      const std::filesystem::path& /*path*/) const override {
    return {};
  }
};

}  // namespace deskwire::config
