// SPDX-License-Identifier: Apache-2.0
#include "app/command_line.hpp"

#include <CLI/CLI.hpp>
#include <memory>

#include "app/exit_codes.hpp"

namespace deskwire::app {
namespace {

void add_serve(CLI::App& app, CommandLine& out) {
  auto* verb = app.add_subcommand("serve", "run the daemon");
  auto options = std::make_shared<ServeOptions>();
  verb->add_option("--config", options->config, "configuration file")->required();
  verb->add_option("--data", options->data, "data folder, instead of storage.path");
  verb->add_option("--http", options->http,
                   "HOST:PORT for pages, REST and sockets; port 0 picks one");
  verb->add_option("--smtp", options->smtp, "HOST:PORT for mail in");
  verb->add_option("--lmtp", options->lmtp,
                   "HOST:PORT or unix:PATH for mail in from a local mail server");
  verb->add_option("--log-level", options->log_level, "trace, debug, info, warn or error")
      ->check(CLI::IsMember({"trace", "debug", "info", "warn", "error"}));
  verb->callback([&out, options] { out.serve = *options; });
}

void add_check(CLI::App& app, CommandLine& out) {
  auto* verb = app.add_subcommand(
      "check", "check a configuration and list every error and warning with its place");
  auto options = std::make_shared<CheckOptions>();
  verb->add_option("file", options->config, "configuration file")->required();
  verb->add_flag("--strict", options->strict, "fail on warnings too");
  verb->callback([&out, options] { out.check = *options; });
}

void add_init(CLI::App& app, CommandLine& out) {
  auto* verb = app.add_subcommand("init", "write a first configuration, by questions or flags");
  auto options = std::make_shared<InitOptions>();
  verb->add_option("--output", options->output, "file to write")->capture_default_str();
  verb->add_flag("--force", options->force, "overwrite it");
  verb->add_flag("--defaults", options->defaults, "ask nothing");
  verb->add_option("--name", options->name, "name of the desk");
  verb->add_option("--public-url", options->public_url, "where browsers reach it");
  verb->add_option("--zone", options->zone, "IANA time zone");
  verb->add_option("--mailbox", options->mailbox, "first mail address");
  verb->add_option("--smarthost", options->smarthost, "HOST:PORT that takes outgoing mail");
  verb->callback([&out, options] { out.init = *options; });
}

void add_where(CLI::App& verb, DataOptions& where) {
  auto* data = verb.add_option("--data", where.data, "the desk's data folder");
  auto* config = verb.add_option("--config", where.config, "or its configuration");
  data->excludes(config);
  verb.parse_complete_callback([&where] {
    if (!where.data && !where.config) throw CLI::RequiredError("--data or --config");
  });
}

void add_user(CLI::App& app, CommandLine& out) {
  auto* user = app.add_subcommand("user", "log-ins; passwords are read from standard input");
  user->require_subcommand(1);
  const auto verb = [&](const char* name, const char* help, UserOptions::Verb kind) {
    auto* sub = user->add_subcommand(name, help);
    auto options = std::make_shared<UserOptions>();
    options->verb = kind;
    sub->add_option("user", options->user, "log-in name")->required();
    if (kind == UserOptions::Verb::add) {
      sub->add_option("--name", options->name, "name shown to others");
      sub->add_option("--role", options->role, "agent, supervisor or admin")
          ->check(CLI::IsMember({"agent", "supervisor", "admin"}))
          ->capture_default_str();
    }
    add_where(*sub, options->where);
    sub->final_callback([&out, options] { out.user = *options; });
  };
  verb("add", "create a log-in", UserOptions::Verb::add);
  verb("passwd", "set a new password and end the user's sessions", UserOptions::Verb::passwd);
  verb("disable", "end a log-in; history stays", UserOptions::Verb::disable);
}

void add_backup(CLI::App& app, CommandLine& out) {
  auto* verb = app.add_subcommand(
      "backup", "copy the data, consistent and with blobs, while the daemon runs");
  auto options = std::make_shared<BackupOptions>();
  verb->add_option("directory", options->target, "a folder that is empty or not there yet")
      ->required();
  add_where(*verb, options->where);
  verb->final_callback([&out, options] { out.backup = *options; });
}

void add_explain(CLI::App& app, CommandLine& out) {
  auto* verb = app.add_subcommand(
      "explain", "why a ticket is where it is, who gets it and why, and what became of its offers");
  auto options = std::make_shared<ExplainOptions>();
  verb->add_option("ticket", options->ticket, "its number")->required()->check(CLI::PositiveNumber);
  verb->add_flag("--json", options->json, "print the answer as REST gives it");
  add_where(*verb, options->where);
  verb->final_callback([&out, options] { out.explain = *options; });
}

}  // namespace

Parsed parse_command_line(int argc, char** argv) {
  CLI::App app("Deskwire: a contact-center and ticket routing daemon", "deskwire");
  Parsed parsed;
  app.require_subcommand(1);
  add_serve(app, parsed.command);
  add_check(app, parsed.command);
  add_init(app, parsed.command);
  add_user(app, parsed.command);
  add_backup(app, parsed.command);
  add_explain(app, parsed.command);
  app.add_subcommand("version", "print the version")->callback([&] {
    parsed.command.version = true;
  });
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    parsed.exit = app.exit(error) == 0 ? kStopped : kUsage;
  }
  return parsed;
}

}  // namespace deskwire::app
