#include <eboot_command.h>
#include <sys/random.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <thread>

#include "Arduino.h"
#include "lookalike.hpp"

namespace {

constexpr std::uint32_t sector_bytes{4096};

bool on_chip(std::uint32_t address, std::size_t size) {
  return address <= lookalike::chip().flash.size() && size <= lookalike::chip().flash.size() - address;
}

}  // namespace

EspClass ESP;
HardwareSerial Serial;

lookalike::Chip& lookalike::chip() {
  static Chip chip;
  return chip;
}

lookalike::Chip::Chip()
    : address{127, static_cast<std::uint8_t>(16 + (getpid() >> 16 & 63)),
              static_cast<std::uint8_t>(getpid() >> 8), static_cast<std::uint8_t>(getpid())} {}

std::string lookalike::Chip::host() const {
  std::string text;
  for (const int byte : address) text += (text.empty() ? "" : ".") + std::to_string(byte);
  return text;
}

void lookalike::Chip::flash_by_cable(const std::string& sketch) {
  std::copy(sketch.begin(), sketch.end(), flash.begin());
  sketch_bytes = static_cast<std::uint32_t>(sketch.size());
}

/// Sector by sector, as eboot's copy_raw: source and target may overlap.
void lookalike::Chip::boot() {
  restart_wanted = false;
  if (!command) return;
  for (std::uint32_t done = 0; done < command->size_bytes; done += sector_bytes) {
    std::copy_n(flash.begin() + command->from + done, sector_bytes, flash.begin() + command->to + done);
  }
  sketch_bytes = command->size_bytes;
  command.reset();
}

std::string lookalike::Chip::content(std::uint32_t from, std::size_t size) const {
  return {flash.begin() + from, flash.begin() + from + static_cast<std::ptrdiff_t>(size)};
}

unsigned long millis() {
  using namespace std::chrono;
  static const auto start = steady_clock::now();
  return static_cast<unsigned long>(duration_cast<milliseconds>(steady_clock::now() - start).count());
}

void delay(unsigned long ms) {
  std::this_thread::sleep_for(std::chrono::milliseconds{ms});
}

bool EspClass::flashEraseSector(uint32_t sector) {
  if (!on_chip(sector * sector_bytes, sector_bytes)) return false;
  std::fill_n(lookalike::chip().flash.begin() + sector * sector_bytes, sector_bytes, 0xFF);
  return true;
}

/// Whole words' addresses, and bits go from 1 to 0 only.
bool EspClass::flashWrite(uint32_t address, const uint8_t* data, size_t size) {
  if (address % 4 != 0 || !on_chip(address, size)) return false;
  for (size_t i = 0; i < size; ++i) lookalike::chip().flash[address + i] &= data[i];
  return true;
}

bool EspClass::flashRead(uint32_t address, uint8_t* data, size_t size) {
  if (address % 4 != 0 || size % 4 != 0 || !on_chip(address, size)) return false;
  std::memcpy(data, lookalike::chip().flash.data() + address, size);
  return true;
}

uint32_t EspClass::getSketchSize() {
  return lookalike::chip().sketch_bytes;
}

uint32_t EspClass::getChipId() {
  return 0x0a1b2c;
}

uint8_t* EspClass::random(uint8_t* into, size_t size) {
  if (getrandom(into, size, 0) != static_cast<ssize_t>(size)) std::abort();
  return into;
}

void EspClass::restart() {
  lookalike::chip().restart_wanted = true;
}

void eboot_command_write(eboot_command* command) {
  lookalike::chip().command = {command->args[0], command->args[1], command->args[2]};
}
