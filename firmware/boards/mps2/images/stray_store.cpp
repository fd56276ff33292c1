// An application that writes where it should not: it must fault, and the flash must stay as it is.

#include "board/board.hpp"
#include "board/console.hpp"

int main() {
  using namespace airlift::firmware;
  board::start();
  board::write_console("stray store: into the last byte of the flash\n");
  *reinterpret_cast<volatile std::uint8_t*>(0x21FFFFFF) = 0;
  board::write_console("stray store: nothing has kept it away\n");
  for (;;) board::feed_watchdog();
}
