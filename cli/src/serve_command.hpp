#pragma once
// `airlift serve`: gives images from a folder to devices that update themselves.

#include <CLI/CLI.hpp>
#include <optional>
#include <string>

#include "airlift_server/server.hpp"

namespace airlift::cli {

class ServeCommand {
 public:
  explicit ServeCommand(CLI::App& app);

  [[nodiscard]] bool chosen() const { return command_.parsed(); }
  /// Returns the exit code, when a signal has ended it.
  [[nodiscard]] int run();

 private:
  CLI::App& command_;
  server::ServerOptions options_;
  std::string bind_;
  bool json_{false};
};

}  // namespace airlift::cli
