#include "push_command.hpp"

#include <fmt/format.h>

#include <cstdlib>

namespace airlift::cli {
namespace {

constexpr auto push_examples{R"(Examples:
  airlift push devding -f app.bin                     find devding by mDNS and update it
  airlift push 192.168.1.20 -p 3232 -f app.bin -r     an ESP32, known by its address
  airlift push devding -f app.bin --password-file ~/.config/devding.pw
  airlift push devding -s -f littlefs.bin             update the filesystem
  airlift push devding -f app.bin --json | jq .code   for scripts

The password is taken from -a, else --password-file, else AIRLIFT_PASSWORD.
Exit codes: 0 done, 1 failed in or after the transfer, 2 wrong options, 3 name not found, 4 no answer,
5 wrong or missing password, 6 refused by the device, 7 the device did not connect back, 8 trouble on
this computer (file, listening), 130 cancelled.)"};

}  // namespace

PushCommand::PushCommand(CLI::App& app)
    : command_{*app.add_subcommand("push", "Upload an image to a device")} {
  command_.add_option("NAME", name_, "Name of the device, as `airlift discover` lists it, or its address")
      ->type_name("");
  add_espota_options(command_, options_);
  command_
      .add_option_function<std::string>(
          "--password-file", [this](const std::string& value) { password_file_ = value; },
          "Take the password from the first line of FILE")
      ->type_name("FILE")
      ->group("Authentication");
  command_
      .add_flag_callback(
          "--no-signed", [this] { options_.push.signed_file = SignedFile::ignored; },
          "Upload FILE even when FILE.signed stands beside it")
      ->group("Image");
  command_.add_flag("--json", json_, "Print the result as one JSON object on standard output")
      ->group("Output");
  command_.add_flag("-q,--quiet", quiet_, "Show errors only")->group("Output");
  command_.footer(push_examples);
}

int PushCommand::run() {
  if (name_.empty() == options_.push.device.empty()) {
    throw CLI::ValidationError{"push", "which device? Give its NAME or -i ADDRESS, not both"};
  }
  if (options_.push.file.empty()) throw CLI::ValidationError{"push", "which image? Give -f FILE"};
  if (!name_.empty()) options_.push.device = name_;

  PushConsole console{verbosity(), options_.progress ? BarUse::always : BarUse::on_terminal};
  const PushReport report = upload(console);
  console.end_line();
  print_report(report, json_ ? Verbosity::quiet : verbosity());
  if (json_) fmt::print("{}\n", to_json(report));
  return exit_code_of(report);
}

PushReport PushCommand::upload(PushConsole& console) {
  try {
    const PasswordInFile password =
        choose_password(options_.password, password_file_, std::getenv("AIRLIFT_PASSWORD"));
    if (password.readable_by_all) warn_about_readable_file(*password_file_);
    options_.push.password = password.text;
  } catch (const PushError& error) {
    PushReport report;
    report.failure = error.failure;
    report.file = options_.push.file;
    report.device_name = options_.push.device;
    return report;
  }
  return push(options_.push, console);
}

Verbosity PushCommand::verbosity() const {
  if (options_.debug) return Verbosity::debug;
  return quiet_ ? Verbosity::quiet : Verbosity::normal;
}

}  // namespace airlift::cli
