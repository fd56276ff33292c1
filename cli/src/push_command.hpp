#pragma once
// `airlift push`: its options, its output, its exit code.

#include <optional>
#include <string>

#include "arguments.hpp"
#include "push_console.hpp"

namespace airlift::cli {

class PushCommand {
 public:
  /// Adds `push` to `app`, which must not outlive this object.
  explicit PushCommand(CLI::App& app);

  [[nodiscard]] bool chosen() const { return command_.parsed(); }
  /// Returns the exit code. Throws CLI::Error when options are missing.
  [[nodiscard]] int run();

 private:
  [[nodiscard]] PushReport upload(PushConsole& console);
  [[nodiscard]] Verbosity verbosity() const;

  CLI::App& command_;
  EspotaOptions options_;
  std::string name_;
  std::optional<std::string> password_file_;
  bool json_{false};
  bool quiet_{false};
};

}  // namespace airlift::cli
