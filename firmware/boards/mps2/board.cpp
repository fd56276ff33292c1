// Console, time, reset.

#include "board/board.hpp"

#include "memory_guard.hpp"
#include "registers.hpp"

extern "C" void tick_handler();

namespace airlift::firmware {
namespace {

using namespace mps2;

/// Wakes idle(), and counts on the 32-bit timer, which wraps each 171 seconds.
std::uint64_t cycles_before{0};
std::uint32_t last_cycles{0};

class InterruptsOff {
 public:
  InterruptsOff() { asm volatile("mrs %0, primask\n cpsid i" : "=r"(before_)::"memory"); }
  ~InterruptsOff() { asm volatile("msr primask, %0" ::"r"(before_) : "memory"); }
  InterruptsOff(const InterruptsOff&) = delete;
  InterruptsOff& operator=(const InterruptsOff&) = delete;

 private:
  std::uint32_t before_{0};
};

std::uint64_t all_cycles() {
  const InterruptsOff together;
  const std::uint32_t now = board::cycles();
  cycles_before += now - last_cycles;
  last_cycles = now;
  return cycles_before;
}

}  // namespace

std::string_view board::id() {
  return "airlift-mps2";
}

void board::start() {
  uart::divider = 16;
  uart::control = uart::transmit;
  timer::reload = 0xFFFFFFFF;
  timer::value = 0xFFFFFFFF;
  timer::control = 1;
  last_cycles = cycles();
  tick::reload = clock_hertz / 1000 - 1;
  tick::value = 0;
  tick::control = tick::on_with_interrupt;
  guard_memory();
}

void board::write_console(std::string_view text) {
  for (const char c : text) {
    while ((uart::state & uart::full) != 0) {
    }
    uart::data = static_cast<std::uint8_t>(c);
  }
}

std::chrono::microseconds board::uptime() {
  return std::chrono::microseconds{all_cycles() / (clock_hertz / 1'000'000)};
}

std::uint32_t board::cycles() {
  return ~timer::value;
}

void board::idle(milliseconds at_most) {
  if (at_most > milliseconds{0}) asm volatile("wfi" ::: "memory");
}

void board::reset() {
  asm volatile("dsb" ::: "memory");
  system_control::reset_control = system_control::reset_request;
  for (;;) {
  }
}

void board::start_watchdog(seconds period) {
  watchdog::lock = watchdog::key;
  watchdog::load = static_cast<std::uint32_t>(period.count()) * clock_hertz;
  watchdog::control = watchdog::interrupt_then_reset;
}

void board::feed_watchdog() {
  watchdog::clear_interrupt = 1;  // also begins the period anew
}

void board::jump() {
  const auto* const vectors = reinterpret_cast<const std::uint32_t*>(execution_memory().data());
  tick::control = 0;
  system_control::interrupt_state = system_control::forget_tick;
  system_control::vector_table = reinterpret_cast<std::uint32_t>(vectors);
  asm volatile("dsb\n isb\n msr msp, %0\n bx %1" ::"r"(vectors[0]), "r"(vectors[1]) : "memory");
  __builtin_unreachable();
}

}  // namespace airlift::firmware

void tick_handler() {
  [[maybe_unused]] const std::uint64_t counted = airlift::firmware::all_cycles();
}
