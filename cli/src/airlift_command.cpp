#include "airlift_command.hpp"

#include <string_view>

#include "command_failure.hpp"
#include "discover_command.hpp"
#include "espota.hpp"
#include "inspect_command.hpp"
#include "keygen_command.hpp"
#include "push_command.hpp"
#include "sign_command.hpp"
#include "verify_command.hpp"

namespace airlift::cli {
namespace {

std::string_view base_name(std::string_view path) {
  return path.substr(path.rfind('/') + 1);  // npos + 1 is 0
}

int run_airlift(int argc, const char* const* argv) {
  CLI::App app{"Finds devices in the network, updates them over the air, and signs images for them.",
               "airlift"};
  app.set_version_flag("--version", "airlift " AIRLIFT_VERSION);
  app.require_subcommand(1);
  app.footer("`airlift push --help`, and so on, shows options and examples.");
  PushCommand push{app};
  DiscoverCommand discover{app};
  KeygenCommand keygen{app};
  SignCommand sign{app};
  VerifyCommand verify{app};
  InspectCommand inspect{app};
  try {
    app.parse(arguments_for_parse(argc, argv));
    if (push.chosen()) return push.run();
    if (discover.chosen()) return discover.run();
    if (keygen.chosen()) return keygen.run();
    if (sign.chosen()) return sign.run();
    return verify.chosen() ? verify.run() : inspect.run();
  } catch (const CLI::Error& error) {
    return app.exit(error) == 0 ? 0 : 2;
  } catch (const CommandError& error) {
    print_failure(error.failure);
    return exit_code_of(error.failure);
  }
}

}  // namespace

int run(int argc, const char* const* argv) {
  const bool as_espota = base_name(argc > 0 ? argv[0] : "").starts_with("espota");
  return as_espota ? run_espota(argc, argv) : run_airlift(argc, argv);
}

}  // namespace airlift::cli
