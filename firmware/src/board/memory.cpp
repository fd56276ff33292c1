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

/// Kept over resets, as reset_reason: a word, and its complement, for memory that lost its content.
struct LastRun {
  UpdateError reason{UpdateError::none};
  std::uint8_t crashes{0};  ///< in a row
};

constexpr std::uint32_t mark{0x41520000};

void keep(const LastRun& run) {
  const std::uint32_t word = mark | std::uint32_t{run.crashes} << 8 | static_cast<std::uint32_t>(run.reason);
  reset_reason[0] = word;
  reset_reason[1] = ~word;
}

LastRun last_run() {
  const std::uint32_t word = reset_reason[0];
  if ((word & 0xFFFF0000) != mark || reset_reason[1] != ~word) return {};
  return {static_cast<UpdateError>(word & 0xFF), static_cast<std::uint8_t>(word >> 8)};
}

}  // namespace

MutableBytes execution_memory() {
  return memory(execution_start, execution_bytes);
}

MutableBytes hand_off_memory() {
  return memory(hand_off_start, hand_off_bytes);
}

UpdateError take_reset_reason() {
  const LastRun last = last_run();
  const bool crashed = last.reason != UpdateError::none;
  keep({UpdateError::none, crashed ? last.crashes : std::uint8_t{0}});
  return last.reason;
}

std::uint8_t crashes_in_a_row() {
  return last_run().crashes;
}

void forget_crashes() {
  keep({});
}

void reset_because(UpdateError reason) {
  constexpr std::uint8_t most{0xFF};
  const std::uint8_t before = crashes_in_a_row();
  keep({reason, before == most ? most : static_cast<std::uint8_t>(before + 1)});
  reset();
}

}  // namespace airlift::firmware::board
