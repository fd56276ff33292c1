#pragma once
// Signals as events of the loop.

#include <functional>

#include "airlift_posix/event_loop.hpp"
#include "airlift_posix/unique_fd.hpp"

namespace airlift::device {

/// SIGTERM and SIGINT ask to stop, SIGCHLD tells of a child. They are blocked for the rest of the process's
/// life.
class Signals {
 public:
  /// Throws std::system_error. The callbacks run inside loop.iterate().
  Signals(posix::EventLoop& loop, std::function<void()> stop_asked, std::function<void()> child_changed);

 private:
  void take();

  std::function<void()> stop_asked_;
  std::function<void()> child_changed_;
  posix::UniqueFd fd_;
  posix::Watch watch_;
};

}  // namespace airlift::device
