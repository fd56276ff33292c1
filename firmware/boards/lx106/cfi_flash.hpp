#pragma once
// The board's NOR flash: Intel's command set (CFI, JESD68.01; commands as of Intel 28FxxxJ3). QEMU's chip
// programs whatever it is told; this one refuses what a chip cannot do. As on the ESP8266 nothing may be
// executed from the flash while it is written: programs run from memory.

#include "airlift/port/flash.hpp"

namespace airlift::firmware::lx106 {

class CfiFlash : public port::Flash {
 public:
  /// Asks the chip what it is; once, before everything else.
  void identify();

  [[nodiscard]] port::FlashGeometry geometry() const override { return geometry_; }
  /// The chip has no cache.
  [[nodiscard]] Status flush() override { return {}; }

 private:
  [[nodiscard]] Status do_read(std::uint32_t address, MutableBytes into) override;
  [[nodiscard]] Status do_erase_sector(std::uint32_t address) override;
  [[nodiscard]] Status do_program(std::uint32_t address, Bytes bytes) override;
  [[nodiscard]] Status do_compare(std::uint32_t address, Bytes bytes) override;

  port::FlashGeometry geometry_{};
  std::uint32_t buffer_bytes_{0};  ///< what one command programs at most; its multiples are not crossed
};

}  // namespace airlift::firmware::lx106
