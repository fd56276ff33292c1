#pragma once
// Tells `airlift-device status` in which mode the running device has started: a line of run/.

#include <string>

#include "airlift/element/start_up.hpp"

namespace airlift::device {

/// What cannot be written is not shown.
void note_mode(const std::string& run_directory, element::StartMode mode);

/// Empty: not known.
[[nodiscard]] std::string noted_mode(const std::string& run_directory);

}  // namespace airlift::device
