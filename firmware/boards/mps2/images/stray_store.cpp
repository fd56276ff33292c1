// An application that writes where it should not, at its first start into the flash, then into the ROM: it
// must fault.

#include "board/board.hpp"

namespace {

void store(std::uint32_t address) {
  *reinterpret_cast<volatile std::uint8_t*>(address) = 0;
}

}  // namespace

int main() {
  using namespace airlift::firmware;
  board::start();
  // Behind the hand-off; zero at power-on, and no reset clears it.
  std::uint8_t& starts = board::hand_off_memory()[64];
  const bool first = starts++ == 0;
  board::write_console(first ? "stray store: into the flash\n" : "stray store: into the ROM\n");
  store(first ? 0x21FFFFFF : 0x4);
  board::write_console("stray store: nothing has kept it away\n");
  for (;;) board::feed_watchdog();
}
