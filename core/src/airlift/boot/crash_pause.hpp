#pragma once
// How a boot loader holds back a confirmed image that crashes again and again: nothing else may start, but
// starts that follow at once would wear out the flash and flood network and console.

#include <cstdint>

#include "airlift/base/time.hpp"

namespace airlift::boot {

/// Before the next start. The first three starts come at once, so that the third is in bare mode
/// (element::start_mode), in which the device may live and can be repaired; then 1, 2, 4 ... 60 s.
[[nodiscard]] constexpr seconds crash_pause(std::uint8_t crashes_in_a_row) {
  constexpr std::uint8_t free_crashes{2};
  constexpr std::uint8_t most_doublings{6};
  constexpr seconds longest{60};
  if (crashes_in_a_row <= free_crashes) return seconds{0};
  const int doublings = crashes_in_a_row - free_crashes - 1;
  return doublings < most_doublings ? seconds{1 << doublings} : longest;
}

}  // namespace airlift::boot
