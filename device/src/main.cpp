// airlift-device: a device that standard Arduino tools find and update. See docs/linux-device.md.

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <map>

#include "airlift/element/element.hpp"
#include "airlift_posix/address.hpp"
#include "airlift_posix/descriptor_limit.hpp"
#include "airlift_posix/install_image.hpp"
#include "airlift_posix/stderr_log.hpp"
#include "check_command.hpp"
#include "confirmation.hpp"
#include "linux_device.hpp"
#include "signals.hpp"
#include "state_directory.hpp"
#include "status.hpp"

namespace {

using namespace airlift;

constexpr const char* default_board_id{"airlift-linux"};
constexpr const char* examples = R"(Examples:
  airlift-device init --state /var/lib/airlift --firmware ./app-1
  airlift-device --config /etc/airlift --state /var/lib/airlift
  airlift-device --config ./config --state ./state --bind 127.0.0.1 --log-level debug
  airlift-device status --state /var/lib/airlift
  airlift-device status --state /var/lib/airlift --json | jq .history[0]
  airlift-device confirm --state /var/lib/airlift
  airlift-device check --state /var/lib/airlift

Exit status: 0 stopped by SIGTERM or SIGINT, 1 failed, 2 wrong usage.
)";

std::string host_name() {
  char name[64]{};
  if (::gethostname(name, sizeof name - 1) != 0 || name[0] == '\0') return "airlift";
  std::string text{name};
  return text.substr(0, text.find('.'));
}

struct InitOptions {
  std::string state_directory;
  std::string firmware;
  std::string board_id{default_board_id};
  std::uint32_t slot_bytes{0};
};

int init(const InitOptions& options) {
  std::error_code unknown_size;
  const auto image_bytes = std::filesystem::file_size(options.firmware, unknown_size);
  if (unknown_size)
    throw std::runtime_error{"cannot read " + options.firmware + ": " + unknown_size.message()};
  auto state =
      device::StateDirectory::open_or_create(options.state_directory, options.slot_bytes, image_bytes);
  posix::install_image(state.store(), state.history(), image::Kind::firmware, options.firmware,
                       options.board_id, "init");
  const auto& slots = state.store().record().of(image::Kind::firmware);
  const boot::SlotInfo& installed = slots.at(slots.active);
  const std::string version =
      installed.version.empty() ? "" : "version " + std::string{installed.version} + ", ";
  std::printf("%s: %s%u bytes in slot %s of %s (slots of %u bytes)\n", options.firmware.c_str(),
              version.c_str(), installed.image.size_bytes, std::string{name_of(slots.active)}.c_str(),
              options.state_directory.c_str(), state.store().capacity_bytes(image::Kind::firmware));
  return 0;
}

int run(const device::Options& options) {
  posix::raise_descriptor_limit();  // so that strangers' connections do not take the last one
  posix::StderrLog log{options.log_level};
  posix::EventLoop loop;
  device::Requests requests;
  const device::Signals signals{loop, [&] { requests.stop = true; }, [&] { requests.child_changed = true; }};
  // One lock from the first start to the last: nothing may change the flash between two of them.
  auto state = device::StateDirectory::open(options.state_directory);
  while (device::run_device(options, state, loop, requests, log) == device::Outcome::reboot) {
    log.write(port::LogLevel::info, "boot", "restarting");
  }
  return 0;
}

/// What mDNS can carry as `board=<id>`: the Arduino IDE wants exactly one `=` in a TXT entry (protocol facts,
/// docs/design/upload-protocol.md).
std::string check_board_id(const std::string& text) {
  constexpr std::size_t longest{64};
  const bool good =
      !text.empty() && text.size() <= longest &&
      std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c <= '~' && c != '='; });
  return good ? std::string{} : "a board id has 1 to 64 printable ASCII characters other than blank and =";
}

void add_run_options(CLI::App& app, device::Options& options, std::string& bind_text) {
  app.add_option("--config", options.config_directory, "Directory with env.json and config.json")
      ->type_name("DIR");
  app.add_option("--state", options.state_directory, "Directory of the slots, made by init")
      ->type_name("DIR");
  app.add_option("--bind", bind_text,
                 "Address to listen on (default: 0.0.0.0); 127.0.0.1 stays on this machine")
      ->type_name("ADDRESS");
  app.add_option("--board-id", options.board_id, "What mDNS tells as the board (default: airlift-linux)")
      ->type_name("ID")
      ->check(check_board_id);
  const std::map<std::string, port::LogLevel> levels{{"error", port::LogLevel::error},
                                                     {"warning", port::LogLevel::warning},
                                                     {"info", port::LogLevel::info},
                                                     {"debug", port::LogLevel::debug}};
  app.add_option("--log-level", options.log_level, "error, warning, info or debug (default: info)")
      ->type_name("LEVEL")
      ->transform(CLI::CheckedTransformer(levels, CLI::ignore_case).description(""));
}

