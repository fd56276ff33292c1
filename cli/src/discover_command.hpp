#pragma once
// `airlift discover`: the devices that can be updated over the network.

#include <CLI/CLI.hpp>
#include <optional>
#include <string>

#include "device_list.hpp"

namespace airlift::cli {

class DiscoverCommand {
 public:
  /// Adds `discover` to `app`, which must not outlive this object.
  explicit DiscoverCommand(CLI::App& app);

  [[nodiscard]] bool chosen() const { return command_.parsed(); }
  /// Returns the exit code: 0 when a device was found.
  [[nodiscard]] int run();

 private:
  CLI::App& command_;
  bool json_{false};
  bool watch_{false};
  std::optional<unsigned> timeout_s_;
};

/// A table with a headline, its columns as wide as needed.
[[nodiscard]] std::string to_table(const std::vector<Device>& devices);
/// A JSON array.
[[nodiscard]] std::string to_json(const std::vector<Device>& devices);
/// One line for `--watch`; JSON for `--watch --json`.
[[nodiscard]] std::string to_text(const DeviceList::Change& change);
[[nodiscard]] std::string to_json(const DeviceList::Change& change);

}  // namespace airlift::cli
