#pragma once
// Waiting in tests: for a condition, with a deadline, never for a time.

#include <chrono>

#include "airlift_posix/event_loop.hpp"

namespace airlift::testing {

/// Runs `loop` until `condition` holds. False when it does not within `deadline`.
template <typename Condition>
[[nodiscard]] bool eventually(posix::EventLoop& loop, Condition condition,
                              std::chrono::milliseconds deadline = std::chrono::seconds{20}) {
  const auto end = std::chrono::steady_clock::now() + deadline;
  while (!condition()) {
    if (std::chrono::steady_clock::now() >= end) return false;
    loop.iterate(std::chrono::milliseconds{20});
  }
  return true;
}

}  // namespace airlift::testing
