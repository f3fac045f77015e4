// SPDX-License-Identifier: Apache-2.0
// Every verb but `serve`. Each prints what a person needs and returns the exit code. Verbs on live
// data ask the running daemon through its control socket, or take the data's lock when none runs.
#pragma once
#include "app/command_line.hpp"

namespace deskwire::app {

int run_check(const CheckOptions& options);
int run_init(const InitOptions& options);
int run_user(const UserOptions& options);
int run_backup(const BackupOptions& options);
int run_explain(const ExplainOptions& options);
int run_version();

}  // namespace deskwire::app
