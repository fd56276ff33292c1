#pragma once
// `airlift-device confirm`: says from outside that the image on trial works, for applications that cannot.

#include <string>

namespace airlift::device {

/// Waits until the device has taken notice. Returns what happened, for people: it is confirmed, or nothing
/// was on trial. Throws std::runtime_error or std::system_error with what to do when it is not confirmed.
[[nodiscard]] std::string confirm_from_outside(const std::string& state_directory);

}  // namespace airlift::device
