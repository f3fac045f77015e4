// SPDX-License-Identifier: Apache-2.0
#include "app/command_line.hpp"
#include "app/daemon.hpp"
#include "app/verbs.hpp"

int main(int argc, char** argv) {
  using namespace deskwire::app;
  const Parsed parsed = parse_command_line(argc, argv);
  if (parsed.exit) return *parsed.exit;
  const CommandLine& command = parsed.command;
  if (command.serve) return run_serve(*command.serve);
  if (command.check) return run_check(*command.check);
  if (command.init) return run_init(*command.init);
  if (command.user) return run_user(*command.user);
  if (command.backup) return run_backup(*command.backup);
  if (command.explain) return run_explain(*command.explain);
  return run_version();
}
