#pragma once
// Flash in memory for fuzz targets, whose content can be anything.

#include <algorithm>
#include <vector>

#include "airlift/port/flash.hpp"
#include "require.hpp"

namespace airlift::fuzz {

class MemoryFlash final : public port::Flash {
 public:
  MemoryFlash(std::uint32_t sectors, std::uint32_t sector_bytes)
      : memory(std::size_t{sectors} * sector_bytes, 0xFF), sector_bytes_{sector_bytes} {}

  [[nodiscard]] port::FlashGeometry geometry() const override {
    return {static_cast<std::uint32_t>(memory.size()), sector_bytes_, 4};
  }
  [[nodiscard]] Status flush() override { return {}; }

  std::vector<std::uint8_t> memory;

 private:
  [[nodiscard]] Status do_read(std::uint32_t address, MutableBytes into) override {
    std::copy_n(memory.begin() + address, into.size(), into.begin());
    return {};
  }
  [[nodiscard]] Status do_erase_sector(std::uint32_t address) override {
    std::fill_n(memory.begin() + address, sector_bytes_, std::uint8_t{0xFF});
    return {};
  }
  [[nodiscard]] Status do_program(std::uint32_t address, Bytes bytes) override {
    const auto at = memory.begin() + address;
    require(std::all_of(at, at + static_cast<std::ptrdiff_t>(bytes.size()),
                        [](std::uint8_t byte) { return byte == 0xFF; }),
            "only what is erased is programmed");
    std::copy(bytes.begin(), bytes.end(), at);
    return {};
  }

  std::uint32_t sector_bytes_;
};

}  // namespace airlift::fuzz
