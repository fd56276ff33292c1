#include "airlift_command.hpp"

#include <string_view>

#include "discover_command.hpp"
#include "espota.hpp"
#include "push_command.hpp"

namespace airlift::cli {
namespace {

std::string_view base_name(std::string_view path) {
  return path.substr(path.rfind('/') + 1);  // npos + 1 is 0
}

int run_airlift(int argc, const char* const* argv) {
  CLI::App app{"Finds devices in the network and updates them over the air.", "airlift"};
  app.set_version_flag("--version", "airlift " AIRLIFT_VERSION);
  app.require_subcommand(1);
  app.footer("`airlift push --help` and `airlift discover --help` show examples.");
  PushCommand push{app};
  DiscoverCommand discover{app};
  try {
    app.parse(arguments_for_parse(argc, argv));
    return push.chosen() ? push.run() : discover.run();
  } catch (const CLI::Error& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
}

}  // namespace

int run(int argc, const char* const* argv) {
  const bool as_espota = base_name(argc > 0 ? argv[0] : "").starts_with("espota");
  return as_espota ? run_espota(argc, argv) : run_airlift(argc, argv);
}

}  // namespace airlift::cli
