#pragma once
// `airlift sign`: makes a signed image.

#include <CLI/CLI.hpp>
#include <optional>
#include <string>
#include <vector>

#include "sign.hpp"

namespace airlift::cli {

class SignCommand {
 public:
  /// Adds `sign` to `app`, which must not outlive this object.
  explicit SignCommand(CLI::App& app);

  [[nodiscard]] bool chosen() const { return command_.parsed(); }
  /// Returns 0. Throws CLI::Error, CommandError.
  [[nodiscard]] int run();

 private:
  void add_manifest_options();
  void fill_manifest(const PrivateKey& key);
  void require_no_manifest_options() const;

  CLI::App& command_;
  SignRequest request_;
  std::string key_path_;
  std::optional<std::string> passphrase_file_;
  bool compress_{false};
  bool resign_{false};
  bool force_{false};
  std::string version_;
  std::string minimum_version_;
  std::vector<std::string> boards_;
  std::string bundle_;
  std::vector<std::string> retired_;
  std::optional<std::uint64_t> build_time_s_;
};

}  // namespace airlift::cli
