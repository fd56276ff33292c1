// Start-up, console, reset.

#include "board/board.hpp"

#include "board/layout_ini.hpp"
#include "cfi_flash.hpp"
#include "machine.hpp"

extern "C" int program() asm("main");  // C++ forbids to call it by its name

namespace airlift::firmware {
namespace {

using Constructor = void (*)();
extern "C" const Constructor constructors_start[], constructors_end[];

lx106::CfiFlash chip;

// UART 16550, its registers a word each (TI PC16550D).
constexpr std::uint32_t data_register{lx106::console_address};
constexpr std::uint32_t line_status_register{lx106::console_address + 5 * 4};
constexpr std::uint32_t may_send{0x20};
constexpr std::uint32_t all_sent{0x40};

void wait_for_console(std::uint32_t status) {
  while ((lx106::word_at(line_status_register) & status) == 0) {
  }
}

void check_flash() {
  chip.identify();
  const port::FlashGeometry found = chip.geometry();
  if (found.size_bytes == layout_ini::flash_size && found.sector_bytes == layout_ini::sector_size) return;
  board::write_console("the flash is not what layout.ini says\n");
  for (;;) board::idle(seconds{1});
}

}  // namespace

std::string_view board::id() {
  return "airlift-lx106";
}

void board::start() {
  check_flash();
}

void board::write_console(std::string_view text) {
  for (const char c : text) {
    wait_for_console(may_send);
    lx106::word_at(data_register) = static_cast<std::uint8_t>(c);
  }
  wait_for_console(all_sent);
}

void board::reset() {
  lx106::word_at(lx106::reset_register) = 0xDEAD;
  for (;;) {
  }
}

port::Flash& board::flash() {
  return chip;
}

void board::jump() {
  const lx106::InterruptLock for_ever;
  reinterpret_cast<void (*)()>(execution_memory().data())();
  __builtin_unreachable();
}

/// Where start.S goes on. The tick first: a watchdog that the boot loader started holds the constructors,
/// too.
extern "C" void program_main() {
  lx106::start_tick();
  for (const Constructor* constructor = constructors_start; constructor < constructors_end; ++constructor)
    (*constructor)();
  program();
  board::reset_because(UpdateError::application_exited);
}

}  // namespace airlift::firmware
