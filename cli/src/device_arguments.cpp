#include "device_arguments.hpp"

#include <cstdlib>

namespace airlift::cli {

void add_device_options(CLI::App& app, DeviceArguments& arguments) {
  app.add_option("NAME", arguments.names,
                 "Devices: names, as `airlift discover` lists them, or addresses, with :PORT when needed")
      ->type_name("")
      ->required();
  add_connection_options(app, arguments.common);
  app.add_option_function<std::string>(
         "--password-file", [&arguments](const std::string& value) { arguments.password_file = value; },
         "Take the password from the first line of FILE")
      ->type_name("FILE")
      ->group(option_group::authentication);
  app.add_flag("--encrypt", arguments.encrypt, "Encrypt the connection, or fail")
      ->group(option_group::authentication);
  app.add_flag("--json", arguments.json, "Print JSON on standard output")->group(option_group::output);
  app.add_flag("-d,--debug", arguments.common.debug, "Show every step")->group(option_group::output);
}

UploadOptions upload_options(const DeviceArguments& arguments) {
  const PasswordInFile password =
      choose_password(arguments.common.password, arguments.password_file, std::getenv("AIRLIFT_PASSWORD"));
  if (password.readable_by_all) warn_about_readable_file(*arguments.password_file);
  UploadOptions options = upload_options(arguments.common.push);
  options.password = password.text;
  options.encrypt = arguments.encrypt;
  return options;
}

}  // namespace airlift::cli
