// The contracts of core's ports over the ESP8266's.

#include "airlift/arduino/esp8266/chip_flash.hpp"
#include "airlift/arduino/esp8266/system_ports.hpp"
#include "contract/portable/clock_contract.hpp"
#include "contract/portable/entropy_contract.hpp"
#include "contract/portable/flash_contract.hpp"
#include "lookalike.hpp"
#include "support/portable_contract.hpp"

namespace airlift::arduino::esp8266 {
namespace {

class ChipFlashSubject final : public contract::FlashSubject {
 public:
  ChipFlashSubject() {
    lookalike::chip() = {};
    flash_.set_range(0x40000, 8 * ChipFlash::sector_bytes);
  }
  [[nodiscard]] port::Flash& flash() override { return flash_; }
  [[nodiscard]] MutableBytes scratch() override { return scratch_; }

 private:
  ChipFlash flash_;
  std::array<std::uint8_t, 3 * ChipFlash::sector_bytes + 256> scratch_{};
};

class ClockSubject final : public contract::ClockSubject {
 public:
  [[nodiscard]] port::Clock& clock() override { return clock_; }

 private:
  MillisClock clock_;
};

[[maybe_unused]] const bool added[]{
    testing::add_contract<ChipFlashSubject>("Esp8266ChipFlash", contract::flash_cases),
    testing::add_contract<ClockSubject>("Esp8266Clock", contract::clock_cases),
    testing::add_contract<RadioEntropy>("Esp8266Entropy", contract::entropy_cases)};

}  // namespace
}  // namespace airlift::arduino::esp8266
