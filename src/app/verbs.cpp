// SPDX-License-Identifier: Apache-2.0
#include "app/verbs.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <memory>
#include <stdexcept>
#include <string>

#include "app/control.hpp"
#include "app/exit_codes.hpp"
#include "app/load_config.hpp"
#include "app/users.hpp"
#include "auth/password.hpp"
#include "config/init.hpp"
#include "runtime/clock.hpp"
#include "storage/sqlite/sqlite_store.hpp"

namespace deskwire::app {
namespace {

constexpr std::size_t kMinPasswordBytes = 8;

int complain(ExitCode code, const std::string& what) {
  std::fprintf(stderr, "deskwire: %s\n", what.c_str());
  return code;
}

/// Runs `body`; a failing store or a refusal becomes its exit code and a line on stderr.
template <class F>
int guarded(F body) {
  try {
    return body();
  } catch (const StoreError& error) {
    return complain(exit_code(error.kind), error.what());
  } catch (const std::exception& error) {
    return complain(kUsage, error.what());
  }
}

std::optional<std::filesystem::path> data_folder(const DataOptions& where) {
  if (where.data) return where.data;
  NameIds scratch;
  auto config = load_config(*where.config, scratch, TellErrors::on_terminal);
  if (!config) return std::nullopt;
  return config->storage.path;
}

std::unique_ptr<Store> open_existing(const std::filesystem::path& data) {
  if (!std::filesystem::exists(data))
    throw StoreError(StoreError::Kind::disk, "there is no data folder " + data.string());
  SqliteSettings settings;
  settings.directory = data.string();
  return open_sqlite(settings);
}

std::string read_password() {
  std::string line;
  std::getline(std::cin, line);
  if (line.size() < kMinPasswordBytes)
    throw std::runtime_error("the password needs at least 8 bytes; write it to standard input");
  if (line.size() > PasswordHasher::kMaxBytes) throw std::runtime_error("the password is too long");
  return line;
}

constexpr const char* verb_name(UserOptions::Verb verb) {
  switch (verb) {
    case UserOptions::Verb::add:
      return "user.add";
    case UserOptions::Verb::passwd:
      return "user.passwd";
    case UserOptions::Verb::disable:
      return "user.disable";
  }
  return "";
}

/// The server's words, laid out.
void print_explanation(const boost::json::object& answer) {
  const auto text = [](const boost::json::value& value, std::string_view none) {
    return value.is_string() ? std::string(value.get_string()) : std::string(none);
  };
  std::printf("#%lld in %s\n",
              static_cast<long long>(answer.at("ticket").to_number<std::int64_t>()),
              text(answer.at("queue"), "a queue that is gone").c_str());
  for (const auto& sentence : answer.at("words").as_array())
    std::printf("%s\n", text(sentence, "").c_str());
  if (!answer.at("agents").as_array().empty()) std::printf("\nAgents\n");
  for (const auto& one : answer.at("agents").as_array())
    std::printf("  %-16s %s\n", text(one.at("agent"), "someone who is gone").c_str(),
                text(one.at("words"), "").c_str());
  for (const auto& deadline : answer.at("deadlines").as_array()) {
    std::string metric = text(deadline.at("metric"), "");
    std::ranges::replace(metric, '_', ' ');
    std::printf("\nDeadline: %s\n", metric.c_str());
    for (const auto& line : deadline.at("words").as_array())
      std::printf("  %s\n", text(line, "").c_str());
  }
  if (!answer.at("offers").as_array().empty()) std::printf("\nOffers, the newest first\n");
  for (const auto& one : answer.at("offers").as_array()) {
    const std::string why = text(one.at("reason"), "");
    std::printf("  %s to %s: %s%s\n    %s\n", text(one.at("made_at"), "").c_str(),
                text(one.at("agent"), "someone who is gone").c_str(),
                text(one.at("end"), "").c_str(), why.empty() ? "" : (" (" + why + ")").c_str(),
                text(one.at("words"), "").c_str());
  }
}

}  // namespace

int run_check(const CheckOptions& options) {
  NameIds scratch;
  const auto config = load_config(options.config, scratch, TellErrors::on_terminal);
  if (!config) return kConfiguration;
  tell_warnings(*config, TellErrors::on_terminal);
  const std::size_t warnings = config->warnings.size();
  const std::string told =
      warnings == 0 ? "" : std::to_string(warnings) + (warnings == 1 ? " warning" : " warnings");
  if (options.strict && warnings > 0)
    return complain(kConfiguration, options.config.string() + ": " + told);
  std::printf("%s: ok: %zu queues, %zu rules, %zu users, %zu mailboxes%s%s\n",
              options.config.c_str(), config->policy->queues.size(),
              config->policy->workflow.size(), config->users.size(), config->channels.email.size(),
              told.empty() ? "" : ", ", told.c_str());
  return kStopped;
}

int run_init(const InitOptions& options) {
  return guarded([&] {
    if (std::filesystem::exists(options.output) && !options.force) {
      return complain(kUsage, options.output.string() + " is there already; --force overwrites it");
    }
    config::InitAnswers answers{options.name, options.public_url, options.zone, options.mailbox,
                                options.smarthost};
    if (!options.defaults && !config::ask(answers, std::cin, std::cout))
      return complain(kUsage, "no answer; see deskwire init --help");
    const auto text = config::first_configuration(answers);
    if (!text) {
      for (const std::string& wrong : text.error()) complain(kUsage, wrong);
      return static_cast<int>(kUsage);
    }
    std::ofstream out(options.output, std::ios::binary | std::ios::trunc);
    out << *text;
    out.close();
    if (!out) return complain(kDisk, "cannot write " + options.output.string());
    std::printf("wrote %s; next: deskwire check %s\n", options.output.c_str(),
                options.output.c_str());
    return static_cast<int>(kStopped);
  });
}

int run_user(const UserOptions& options) {
  return guarded([&] {
    const auto data = data_folder(options.where);
    if (!data) return static_cast<int>(kConfiguration);
    const bool with_password = options.verb != UserOptions::Verb::disable;
    const std::string password = with_password ? read_password() : "";
    boost::json::object request{{"verb", verb_name(options.verb)},
                                {"user", options.user},
                                {"name", options.name},
                                {"role", options.role},
                                {"password", password}};
    if (!ask_daemon(*data, request)) {
      const auto store = open_existing(*data);
      const std::string hash = with_password ? PasswordHasher().hash(password) : "";
      // The agent's own row follows at the next start.
      store->put_user(changed_user(store->open_reader()->users(), options, hash, system_now()));
    }
    std::printf("%s: done\n", options.user.c_str());
    return static_cast<int>(kStopped);
  });
}

int run_backup(const BackupOptions& options) {
  return guarded([&] {
    const auto data = data_folder(options.where);
    if (!data) return static_cast<int>(kConfiguration);
    const std::string target = std::filesystem::absolute(options.target).string();
    boost::json::object request{{"verb", "backup"}, {"directory", target}};
    if (!ask_daemon(*data, request)) open_existing(*data)->backup(target);
    std::printf("backup in %s\n", target.c_str());
    return static_cast<int>(kStopped);
  });
}

int run_explain(const ExplainOptions& options) {
  return guarded([&] {
    const auto data = data_folder(options.where);
    if (!data) return static_cast<int>(kConfiguration);
    auto answer = ask_daemon(*data, {{"verb", "ticket.explain"}, {"ticket", options.ticket}});
    if (!answer)
      return complain(kUsage, "no daemon runs on " + data->string() +
                                  "; what becomes of a ticket is decided by a running one");
    answer->erase("ok");
    if (options.json)
      std::printf("%s\n", boost::json::serialize(*answer).c_str());
    else
      print_explanation(*answer);
    return static_cast<int>(kStopped);
  });
}

int run_version() {
  std::printf("deskwire %s\n", DESKWIRE_VERSION);
  return kStopped;
}

}  // namespace deskwire::app
