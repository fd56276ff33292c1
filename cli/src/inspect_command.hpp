#pragma once
// `airlift inspect`: what a file is.

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

namespace airlift::cli {

class InspectCommand {
 public:
  /// Adds `inspect` to `app`, which must not outlive this object.
  explicit InspectCommand(CLI::App& app);

  [[nodiscard]] bool chosen() const { return command_.parsed(); }
  /// Returns the exit code: 0 also for what is damaged or wrongly signed, 8 when a file cannot be read.
  [[nodiscard]] int run() const;

 private:
  CLI::App& command_;
  std::string file_;
  std::vector<std::string> keys_;
  bool json_{false};
};

}  // namespace airlift::cli
