#pragma once
// The user's wish to stop, as an event of the loop.

#include <csignal>

#include "airlift_posix/event_loop.hpp"

namespace airlift::cli {

/// Takes SIGINT and SIGTERM as long as it lives; they end the loop's wait. One at a time.
class Interrupt {
 public:
  /// `loop` must outlive it. Throws std::system_error.
  explicit Interrupt(posix::EventLoop& loop);
  ~Interrupt();
  Interrupt(const Interrupt&) = delete;
  Interrupt& operator=(const Interrupt&) = delete;

  [[nodiscard]] bool requested() const { return requested_; }

 private:
  sigset_t before_{};
  bool requested_{false};
  posix::UniqueFd fd_;
  posix::Watch watch_;
};

}  // namespace airlift::cli
