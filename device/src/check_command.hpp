#pragma once
// `airlift-device check`: asks a running device to look for an update now, and tells what comes of it.

#include <string>

#include "airlift/base/time.hpp"

namespace airlift::device {

struct CheckOptions {
  std::string state_directory;
  bool as_json{false};
  seconds timeout{900};
};

/// The program's exit status: 0: up to date, or installed; 1: everything else, with the reason on standard
/// error. Throws std::runtime_error or std::system_error with what to do when no check can be made.
[[nodiscard]] int check_for_update(const CheckOptions& options);

}  // namespace airlift::device
