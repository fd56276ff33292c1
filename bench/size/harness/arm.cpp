// mps2-an385 with semihosting (Arm IHI 0058): also for code for a Cortex-M0+, which an M3 runs.

#include <cstdint>

#include "harness/machine.hpp"

extern "C" {
extern std::uint32_t stack_top[];
[[noreturn]] void probe_main();
}

namespace airlift::probe {
namespace {

struct Vectors {
  std::uint32_t* stack;
  void (*reset)();
  void (*faults[14])();
};

[[noreturn]] void fault() {
  fail("a fault");
}

[[gnu::section(".vectors"), gnu::used]] const Vectors vectors{
    stack_top, probe_main, {fault, fault, fault, fault, fault}};

void call_host(std::uint32_t operation, const void* argument) {
  register std::uint32_t r0 asm("r0") = operation;
  register const void* r1 asm("r1") = argument;
  asm volatile("bkpt 0xab" : "+r"(r0) : "r"(r1) : "memory");
}

}  // namespace

void write(std::string_view text) {
  for (const char letter : text) call_host(3, &letter);  // SYS_WRITEC
}

void finish() {
  const std::uint32_t block[]{0x20026, 0};  // ADP_Stopped_ApplicationExit
  for (;;) call_host(0x20, block);          // SYS_EXIT_EXTENDED
}

}  // namespace airlift::probe
