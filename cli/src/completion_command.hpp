#pragma once
// `airlift completion`: prints a script that completes airlift's command line.

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "completion_script.hpp"

namespace airlift::cli {

class CompletionCommand {
 public:
  /// Adds `completion` to `app`, which must not outlive this object.
  explicit CompletionCommand(CLI::App& app);

  [[nodiscard]] bool chosen() const { return command_.parsed(); }
  /// Returns 0.
  [[nodiscard]] int run() const;

 private:
  CLI::App& command_;
  std::string shell_;
};

/// The subcommands of `app` with their options, except what its help does not show.
[[nodiscard]] std::vector<CompletedCommand> completed_commands(const CLI::App& app);

}  // namespace airlift::cli
