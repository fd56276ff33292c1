// Where what lies in memory: a board's linker scripts name the places.

#include "board/board.hpp"

extern "C" {
// Of the linker scripts: addresses, and sizes that are the addresses of these.
extern std::uint8_t execution_start[], execution_bytes[], hand_off_start[], hand_off_bytes[];
extern volatile std::uint32_t reset_reason[2];
}

namespace airlift::firmware::board {
namespace {

MutableBytes memory(std::uint8_t* start, const std::uint8_t* size_bytes) {
  return {start, reinterpret_cast<std::uintptr_t>(size_bytes)};
}

/// Memory that lost its content holds no such pair of words.
constexpr std::uint32_t marked(std::uint32_t reason) {
  return 0x41524500 | reason;
}

}  // namespace

MutableBytes execution_memory() {
  return memory(execution_start, execution_bytes);
}

MutableBytes hand_off_memory() {
  return memory(hand_off_start, hand_off_bytes);
}

UpdateError take_reset_reason() {
  const std::uint32_t reason = reset_reason[0] & 0xFF;
  const bool kept = reset_reason[0] == marked(reason) && reset_reason[1] == ~marked(reason);
  reset_reason[0] = 0;
  return kept ? static_cast<UpdateError>(reason) : UpdateError::none;
}

void reset_because(UpdateError reason) {
  const auto number = static_cast<std::uint32_t>(reason);
  reset_reason[0] = marked(number);
  reset_reason[1] = ~marked(number);
  reset();
}

}  // namespace airlift::firmware::board
