#pragma once
// The password of devices, typed by the user.

#include <optional>
#include <string>

namespace airlift::cli {

/// Whether there is somebody to ask: standard input is a terminal.
[[nodiscard]] bool can_ask_for_password();

/// Asks at the terminal without showing what is typed; SIGINT and SIGTERM end it.
/// `attempt` above 1: the one before was wrong. Nothing when the user types nothing or interrupts.
[[nodiscard]] std::optional<std::string> ask_for_password(const std::string& device, int attempt);

}  // namespace airlift::cli
