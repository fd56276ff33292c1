#pragma once
// `airlift token`: the tokens of devices that `airlift serve` asks for.

#include <CLI/CLI.hpp>
#include <string>

namespace airlift::cli {

class TokenCommand {
 public:
  /// Adds `token` to `app`, which must not outlive this object.
  explicit TokenCommand(CLI::App& app);

  [[nodiscard]] bool chosen() const { return command_.parsed(); }
  /// Returns the exit code, 0. Throws CLI::Error, CommandError.
  [[nodiscard]] int run() const;

 private:
  CLI::App& command_;
  std::string file_;
  std::string name_;
  bool remove_{false};
  bool replace_{false};
};

}  // namespace airlift::cli
