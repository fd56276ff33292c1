#pragma once
// `airlift keygen`: a new key for signing.

#include <CLI/CLI.hpp>
#include <optional>
#include <string>

#include "key_file.hpp"

namespace airlift::cli {

class KeygenCommand {
 public:
  /// Adds `keygen` to `app`, which must not outlive this object.
  explicit KeygenCommand(CLI::App& app);

  [[nodiscard]] bool chosen() const { return command_.parsed(); }
  /// Returns 0. Throws CommandError.
  [[nodiscard]] int run() const;

 private:
  [[nodiscard]] Secret passphrase() const;

  CLI::App& command_;
  NewKeyType type_{NewKeyType::ed25519};
  std::string path_{"airlift-key.pem"};
  std::optional<std::string> passphrase_file_;
  bool ask_{false};
  bool force_{false};
};

/// Where the public key of `path` goes: "key.pem" -> "key.pub.pem".
[[nodiscard]] std::string public_key_path(std::string path);

}  // namespace airlift::cli
