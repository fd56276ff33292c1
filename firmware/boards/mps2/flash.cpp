// NOR rules over plain memory.

#include "airlift/port/flash.hpp"

#include <cstring>

#include "board/board.hpp"
#include "board/layout_ini.hpp"
#include "flash_guard.hpp"
#include "registers.hpp"

namespace airlift::firmware::mps2 {
namespace {

constexpr std::uint32_t flash_start{0x21000000};
constexpr port::FlashGeometry chip{layout_ini::flash_size, layout_ini::sector_size, layout_ini::write_unit};

std::uint8_t* memory_at(std::uint32_t address) {
  return reinterpret_cast<std::uint8_t*>(flash_start + address);
}

void barrier() {
  asm volatile("dsb\n isb" ::: "memory");
}

/// While it lives, stores reach the flash.
class Unguarded {
 public:
  Unguarded() {
    memory_protection::control = 0;
    barrier();
  }
  ~Unguarded() {
    barrier();
    memory_protection::control = memory_protection::on_for_privileged_code;
    barrier();
  }
  Unguarded(const Unguarded&) = delete;
  Unguarded& operator=(const Unguarded&) = delete;
};

class MemoryFlash final : public port::Flash {
 public:
  [[nodiscard]] port::FlashGeometry geometry() const override { return chip; }
  [[nodiscard]] Status flush() override { return {}; }

 private:
  [[nodiscard]] Status do_read(std::uint32_t address, MutableBytes into) override {
    std::memcpy(into.data(), memory_at(address), into.size());
    return {};
  }

  [[nodiscard]] Status do_erase_sector(std::uint32_t address) override {
    const Unguarded stores;
    std::memset(memory_at(address), chip.erased_value, chip.sector_bytes);
    return {};
  }

  [[nodiscard]] Status do_program(std::uint32_t address, Bytes bytes) override {
    std::uint8_t* const cells = memory_at(address);
    const auto erased = [](std::uint8_t cell) { return cell == chip.erased_value; };
    if (!std::all_of(cells, cells + bytes.size(), erased)) return UpdateError::flash_misuse;
    const Unguarded stores;
    std::memcpy(cells, bytes.data(), bytes.size());
    return {};
  }
};

MemoryFlash memory_flash;

}  // namespace

void guard_flash() {
  // ARMv7-M B3.5: never to be executed, read-only, normal memory, 2^(23 + 1) bytes = all of the flash.
  constexpr std::uint32_t execute_never{1U << 28}, read_only{6U << 24}, normal{0xB << 16}, bytes{23U << 1};
  static_assert(chip.size_bytes == 1U << 24);
  memory_protection::region = 0;
  memory_protection::base = flash_start;
  memory_protection::attributes = execute_never | read_only | normal | bytes | 1;
  memory_protection::control = memory_protection::on_for_privileged_code;
  barrier();
}

}  // namespace airlift::firmware::mps2

airlift::port::Flash& airlift::firmware::board::flash() {
  return mps2::memory_flash;
}
