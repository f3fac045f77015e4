// SPDX-License-Identifier: Apache-2.0
// The command line as data. A usage error prints its reason and ends with 64.
#pragma once
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

namespace deskwire::app {

struct ServeOptions {
  std::filesystem::path config;
  std::optional<std::filesystem::path> data;  ///< Overrides storage.path.
  std::optional<std::string> http, smtp,
      lmtp;  ///< Override the listeners: HOST:PORT, LMTP also unix:PATH.
  std::string log_level = "info";
};

struct CheckOptions {
  std::filesystem::path config;
  bool strict = false;  ///< Warnings count as errors.
};

struct InitOptions {
  std::filesystem::path output = "deskwire.yaml";
  bool force = false;                                      ///< Overwrite.
  bool defaults = false;                                   ///< Ask nothing.
  std::string name, public_url, zone, mailbox, smarthost;  ///< Given: not asked.
};

/// Where a verb that touches live state finds the desk.
struct DataOptions {
  std::optional<std::filesystem::path> config, data;  ///< One of both.
};

struct UserOptions {
  enum class Verb : std::uint8_t { add, passwd, disable };
  Verb verb = Verb::add;
  DataOptions where;
  std::string user, name, role = "agent";
};

struct BackupOptions {
  DataOptions where;
  std::filesystem::path target;
};

struct ExplainOptions {
  DataOptions where;
  std::uint64_t ticket = 0;
  bool json = false;
};

struct CommandLine {
  std::optional<ServeOptions> serve;
  std::optional<CheckOptions> check;
  std::optional<InitOptions> init;
  std::optional<UserOptions> user;
  std::optional<BackupOptions> backup;
  std::optional<ExplainOptions> explain;
  bool version = false;
};

/// Either what was asked, or the exit code when the parser has said all there was to say (help,
/// usage error).
struct Parsed {
  CommandLine command;
  std::optional<int> exit;
};
Parsed parse_command_line(int argc, char** argv);

}  // namespace deskwire::app
