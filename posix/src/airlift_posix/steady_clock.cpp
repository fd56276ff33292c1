#include "airlift_posix/steady_clock.hpp"

#include <ctime>

namespace airlift::posix {
namespace {

Instant read(clockid_t clock) {
  timespec time{};
  clock_gettime(clock, &time);
  const auto elapsed = std::chrono::seconds{time.tv_sec} + std::chrono::nanoseconds{time.tv_nsec};
  return Instant{std::chrono::floor<std::chrono::milliseconds>(elapsed)};
}

}  // namespace

Instant SteadyClock::now() {
  return read(CLOCK_BOOTTIME);
}

Instant AwakeClock::now() {
  return read(CLOCK_MONOTONIC);
}

}  // namespace airlift::posix
