#include "push_command.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdlib>

#include "fleet_console.hpp"
#include "newest_image.hpp"
#include "password_prompt.hpp"
#include "push_events.hpp"
#include "push_text.hpp"
#include "terminal.hpp"

namespace airlift::cli {
namespace {

constexpr auto push_examples{R"(Examples:
  airlift push devding -f app.bin            one device, found by mDNS
  airlift push devding                       the newest *.ino.bin under ./build
  airlift push 192.168.1.20:3232 -f app.bin  an ESP32, known by its address
  airlift push devding -s -f littlefs.bin    update the filesystem
  airlift push --board esp12 --canary 1 -f app.bin
                                             all of a kind, one of them first
  airlift push --match 'sensor-*' --wait 2h -f app.bin
                                             devices that sleep: as they wake up
  airlift push --devices rooms.txt --jobs 20 -f app.bin
  airlift push --all -f app.bin --json | tail -n 1 | jq .code

The password is taken from -a, else --password-file, else AIRLIFT_PASSWORD; else
you are asked for it when a device wants one.
Exit codes: 0 done, 1 failed in or after the transfer, 2 wrong options, 3 name
not found, 4 no answer, 5 wrong or missing password, 6 refused by the device,
7 no connection, 8 trouble on this computer (file, listening), 130 cancelled.
Of many devices: 0 all done, 1 some failed, else the code all failed with.)"};

}  // namespace

PushCommand::PushCommand(CLI::App& app)
    : command_{*app.add_subcommand("push", "Upload an image to one or many devices")} {
  add_push_options(command_, arguments_);
  command_.footer(push_examples);
}

int PushCommand::run() try {
  complete_request(arguments_);
  choose_file();
  return push();
} catch (const PushError& error) {
  print_push_failure(error.failure);
  if (arguments_.json) fmt::print("{}\n", summary_event(error.failure, arguments_.common.push.file));
  UploadReport report;
  report.failure = error.failure;
  return exit_code_of(report);
}

void PushCommand::choose_file() {
  std::string& file = arguments_.common.push.file;
  if (!file.empty()) return;
  const auto newest = newest_image("build", arguments_.common.push.command);
  if (!newest) throw CLI::ValidationError{"push", "which image? Give -f FILE, or build one into ./build"};
  file = *newest;
  if (!arguments_.quiet) fmt::print(stderr, "note: {} is the newest image under ./build\n", file);
}

int PushCommand::push() {
  posix::EventLoop loop;
  const Interrupt interrupt{loop};
  posix::SteadyClock clock;
  UploadImage image{arguments_.common.push.file, arguments_.common.push.signed_file};
  file_ = image.path();
  if (image.replaced_by_signed() && !arguments_.quiet) {
    fmt::print(stderr, "note: {} stands beside the file and is uploaded instead\n", file_);
  }
  const Instant begin = clock.now();
  FleetOptions options{
      arguments_.request, upload_options(arguments_), schedule_options(arguments_, begin), {}};
  choose_password(options);

  const Show how = show();
  const bool live =
      how.crowd == Crowd::many && how.verbosity == Verbosity::normal && is_terminal(STDERR_FILENO);
  PushConsole lines{how};
  FleetConsole moving{how};
  PushEvents events{file_};
  std::vector<FleetView*> views{&lines};
  if (live) views = {&moving};
  if (arguments_.json) views.push_back(&events);
  Fleet fleet{loop, interrupt, image, std::move(options), std::move(views)};
  fleet.run();
  if (live) moving.give_way();
  return report(fleet, clock.now() - begin);
}

void PushCommand::choose_password(FleetOptions& options) const {
  const auto& typed = arguments_.common.password;
  const char* const environment = std::getenv("AIRLIFT_PASSWORD");
  const PasswordInFile password = cli::choose_password(typed, arguments_.password_file, environment);
  if (password.readable_by_all) warn_about_readable_file(*arguments_.password_file);
  if (typed && !typed->empty()) {
    print_warning("others on this computer can see the password behind -a; --password-file keeps it private");
  }
  options.upload.password = password.text;
  const bool given = typed || arguments_.password_file || environment != nullptr;
  if (!given && can_ask_for_password()) options.ask_password = ask_for_password;
}

Show PushCommand::show() const {
  Show result;
  if (arguments_.common.debug) result.verbosity = Verbosity::debug;
  // Progress would be drawn into the events.
  const bool events_on_terminal = arguments_.json && is_terminal(STDOUT_FILENO);
  if (arguments_.quiet || (events_on_terminal && !arguments_.common.debug))
    result.verbosity = Verbosity::quiet;
  result.bar_use = arguments_.common.progress ? BarUse::always : BarUse::on_terminal;
  result.crowd = arguments_.for_many() ? Crowd::many : Crowd::one;
  result.success_on_stdout = !arguments_.json;
  result.file = file_;
  return result;
}

int PushCommand::report(const Fleet& fleet, milliseconds duration) const {
  constexpr int interrupted{130};  // as a shell reports SIGINT
  const int code = fleet.cancelled() ? interrupted : exit_code_of(fleet.devices());
  if (arguments_.json) {
    fmt::print("{}\n", summary_event(fleet.devices(), duration, code));
  } else if (arguments_.for_many() && !arguments_.quiet) {
    fmt::print("{}{}\n", result_table(fleet.devices()), summary_line(fleet.devices(), duration));
  }
  return code;
}

}  // namespace airlift::cli
