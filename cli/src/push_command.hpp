#pragma once
// `airlift push`: its output, its exit code. (Options: push_arguments.hpp)

#include "fleet.hpp"
#include "push_arguments.hpp"
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
  [[nodiscard]] int push();
  void choose_file();
  void choose_password(FleetOptions& options) const;
  [[nodiscard]] Show show() const;
  [[nodiscard]] int report(const Fleet& fleet, milliseconds duration) const;

  CLI::App& command_;
  PushArguments arguments_;
  std::string file_;  ///< what is uploaded
};

}  // namespace airlift::cli
