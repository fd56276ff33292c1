#pragma once
// The command line that `airlift push` and `espota` share.

#include <CLI/CLI.hpp>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "password_file.hpp"
#include "push.hpp"

namespace airlift::cli {

/// What espota's options were given, as far as PushOptions does not hold it.
struct EspotaOptions {
  PushOptions push;
  std::optional<std::string> password;
  bool debug{false};
  bool progress{false};
};

/// Under which heading of the help an option stands.
namespace option_group {
inline constexpr auto destination{"Destination"};
inline constexpr auto authentication{"Authentication"};
inline constexpr auto image{"Image"};
inline constexpr auto course{"Course"};
inline constexpr auto output{"Output"};
}  // namespace option_group

/// Checks a number without showing the range in the help text.
[[nodiscard]] CLI::Validator in_range(int least, int most);

/// Help that fits 80 columns. To be set before subcommands are added.
[[nodiscard]] std::shared_ptr<CLI::FormatterBase> help_formatter();

// Parts of espota's options, for commands that need no more; `options` must outlive `app`.
void add_connection_options(CLI::App& app, EspotaOptions& options);  ///< ports, -I, -t, -a, -m
void add_image_options(CLI::App& app, EspotaOptions& options);       ///< -f, -s

/// Adds the options that every espota has, with their names and meanings; `options` must outlive `app`.
void add_espota_options(CLI::App& app, EspotaOptions& options);

/// The arguments in the order CLI::App::parse() takes them: last one first. `--auth=` becomes `--auth` and an
/// empty value: the recipes of the Arduino cores pass an empty password so, and CLI11 would take the next
/// option for it.
[[nodiscard]] std::vector<std::string> arguments_for_parse(int argc, const char* const* argv);

/// The password in effect: the option's, even when empty, else the first line of the file, else the
/// environment's. Throws PushError when the file cannot be read.
[[nodiscard]] PasswordInFile choose_password(const std::optional<std::string>& option,
                                             const std::optional<std::string>& file, const char* environment);

}  // namespace airlift::cli
