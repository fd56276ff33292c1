// Time by the processor's cycle counter, which wraps after 107 s: it is asked at each tick. The tick itself
// comes each millisecond; QEMU's main loop sleeps up to half a second after a connection was opened by a
// guest without.

#include <algorithm>

#include "board/board.hpp"
#include "machine.hpp"

namespace airlift::firmware {
namespace {

/// Microseconds. The program after this one finds it as it is; only a reset ends it (reset.S).
struct Watchdog {
  std::uint32_t period;  ///< 0: not started
  std::uint32_t left;
};
extern "C" volatile Watchdog kept_watchdog;  // of the linker script

constexpr std::uint32_t tick_cycles{1000 * lx106::cycles_per_microsecond};
constexpr std::uint32_t timer_interrupt{1U << 6};  // XCHAL_TIMER0_INTERRUPT
// A tick stands for no more: when a busy host stops the whole machine for seconds, nothing hangs.
constexpr std::uint64_t longest_tick_microseconds{10'000};

std::uint64_t elapsed_microseconds{0};
std::uint32_t counted_until{0};
std::uint64_t last_tick_microseconds{0};

/// Again when it was too late: a busy host can hold the machine up in between, and a moment that has passed
/// comes again only when the counter has wrapped, 107 s later.
void arm_tick() {
  std::uint32_t now{0};
  do {
    now = lx106::cycle_count();
    asm volatile("wsr %0, ccompare0\n\tesync" ::"a"(now + tick_cycles));
  } while (lx106::cycle_count() - now >= tick_cycles);
}

/// What the last tick stands for.
std::uint32_t ticked_microseconds() {
  const auto now = static_cast<std::uint64_t>(board::uptime().count());
  const std::uint64_t passed = now - last_tick_microseconds;
  last_tick_microseconds = now;
  return static_cast<std::uint32_t>(std::min(passed, longest_tick_microseconds));
}

}  // namespace

namespace board {

std::chrono::microseconds uptime() {
  const lx106::InterruptLock lock;
  const std::uint32_t passed = (lx106::cycle_count() - counted_until) / lx106::cycles_per_microsecond;
  counted_until += passed * lx106::cycles_per_microsecond;
  elapsed_microseconds += passed;
  return std::chrono::microseconds{elapsed_microseconds};
}

std::uint32_t cycles() {
  return lx106::cycle_count();
}

void idle(milliseconds at_most) {
  // The next tick ends it.
  if (at_most > milliseconds{0}) asm volatile("waiti 0" ::: "memory");
}

void start_watchdog(seconds period) {
  const lx106::InterruptLock lock;
  kept_watchdog.period = static_cast<std::uint32_t>(period.count()) * 1'000'000;
  kept_watchdog.left = kept_watchdog.period;
}

void feed_watchdog() {
  const lx106::InterruptLock lock;
  kept_watchdog.left = kept_watchdog.period;
}

}  // namespace board

void lx106::start_tick() {
  counted_until = lx106::cycle_count();
  arm_tick();
  asm volatile("wsr %0, intenable\n\trsync" ::"a"(timer_interrupt));
}

void lx106::tick() {
  arm_tick();
  const std::uint32_t passed = ticked_microseconds();
  if (kept_watchdog.period == 0) return;
  if (kept_watchdog.left > passed) {
    kept_watchdog.left = kept_watchdog.left - passed;
    return;
  }
  board::write_console("watchdog: not fed in time\n");
  board::reset_because(UpdateError::watchdog_missed);
}

}  // namespace airlift::firmware
