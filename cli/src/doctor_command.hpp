#pragma once
// `airlift doctor`: why a device cannot be updated, without updating it.

#include "device_arguments.hpp"
#include "doctor.hpp"

namespace airlift::cli {

class DoctorCommand {
 public:
  /// Adds `doctor` to `app`, which must not outlive this object.
  explicit DoctorCommand(CLI::App& app);

  [[nodiscard]] bool chosen() const { return command_.parsed(); }
  /// Returns the exit code, as push's.
  [[nodiscard]] int run();

 private:
  [[nodiscard]] DoctorReport examine() const;

  CLI::App& command_;
  DeviceArguments arguments_;
  InviteUse invite_{InviteUse::yes};
};

}  // namespace airlift::cli
