#pragma once
// A Linux device from power-on to power-off or reboot: board and elements, storage, and the application.

#include <chrono>
#include <string>

#include "airlift/element/board.hpp"
#include "airlift/port/network.hpp"
#include "airlift_posix/event_loop.hpp"
#include "state_directory.hpp"

namespace airlift::device {

struct Options {
  std::string config_directory;
  std::string state_directory;
  port::IpAddress bind_address;
  std::string board_id;
  std::string default_name;  ///< until the configuration gives one
  std::string_view version;  ///< of Airlift; a constant
  port::LogLevel log_level{port::LogLevel::info};
};

enum class Outcome { stopped, reboot };

/// What lasts longer than one run: asked from signal handlers of the loop.
struct Requests {
  bool stop{false};
  bool child_changed{false};
};

/// Runs the device until `requests.stop` is set or it wants to reboot: the application is stopped then. Each
/// run reads the configuration and the boot record anew, as a real board does. Throws std::runtime_error or
/// std::system_error when it cannot come up at all.
[[nodiscard]] Outcome run_device(const Options& options, StateDirectory& state, posix::EventLoop& loop,
                                 Requests& requests, port::Log& log);

}  // namespace airlift::device
