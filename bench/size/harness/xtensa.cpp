// QEMU's xtensa "sim": simulator calls (target/xtensa/xtensa-semi.c).

#include <cstdint>

#include "harness/machine.hpp"

extern "C" {
[[noreturn]] void probe_start();
}

// The first bytes: the processor starts here.
asm(R"(
    .section .vectors, "ax"
    .global probe_start
probe_start:
    j 1f
    .align 4
stack_top_at:
    .word stack_top
probe_main_at:
    .word probe_main
1:  l32r a1, stack_top_at
    l32r a2, probe_main_at
    callx0 a2
    .text
)");

namespace airlift::probe {
namespace {

void call_host(std::uint32_t operation, std::uint32_t first, const void* second, std::uint32_t third) {
  register std::uint32_t a2 asm("a2") = operation;
  register std::uint32_t a3 asm("a3") = first;
  register const void* a4 asm("a4") = second;
  register std::uint32_t a5 asm("a5") = third;
  asm volatile("simcall" : "+r"(a2), "+r"(a3) : "r"(a4), "r"(a5) : "memory");
}

}  // namespace

void write(std::string_view text) {
  call_host(4, 1, text.data(), text.size());  // TARGET_SYS_write to standard output
}

void finish() {
  for (;;) call_host(1, 0, nullptr, 0);  // TARGET_SYS_exit
}

}  // namespace airlift::probe
