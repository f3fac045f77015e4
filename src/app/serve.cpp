// SPDX-License-Identifier: Apache-2.0
// From a command line to a running daemon, and from every failure on that way to its exit code and
// its words.
#include <signal.h>
#include <spdlog/spdlog.h>

#include <boost/system/system_error.hpp>
#include <cstdio>
#include <memory>
#include <stdexcept>
#include <utility>

#include "app/daemon.hpp"
#include "app/load_config.hpp"
#include "app/settings.hpp"
#include "runtime/log.hpp"

namespace deskwire::app {
namespace {

int complain(int code, const char* what) {
  std::fprintf(stderr, "deskwire: %s\n", what);
  return code;
}

int serve(const ServeOptions& options) {
  // The first reading finds every error before anything is touched, and where the data is.
  NameIds scratch;
  auto first = load_config(options.config, scratch, TellErrors::in_log);
  if (!first) return kConfiguration;
  override_listeners(*first, options);
  const std::filesystem::path data = data_folder(*first, options);
  auto store = open_sqlite(sqlite_settings(*first, data));
  // The second gives names the ids that the store knows them by.
  const NameIds known = store->load_names();
  NameIds ids = known;
  auto config = load_config(options.config, ids, TellErrors::in_log);
  if (!config) return kConfiguration;
  tell_warnings(*config, TellErrors::in_log);
  override_listeners(*config, options);
  std::vector<NameRow> names = new_names(known, ids);
  Daemon daemon(options, std::move(*config), std::move(store), std::move(ids), std::move(names));
  return daemon.run();
}

}  // namespace

int run_serve(const ServeOptions& options) {
  // A peer that hangs up is an error code, not the end of the process.
  ::signal(SIGPIPE, SIG_IGN);
  setup_logging(options.log_level);
  try {
    return serve(options);
  } catch (const StoreError& error) {
    return complain(exit_code(error.kind), error.what());
  } catch (const boost::system::system_error& error) {
    return complain(kUnavailable, error.what());
  } catch (const std::invalid_argument& error) {
    return complain(kUsage, error.what());
  } catch (const std::exception& error) {
    return complain(kConfiguration, error.what());
  }
}

}  // namespace deskwire::app
