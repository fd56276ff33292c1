#pragma once
// Where on QEMU's lx60-nommu what is (hw/xtensa/xtfpga.c), and the processor's special registers.

#include <cstdint>

namespace airlift::firmware::lx106 {

inline constexpr std::uint32_t flash_address{0x50000000};
inline constexpr std::uint32_t ethernet_address{0x7d030000};
inline constexpr std::uint32_t console_address{0x7d050020};
inline constexpr std::uint32_t reset_register{0x7d020010};
inline constexpr std::uint32_t cycles_per_microsecond{40};

/// A register of a device.
[[nodiscard]] inline volatile std::uint32_t& word_at(std::uint32_t address) {
  return *reinterpret_cast<volatile std::uint32_t*>(address);
}

[[nodiscard]] inline std::uint32_t cycle_count() {
  std::uint32_t count;
  asm volatile("rsr %0, ccount" : "=a"(count));
  return count;
}

/// Masks interrupts as long as it lives.
class InterruptLock {
 public:
  InterruptLock() { asm volatile("rsil %0, 1" : "=a"(before_)::"memory"); }
  ~InterruptLock() { asm volatile("wsr %0, ps\n\trsync" ::"a"(before_) : "memory"); }
  InterruptLock(const InterruptLock&) = delete;
  InterruptLock& operator=(const InterruptLock&) = delete;

 private:
  std::uint32_t before_;
};

void start_tick();
/// The tick's part of every interrupt.
void tick();

}  // namespace airlift::firmware::lx106
