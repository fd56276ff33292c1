#pragma once
// `airlift discovery`: serves Arduino IDE 2 and arduino-cli as their discovery of network ports.

#include <CLI/CLI.hpp>

namespace airlift::cli {

class DiscoveryCommand {
 public:
  /// Adds `discovery` to `app`, which must not outlive this object.
  explicit DiscoveryCommand(CLI::App& app);

  [[nodiscard]] bool chosen() const { return command_.parsed(); }
  /// Returns 0 when the client said QUIT or is gone. Throws std::system_error when standard input is a plain
  /// file.
  [[nodiscard]] int run() const;

 private:
  CLI::App& command_;
};

}  // namespace airlift::cli
