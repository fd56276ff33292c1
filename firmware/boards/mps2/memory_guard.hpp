#pragma once
// Flash and ROM of this board are plain memory to QEMU: the memory protection unit keeps stores away from
// them.

#include <cstdint>

namespace airlift::firmware::mps2 {

inline constexpr std::uint32_t flash_start{0x21000000};

/// From now on a store into flash or ROM faults.
void guard_memory();

/// While it lives, stores reach the flash. For the flash port alone.
class Unguarded {
 public:
  Unguarded();
  ~Unguarded();
  Unguarded(const Unguarded&) = delete;
  Unguarded& operator=(const Unguarded&) = delete;
};

}  // namespace airlift::firmware::mps2
