#include "board/console.hpp"

#include "airlift/codec/text.hpp"
#include "board/board.hpp"

namespace airlift::firmware::board {

void write_hex(std::uint32_t number) {
  std::array<std::uint8_t, 4> bytes{};
  for (std::uint8_t& byte : bytes) {
    byte = static_cast<std::uint8_t>(number >> 24);
    number <<= 8;
  }
  write_console(codec::view(codec::to_hex(bytes)));
}

}  // namespace airlift::firmware::board
