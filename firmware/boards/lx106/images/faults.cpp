// An application that goes wrong at each of its starts in another way: all must end in a reset that the boot
// loader can tell the reason of.

#include <array>

#include "board/board.hpp"

namespace airlift::firmware {
namespace {

// Nothing is there.
constexpr std::uint32_t nowhere{0x10000000};

struct Fault {
  std::string_view name;
  void (*happen)();
};

constexpr std::array<Fault, 6> faults{{
    {"trap", [] { __builtin_trap(); }},
    {"illegal instruction", [] { asm volatile("ill"); }},
    {"store", [] { *reinterpret_cast<volatile std::uint32_t*>(nowhere) = 0; }},
    {"jump", [] { reinterpret_cast<void (*)()>(nowhere)(); }},
    {"stack", [] { asm volatile("mov a1, %0\n\ts32i a1, a1, 0" ::"r"(nowhere)); }},
    {"hang",
     [] {
       board::start_watchdog(seconds{1});
       for (;;) board::idle(milliseconds{1});
     }},
}};

}  // namespace
}  // namespace airlift::firmware

int main() {
  using namespace airlift::firmware;
  board::start();
  // Exceptions must not be taken for the tick, so there has to be one before.
  for (int ticks = 0; ticks < 2; ++ticks) board::idle(airlift::milliseconds{1});
  // Behind the hand-off; zero at power-on, and no reset clears it.
  std::uint8_t& starts = board::hand_off_memory()[64];
  const Fault& fault = faults[starts++ % faults.size()];
  board::forget_crashes();  // the boot loader would hold the next one back
  board::write_console("fault on purpose: ");
  board::write_console(fault.name);
  board::write_console("\n");
  fault.happen();
  board::write_console("nothing has kept it from going on\n");
  for (;;) board::feed_watchdog();
}
