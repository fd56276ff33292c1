#include "airlift_command.hpp"

#include <algorithm>
#include <array>
#include <functional>
#include <memory>
#include <string_view>

#include "command_failure.hpp"
#include "completion_command.hpp"
#include "discover_command.hpp"
#include "discovery_command.hpp"
#include "doctor_command.hpp"
#include "espota.hpp"
#include "flash_image_command.hpp"
#include "inspect_command.hpp"
#include "keygen_command.hpp"
#include "publish_command.hpp"
#include "push_command.hpp"
#include "serve_command.hpp"
#include "sign_command.hpp"
#include "status_command.hpp"
#include "token_command.hpp"
#include "verify_command.hpp"

namespace airlift::cli {
namespace {

std::string_view base_name(std::string_view path) {
  return path.substr(path.rfind('/') + 1);  // npos + 1 is 0
}

/// A subcommand: whether the command line names it, and what it does, which gives the exit code.
struct Entry {
  std::function<bool()> chosen;
  std::function<int()> run;
};

template <class Command>
Entry entry(CLI::App& app) {
  const auto command = std::make_shared<Command>(app);
  return {[command] { return command->chosen(); }, [command] { return command->run(); }};
}

int run_airlift(int argc, const char* const* argv) {
  CLI::App app{"Finds devices in the network, updates them over the air, and signs images for them.",
               "airlift"};
  app.formatter(help_formatter());
  app.set_version_flag("--version", "airlift " AIRLIFT_VERSION);
  app.require_subcommand(1);
  app.footer("`airlift push --help`, and so on, shows options and examples.");
  const std::array commands{
      entry<PushCommand>(app),       entry<StatusCommand>(app),     entry<DoctorCommand>(app),
      entry<DiscoverCommand>(app),   entry<DiscoveryCommand>(app),  entry<KeygenCommand>(app),
      entry<SignCommand>(app),       entry<VerifyCommand>(app),     entry<InspectCommand>(app),
      entry<PublishCommand>(app),    entry<ServeCommand>(app),      entry<TokenCommand>(app),
      entry<FlashImageCommand>(app), entry<CompletionCommand>(app),
  };
  try {
    app.parse(arguments_for_parse(argc, argv));
    return std::find_if(commands.begin(), commands.end(), [](const Entry& each) { return each.chosen(); })
        ->run();
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
