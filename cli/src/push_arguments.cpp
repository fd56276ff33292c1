#include "push_arguments.hpp"

#include <map>

#include "duration.hpp"

namespace airlift::cli {
namespace {

constexpr int retries_of_many{2};

const CLI::Validator count{in_range(0, 10000)};

CLI::Option* add_duration(CLI::App& app, const std::string& name, milliseconds& value,
                          const std::string& text) {
  return app
      .add_option_function<std::string>(
          name,
          [name, &value](const std::string& typed) {
            const auto duration = parse_duration(typed);
            if (!duration) throw CLI::ValidationError{name, typed + " is no duration such as 90s, 10m or 2h"};
            value = *duration;
          },
          text)
      ->type_name("DURATION");
}

void add_devices(CLI::App& app, PushArguments& arguments) {
  TargetRequest& request = arguments.request;
  app.add_option("NAME", request.names,
                 "Devices: names, as `airlift discover` lists them, or addresses, with :PORT when needed")
      ->type_name("");
  app.add_option("--board", request.boards, "Every device that mDNS shows with this board id")
      ->type_name("ID")
      ->allow_extra_args(false)
      ->group(option_group::destination);
  app.add_option("--match", request.globs,
                 "Every device whose name is like this: 'kitchen-*'. With --board: both")
      ->type_name("GLOB")
      ->allow_extra_args(false)
      ->group(option_group::destination);
  app.add_flag("--all", request.all, "Every device that mDNS shows")->group(option_group::destination);
  app.add_option_function<std::string>(
         "--devices", [&arguments](const std::string& value) { arguments.device_file = value; },
         "The devices listed in FILE, one a line; - is standard input")
      ->type_name("FILE")
      ->group(option_group::destination);
  add_duration(
      app, "--wait", request.wait,
      "How long to wait for devices that sleep or are not there yet: each is updated as soon as it shows up")
      ->group(option_group::destination);
}

void add_course(CLI::App& app, PushArguments& arguments) {
  app.add_option("--jobs", arguments.schedule.jobs, "Devices at once; 0: all (default: 8; with -P: 1)")
      ->type_name("N")
      ->check(count)
      ->group(option_group::course);
  app.add_option("--canary", arguments.schedule.canaries,
                 "Update N devices first, the rest only when all of those succeeded")
      ->type_name("N")
      ->check(count)
      ->group(option_group::course);
  app.add_option_function<int>(
         "--retries", [&arguments](int value) { arguments.retries = value; },
         "Further tries after failures that pass by themselves (default: 2 for many devices, 0 for one)")
      ->type_name("N")
      ->check(count)
      ->group(option_group::course);
  app.add_flag("--fail-fast", arguments.fail_fast, "Start no more devices once one has failed")
      ->group(option_group::course);
  app.add_flag_callback(
         "--keep-going", [&arguments] { arguments.fail_fast = false; },
         "Go on with the other devices when one fails (default)")
      ->group(option_group::course);
  app.add_flag("--no-wait", arguments.no_wait,
               "Be content when the device says OK; do not wait until it runs the image")
      ->group(option_group::course);
  add_duration(app, "--return-timeout", arguments.return_timeout,
               "How long a device may be away after it took the image (default: 60s)")
      ->group(option_group::course);
}

void add_protocol(CLI::App& app, PushArguments& arguments) {
  const std::map<std::string, ExtensionUse> uses{
      {"auto", ExtensionUse::automatic}, {"required", ExtensionUse::required}, {"off", ExtensionUse::off}};
  app.add_option("--extension", arguments.extension,
                 "Airlift's extension of the protocol: auto (default), required or off")
      ->type_name("USE")
      ->transform(CLI::CheckedTransformer(uses).description(""))
      ->group(option_group::course);
  app.add_flag("--encrypt", arguments.encrypt, "Encrypt the transfer, or fail (implies --extension required)")
      ->group(option_group::authentication);
  app.add_flag("--no-compress", arguments.no_compress,
               "Send the image as it is, even to devices that can unpack")
      ->group(option_group::course);
}

void add_password_and_image(CLI::App& app, PushArguments& arguments) {
  app.add_option_function<std::string>(
         "--password-file", [&arguments](const std::string& value) { arguments.password_file = value; },
         "Take the password from the first line of FILE")
      ->type_name("FILE")
      ->group(option_group::authentication);
  app.add_flag_callback(
         "--no-signed", [&arguments] { arguments.common.push.signed_file = SignedFile::ignored; },
         "Upload FILE even when FILE.signed stands beside it")
      ->group(option_group::image);
}

}  // namespace

void add_push_options(CLI::App& app, PushArguments& arguments) {
  add_espota_options(app, arguments.common);
  add_devices(app, arguments);
  add_password_and_image(app, arguments);
  add_course(app, arguments);
  add_protocol(app, arguments);
  app.add_flag("--json", arguments.json, "Print events as JSON on standard output, one object a line")
      ->group(option_group::output);
  app.add_flag("-q,--quiet", arguments.quiet, "Show errors only")->group(option_group::output);
}

void complete_request(PushArguments& arguments) {
  TargetRequest& request = arguments.request;
  const PushOptions& common = arguments.common.push;
  request.port = common.device_port;
  if (!common.device.empty()) request.names.push_back(common.device);
  if (arguments.device_file) {
    for (std::string& name : read_device_file(*arguments.device_file))
      request.names.push_back(std::move(name));
  }
  if (request.all && (!request.boards.empty() || !request.globs.empty())) {
    throw CLI::ValidationError{"push", "--all means every device: leave --board and --match out"};
  }
  if (!request.names.empty() || request.by_pattern()) return;
  throw CLI::ValidationError{"push",
                             "which device? Give its NAME or address, --all, --board, --match or --devices"};
}

UploadOptions upload_options(const PushArguments& arguments) {
  UploadOptions options = upload_options(arguments.common.push);
  options.extension = arguments.encrypt ? ExtensionUse::required : arguments.extension;
  options.encrypt = arguments.encrypt;
  options.compress = !arguments.no_compress;
  options.wait_until = arguments.no_wait ? WaitUntil::taken : WaitUntil::proven;
  options.return_timeout = arguments.return_timeout;
  return options;
}

ScheduleOptions schedule_options(const PushArguments& arguments, Instant now) {
  ScheduleOptions options = arguments.schedule;
  // Only one upload at a time can listen on it.
  if (arguments.common.push.host_port != 0) options.jobs = 1;
  options.retries = arguments.retries.value_or(arguments.for_many() ? retries_of_many : 0);
  options.after_failure = arguments.fail_fast ? AfterFailure::stop : AfterFailure::keep_going;
  options.wait_end = now + arguments.request.wait;
  return options;
}

}  // namespace airlift::cli
