#include "arguments.hpp"

#include <algorithm>
#include <sstream>

namespace airlift::cli {
namespace {

const CLI::Validator port_range{in_range(1, 65535)};

void add_destination(CLI::App& app, EspotaOptions& options) {
  PushOptions& push = options.push;
  app.add_option("-I,--host_ip", push.host_address, "Address of this computer to listen on (default: any)")
      ->type_name("ADDRESS")
      ->group(option_group::destination);
  app.add_option_function<std::uint16_t>(
         "-p,--port", [&push](std::uint16_t port) { push.device_port = port; },
         "OTA port of the device (default: 8266)")
      ->type_name("PORT")
      ->check(port_range)
      ->group(option_group::destination);
  app.add_option("-P,--host_port", push.host_port,
                 "TCP port of this computer that the device connects to (default: a free one)")
      ->type_name("PORT")
      ->check(port_range)
      ->group(option_group::destination);
  app.add_option_function<unsigned>(
         "-t,--timeout", [&push](unsigned value) { push.answer_timeout = seconds{value}; },
         "How long to wait for an answer to the invitation (default: 10)")
      ->type_name("SECONDS")
      ->check(in_range(1, 3600))
      ->group(option_group::destination);
}

void add_authentication(CLI::App& app, EspotaOptions& options) {
  app.add_option_function<std::string>(
         "-a,--auth", [&options](const std::string& value) { options.password = value; },
         "Password of the device; other users of this computer can see it while this runs")
      ->type_name("PASSWORD")
      ->group(option_group::authentication);
  app.add_flag_callback(
         "-m,--md5-target", [&options] { options.push.first_hash = wire::StoredHash::md5; },
         "The device stored an MD5 hash of the password: use it at once")
      ->group(option_group::authentication);
}

/// Breaks descriptions so that the help fits a terminal of 80 columns.
class NarrowFormatter final : public CLI::Formatter {
 public:
  std::string make_option_desc(const CLI::Option* option) const override {
    constexpr std::size_t terminal_columns{80};
    return wrapped(CLI::Formatter::make_option_desc(option), terminal_columns - get_column_width());
  }

 private:
  static std::string wrapped(const std::string& text, std::size_t columns) {
    std::string result;
    std::size_t line_begin{0};
    std::istringstream words{text};
    for (std::string word; words >> word;) {
      const bool first = result.empty();
      const bool fits = result.size() - line_begin + 1 + word.size() < columns;
      if (!first) result += fits ? ' ' : '\n';
      if (!fits) line_begin = result.size();
      result += word;
    }
    return result;
  }
};

}  // namespace

CLI::Validator in_range(int least, int most) {
  return CLI::Range(least, most).description("");
}

std::shared_ptr<CLI::FormatterBase> help_formatter() {
  return std::make_shared<NarrowFormatter>();
}

void add_connection_options(CLI::App& app, EspotaOptions& options) {
  add_destination(app, options);
  add_authentication(app, options);
}

void add_image_options(CLI::App& app, EspotaOptions& options) {
  app.add_option("-f,--file", options.push.file,
                 "Image to upload; FILE.signed is taken instead when it exists")
      ->type_name("FILE")
      ->group(option_group::image);
  app.add_flag_callback(
         "-s,--spiffs", [&options] { options.push.command = wire::Command::filesystem; },
         "The image is a filesystem, not a firmware")
      ->group(option_group::image);
}

void add_espota_options(CLI::App& app, EspotaOptions& options) {
  app.add_option("-i,--ip", options.push.device, "Address or name of the device")
      ->type_name("ADDRESS")
      ->group(option_group::destination);
  add_connection_options(app, options);
  add_image_options(app, options);
  app.add_flag("-d,--debug", options.debug, "Show every step")->group(option_group::output);
  app.add_flag("-r,--progress", options.progress, "Show a progress bar")->group(option_group::output);
}

std::vector<std::string> arguments_for_parse(int argc, const char* const* argv) {
  std::vector<std::string> result;
  for (int i = 1; i < argc; ++i) {
    const std::string argument{argv[i]};
    if (argument.starts_with("--") && argument.find('=') == argument.size() - 1) {
      result.push_back(argument.substr(0, argument.size() - 1));
      result.emplace_back();
    } else {
      result.push_back(argument);
    }
  }
  std::reverse(result.begin(), result.end());
  return result;
}

PasswordInFile choose_password(const std::optional<std::string>& option,
                               const std::optional<std::string>& file, const char* environment) {
  if (option) return {*option};
  if (!file) return {environment == nullptr ? std::string{} : std::string{environment}};
  try {
    return read_password_file(*file);
  } catch (const FileError& error) {
    throw PushError{make_failure(UpdateError::file_unreadable, Stage::file, error.message)};
  }
}

}  // namespace airlift::cli
