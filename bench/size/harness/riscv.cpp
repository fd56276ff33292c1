// QEMU's riscv32 virt: UART and the device that ends the machine (docs/system/riscv/virt.rst,
// hw/riscv/virt.c).

#include <cstdint>

#include "harness/machine.hpp"

extern "C" {
[[noreturn]] void probe_start();
}

[[gnu::naked, gnu::section(".vectors"), gnu::used]] void probe_start() {
  asm volatile("la sp, stack_top\n j probe_main");
}

namespace airlift::probe {

void write(std::string_view text) {
  for (const char letter : text) *reinterpret_cast<volatile char*>(0x10000000) = letter;
}

void finish() {
  for (;;) *reinterpret_cast<volatile std::uint32_t*>(0x100000) = 0x5555;
}

}  // namespace airlift::probe
