#include "doctor_command.hpp"

#include <fmt/format.h>

#include "exit_code.hpp"
#include "push_console.hpp"

namespace airlift::cli {
namespace {

constexpr auto doctor_examples{R"(Examples:
  airlift doctor devding                what stands in the way of an upload
  airlift doctor devding -f app.bin     and would it take this image
  airlift doctor 192.168.1.20 -p 3232 --no-invite

Nothing is installed. A device with Airlift's extension is asked for its status.
Any other is invited as for an upload, and its connection is closed before a byte
is sent: a sketch's onStart() and onError() run; --no-invite leaves that out.
Exit codes: 0 an upload would work so far, else as push.)"};

}  // namespace

DoctorCommand::DoctorCommand(CLI::App& app)
    : command_{
          *app.add_subcommand("doctor", "Find out why a device cannot be updated, without updating it")} {
  add_device_options(command_, arguments_);
  command_.get_option("NAME")->expected(1);
  add_image_options(command_, arguments_.common);
  command_
      .add_flag_callback(
          "--no-invite", [this] { invite_ = InviteUse::no; },
          "Do not invite a device that has no other way to tell")
      ->group(option_group::course);
  command_.footer(doctor_examples);
}

int DoctorCommand::run() {
  std::optional<PushFailure> failure;
  try {
    const DoctorReport report = examine();
    fmt::print("{}", arguments_.json ? to_json(report) + "\n" : to_text(report));
    std::fflush(stdout);
    failure = report.failure;
  } catch (const PushError& error) {
    failure = error.failure;
  }
  if (failure) print_push_failure(*failure);
  return failure ? exit_code_of(*failure) : 0;
}

DoctorReport DoctorCommand::examine() const {
  posix::EventLoop loop;
  const Interrupt interrupt{loop};
  const PushOptions& common = arguments_.common.push;
  const DoctorOptions options{
      arguments_.names.front(),  common.device_port, common.file, common.signed_file, invite_,
      upload_options(arguments_)};
  std::function<void(std::string_view)> trace;
  if (arguments_.common.debug) {
    trace = [](std::string_view text) { fmt::print(stderr, "debug: {}\n", text); };
  }
  return cli::examine(loop, interrupt, options, std::move(trace));
}

}  // namespace airlift::cli
