// What start.S hands over: the tick, or the program's end.

#include <cstdint>

#include "board/board.hpp"
#include "board/console.hpp"
#include "machine.hpp"

namespace airlift::firmware {
namespace {

/// As start.S pushes it.
struct ExceptionFrame {
  std::uint32_t registers[16];
  std::uint32_t shift_amount;
  std::uint32_t cause;
  std::uint32_t program_counter;
  std::uint32_t address;
};

constexpr std::uint32_t level_1_interrupt{4};  // EXCCAUSE, Xtensa ISA

void write_number(std::string_view name, std::uint32_t value) {
  board::write_console(name);
  board::write_hex(value);
}

[[noreturn]] void crash(const ExceptionFrame& frame) {
  write_number("fault: pc ", frame.program_counter);
  write_number(" cause ", frame.cause);
  board::write_console(" a0-a15");
  for (const std::uint32_t value : frame.registers) write_number(" ", value);
  write_number(" address ", frame.address);
  board::write_console("\n");
  board::reset_because(UpdateError::application_crashed);
}

}  // namespace

extern "C" void airlift_exception(const ExceptionFrame& frame) {
  if (frame.cause != level_1_interrupt) crash(frame);
  lx106::tick();
}

}  // namespace airlift::firmware
