// An application that writes where it should not, at the first attempt into the flash, at the second into the
// ROM: it must fault.

#include "airlift/boot/hand_off.hpp"
#include "board/board.hpp"

namespace {

void store(std::uint32_t address) {
  *reinterpret_cast<volatile std::uint8_t*>(address) = 0;
}

}  // namespace

int main() {
  using namespace airlift::firmware;
  board::start();
  const auto plan = airlift::boot::decode_hand_off(board::hand_off_memory());
  const bool first = plan.ok() && plan.value().attempt == 1;
  board::write_console(first ? "stray store: into the flash\n" : "stray store: into the ROM\n");
  store(first ? 0x21FFFFFF : 0x4);
  board::write_console("stray store: nothing has kept it away\n");
  for (;;) board::feed_watchdog();
}
