#pragma once
// Time as core sees it: milliseconds since some start, handed in by the caller. Core never reads a clock.

#include <chrono>

namespace airlift {

/// Tags time points; it has no now() on purpose.
struct DeviceClock {
  using duration = std::chrono::milliseconds;
  using rep = duration::rep;
  using period = duration::period;
  using time_point = std::chrono::time_point<DeviceClock, duration>;
  static constexpr bool is_steady = true;
};

using Instant = DeviceClock::time_point;
using std::chrono::milliseconds;
using std::chrono::seconds;

}  // namespace airlift
