// NOR rules over plain memory.

#include "airlift/port/flash.hpp"

#include <cstring>

#include "board/board.hpp"
#include "board/layout_ini.hpp"
#include "memory_guard.hpp"

namespace airlift::firmware::mps2 {
namespace {

constexpr port::FlashGeometry chip{layout_ini::flash_size, layout_ini::sector_size, layout_ini::write_unit};

std::uint8_t* memory_at(std::uint32_t address) {
  return reinterpret_cast<std::uint8_t*>(flash_start + address);
}

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
}  // namespace airlift::firmware::mps2

airlift::port::Flash& airlift::firmware::board::flash() {
  return mps2::memory_flash;
}
