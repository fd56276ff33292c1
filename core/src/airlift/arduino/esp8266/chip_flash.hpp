#pragma once
// A range of the chip's flash. The core's calls for it: esp8266/Arduino, cores/esp8266/Esp.h.

#if defined(ARDUINO_ARCH_ESP8266)

#include "airlift/port/flash.hpp"

namespace airlift::arduino::esp8266 {

class ChipFlash final : public port::Flash {
 public:
  static constexpr std::uint32_t sector_bytes{4096};

  /// Before the first use; whole sectors. `start`: on the chip.
  void set_range(std::uint32_t start, std::uint32_t size_bytes) {
    start_ = start;
    size_bytes_ = size_bytes;
  }
  [[nodiscard]] std::uint32_t start() const { return start_; }

  [[nodiscard]] port::FlashGeometry geometry() const override { return {size_bytes_, sector_bytes, 4, 0xFF}; }
  [[nodiscard]] Status flush() override { return {}; }

 private:
  [[nodiscard]] Status do_read(std::uint32_t address, MutableBytes into) override;
  [[nodiscard]] Status do_erase_sector(std::uint32_t address) override;
  [[nodiscard]] Status do_program(std::uint32_t address, Bytes bytes) override;
  [[nodiscard]] Status expect_erased(std::uint32_t address, std::size_t count);

  std::uint32_t start_{0};
  std::uint32_t size_bytes_{0};
};

}  // namespace airlift::arduino::esp8266

#endif
