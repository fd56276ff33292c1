// The boot loader. docs/design/firmware.md, "Start".

#include "board/board.hpp"

int main() {
  using namespace airlift::firmware;
  board::start();
  board::write_console("boot: hello from ");
  board::write_console(board::id());
  board::write_console("\n");
  for (;;) board::idle(airlift::milliseconds{1000});
}
