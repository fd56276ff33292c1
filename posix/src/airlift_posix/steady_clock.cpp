#include "airlift_posix/steady_clock.hpp"

#include <ctime>

namespace airlift::posix {

Instant SteadyClock::now() {
  // std::chrono::steady_clock is CLOCK_MONOTONIC here, which stands still while the machine sleeps.
  timespec time{};
  clock_gettime(CLOCK_BOOTTIME, &time);
  const auto elapsed = std::chrono::seconds{time.tv_sec} + std::chrono::nanoseconds{time.tv_nsec};
  return Instant{std::chrono::floor<std::chrono::milliseconds>(elapsed)};
}

}  // namespace airlift::posix
