#include "status_command.hpp"

#include <fmt/format.h>

#include "exit_code.hpp"
#include "push_console.hpp"
#include "status_round.hpp"
#include "terminal.hpp"

namespace airlift::cli {
namespace {

constexpr auto status_examples{R"(Examples:
  airlift status devding
  airlift status kitchen cellar 192.168.1.20 --json | jq '.[] | {name, board}'

Devices with ArduinoOTA do not tell. Exit codes: 0 all have told; else as push:
3 name not found, 4 no answer, 5 wrong or missing password, 6 refused, 7 no
connection, 8 trouble on this computer; 1 when some have told.)"};

int exit_code_of(const std::vector<DeviceAnswer>& devices) {
  int code{0};
  bool first{true};
  for (const auto& [target, answer] : devices) {
    const int own = answer.failure ? exit_code_of(*answer.failure) : 0;
    code = first || own == code ? own : 1;
    first = false;
  }
  return code;
}

}  // namespace

StatusCommand::StatusCommand(CLI::App& app)
    : command_{*app.add_subcommand("status", "Show what devices tell about themselves")} {
  add_device_options(command_, arguments_);
  command_.footer(status_examples);
}

int StatusCommand::run() try { return ask(); } catch (const PushError& error) {
  print_push_failure(error.failure);
  return exit_code_of(error.failure);
}

int StatusCommand::ask() {
  posix::EventLoop loop;
  const Interrupt interrupt{loop};
  const UploadOptions options = upload_options(arguments_);
  TargetRequest request;
  request.names = arguments_.names;
  request.port = arguments_.common.push.device_port;
  StatusRound::Trace trace;
  if (arguments_.common.debug) {
    trace = [](const std::string& device, std::string_view text) {
      fmt::print(stderr, "debug: {}: {}\n", device, text);
    };
  }
  StatusRound round{loop, interrupt, options, std::move(request), std::move(trace)};
  const std::vector<DeviceAnswer> devices = round.run();
  fmt::print("{}", arguments_.json ? status_json(devices) + "\n" : status_table(devices));
  std::fflush(stdout);
  for (const auto& [target, answer] : devices) {
    if (answer.failure) print_push_failure(*answer.failure);
  }
  return exit_code_of(devices);
}

}  // namespace airlift::cli
