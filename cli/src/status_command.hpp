#pragma once
// `airlift status`: what devices tell about themselves.

#include "device_arguments.hpp"

namespace airlift::cli {

class StatusCommand {
 public:
  /// Adds `status` to `app`, which must not outlive this object.
  explicit StatusCommand(CLI::App& app);

  [[nodiscard]] bool chosen() const { return command_.parsed(); }
  /// Returns the exit code: 0 when all have told.
  [[nodiscard]] int run();

 private:
  [[nodiscard]] int ask();

  CLI::App& command_;
  DeviceArguments arguments_;
};

}  // namespace airlift::cli