CLI::App* add_init_command(CLI::App& app, InitOptions& options) {
  CLI::App* command =
      app.add_subcommand("init", "Puts the first firmware on, as the USB cable does on a board");
  command->add_option("--state", options.state_directory, "Directory to make or use")
      ->type_name("DIR")
      ->required();
  command->add_option("--firmware", options.firmware, "The application: an executable file")
      ->type_name("FILE")
      ->required();
  command->add_option("--board-id", options.board_id, "As for the device: what the image must be made for")
      ->type_name("ID");
  command
      ->add_option("--slot-size", options.slot_bytes,
                   "Bytes of the largest image (default: 8 MiB, or twice the firmware when that is more)")
      ->type_name("BYTES")
      ->check(CLI::Range(device::sector_bytes, device::largest_slot_bytes).description(""));
  return command;
}

struct StatusOptions {
  std::string state_directory;
  bool as_json{false};
};

CLI::App* add_status_command(CLI::App& app, StatusOptions& options) {
  CLI::App* command =
      app.add_subcommand("status", "Shows slots, trial and the last updates, also while the device runs");
  command->add_option("--state", options.state_directory, "Directory of the slots")
      ->type_name("DIR")
      ->required();
  command->add_flag("--json", options.as_json, "For programs");
  return command;
}

CLI::App* add_confirm_command(CLI::App& app, std::string& state_directory) {
  CLI::App* command =
      app.add_subcommand("confirm", "Says that the image on trial works, in place of the application");
  command->add_option("--state", state_directory, "Directory of the slots")->type_name("DIR")->required();
  return command;
}

constexpr const char* check_examples = R"(Examples:
  airlift-device check --state /var/lib/airlift
  airlift-device check --state /var/lib/airlift --json | jq -r .result
  airlift-device check --state /var/lib/airlift --timeout 30s || echo "no luck"

Exit status: 0 up to date or installed, 1 anything else, 2 wrong usage.
)";

CLI::App* add_check_command(CLI::App& app, device::CheckOptions& options) {
  CLI::App* command = app.add_subcommand(
      "check", "Lets the running device ask its update server now, and tells what came of it");
  command->footer(check_examples);
  command->add_option("--state", options.state_directory, "Directory of the slots")
      ->type_name("DIR")
      ->required();
  command->add_flag("--json", options.as_json, "For programs");
  command
      ->add_option_function<std::string>(
          "--timeout",
          [&options](const std::string& text) {
            const auto time = element::parse_time(text);
            if (!time)
              throw CLI::ValidationError{"--timeout", "'" + text + "' is not a time such as 30s or 5m"};
            options.timeout = *time;
          },
          "How long to wait for the end, for example 30s or 5m (default: 15m)")
      ->type_name("DURATION");
  return command;
}

int show(const std::string& text) {
  return std::fputs(text.c_str(), stdout) < 0 || std::fflush(stdout) != 0 ? 1 : 0;
}

int show_status(const StatusOptions& options) {
  const device::DeviceStatus status = device::read_status(options.state_directory);
  return show(options.as_json ? device::status_json(status) : device::status_text(status));
}

int command_line(int argc, char** argv) {
  CLI::App app{"A device that the standard Arduino tools find and update over the air.", "airlift-device"};
  app.footer(examples);
  app.set_version_flag("--version", "airlift-device " AIRLIFT_VERSION);
  device::Options options;
  options.default_name = host_name();
  options.board_id = default_board_id;
  options.version = AIRLIFT_VERSION;
  std::string bind_text{"0.0.0.0"};
  add_run_options(app, options, bind_text);
  InitOptions init_options;
  const CLI::App* const init_command = add_init_command(app, init_options);
  StatusOptions status_options;
  const CLI::App* const status_command = add_status_command(app, status_options);
  std::string confirm_directory;
  const CLI::App* const confirm_command = add_confirm_command(app, confirm_directory);
  device::CheckOptions check_options;
  const CLI::App* const check_command = add_check_command(app, check_options);
  try {
    app.parse(argc, argv);
    if (*init_command) return init(init_options);
    if (*status_command) return show_status(status_options);
    if (*check_command) return device::check_for_update(check_options);
    if (*confirm_command) return show(device::confirm_from_outside(confirm_directory) + "\n");
    if (options.config_directory.empty()) throw CLI::RequiredError{"--config"};
    if (options.state_directory.empty()) throw CLI::RequiredError{"--state"};
    const auto bind_address = posix::parse_address(bind_text);
    if (!bind_address) throw CLI::ValidationError{"--bind", "'" + bind_text + "' is not an IP address"};
    options.bind_address = *bind_address;
    return run(options);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
}

}  // namespace

int main(int argc, char** argv) try { return command_line(argc, argv); } catch (const std::exception& error) {
  std::fprintf(stderr, "airlift-device: %s\n", error.what());
  return 1;
}
