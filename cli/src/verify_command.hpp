#pragma once
// `airlift verify`: whether a file is signed by one of some keys.

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

namespace airlift::cli {

class VerifyCommand {
 public:
  /// Adds `verify` to `app`, which must not outlive this object.
  explicit VerifyCommand(CLI::App& app);

  [[nodiscard]] bool chosen() const { return command_.parsed(); }
  /// Returns the exit code: 0 verified, 1 not, 8 a file cannot be read. Throws CLI::Error.
  [[nodiscard]] int run() const;

 private:
  [[nodiscard]] int verify() const;

  CLI::App& command_;
  std::string file_;
  std::vector<std::string> keys_;
  bool json_{false};
};

}  // namespace airlift::cli
