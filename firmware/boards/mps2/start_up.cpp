// From the reset to main(): the vector table, data and constructors; and where it ends when something faults.

#include "board/board.hpp"
#include "board/console.hpp"
#include "registers.hpp"

extern "C" {
// Of the linker script.
extern std::uint32_t data_start[], data_end[], bss_start[], bss_end[], stack_top[];
extern const std::uint32_t data_image[];
extern void (*const constructors_start[])();
extern void (*const constructors_end[])();

int program() asm("main");  // C++ forbids to call it by its name
[[noreturn]] void reset_handler();
void nmi_handler();
void fault_handler();
void tick_handler();
[[noreturn]] void report_fault(const std::uint32_t* frame);
}

namespace airlift::firmware {
namespace {

using Handler = void (*)();

/// ARMv7-M B1.5.2: the first stack pointer, then the handlers by number of the exception.
struct VectorTable {
  std::uint32_t* stack;
  Handler reset, nmi, faults[4], reserved[4], supervisor_call, debug, reserved_too, pending_call, tick;
  Handler interrupts[32];
};

[[gnu::section(".vectors"), gnu::used]] const VectorTable vectors{
    stack_top,
    reset_handler,
    nmi_handler,
    {fault_handler, fault_handler, fault_handler, fault_handler},
    {},
    fault_handler,
    fault_handler,
    nullptr,
    fault_handler,
    tick_handler,
    {},
};

void write_register(std::string_view name, std::uint32_t value) {
  board::write_console(name);
  board::write_hex(value);
}

}  // namespace
}  // namespace airlift::firmware

using namespace airlift::firmware;

void reset_handler() {
  const std::uint32_t* image = data_image;
  for (std::uint32_t* at = data_start; at != data_end;) *at++ = *image++;
  for (std::uint32_t* at = bss_start; at != bss_end;) *at++ = 0;
  for (auto* constructor = constructors_start; constructor != constructors_end; ++constructor)
    (*constructor)();
  program();
  board::reset_because(airlift::UpdateError::application_exited);
}

/// The watchdog's first time-out. At the second it resets by itself, and then nobody knows why.
void nmi_handler() {
  board::write_console("watchdog: not fed in time\n");
  board::reset_because(airlift::UpdateError::watchdog_missed);
}

/// What the processor has saved lies on the stack: r0-r3, r12, lr, pc, xpsr.
[[gnu::naked]] void fault_handler() {
  asm volatile("mov r0, sp\n b report_fault");
}

void report_fault(const std::uint32_t* frame) {
  write_register("fault: pc ", frame[6]);
  write_register(" lr ", frame[5]);
  write_register(" r0 ", frame[0]);
  write_register(" r1 ", frame[1]);
  write_register(" r2 ", frame[2]);
  write_register(" r3 ", frame[3]);
  write_register(" psr ", frame[7]);
  write_register(" cfsr ", mps2::system_control::fault_status);
  write_register(" address ", mps2::system_control::fault_address);
  board::write_console("\n");
  board::reset_because(airlift::UpdateError::application_crashed);
}
