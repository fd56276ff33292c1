#if defined(ARDUINO_ARCH_ESP8266)

#include "airlift/arduino/esp8266/chip_flash.hpp"

#include <Arduino.h>

#include <cstring>

namespace airlift::arduino::esp8266 {
namespace {

/// What the chip reads and writes in one go: whole words, in memory that is aligned to them.
struct alignas(4) Words {
  std::array<std::uint8_t, 256> bytes{};
};

constexpr std::uint32_t up_to_word(std::uint32_t count) {
  return (count + 3) / 4 * 4;
}

}  // namespace

Status ChipFlash::do_read(std::uint32_t address, MutableBytes into) {
  Words words;
  for (std::size_t done = 0; done < into.size();) {
    const auto at = start_ + address + static_cast<std::uint32_t>(done);
    const std::uint32_t skipped = at % 4;
    const std::size_t count = std::min(words.bytes.size() - skipped, into.size() - done);
    const std::uint32_t whole = up_to_word(skipped + static_cast<std::uint32_t>(count));
    if (!ESP.flashRead(at - skipped, words.bytes.data(), whole)) return UpdateError::flash_read;
    std::memcpy(into.data() + done, words.bytes.data() + skipped, count);
    done += count;
  }
  return {};
}

Status ChipFlash::do_erase_sector(std::uint32_t address) {
  return ESP.flashEraseSector((start_ + address) / sector_bytes) ? Status{}
                                                                 : Status{UpdateError::flash_erase};
}

Status ChipFlash::expect_erased(std::uint32_t address, std::size_t count) {
  std::array<std::uint8_t, 64> piece{};
  for (std::size_t done = 0; done < count; done += piece.size()) {
    const MutableBytes part = MutableBytes{piece}.first(std::min(piece.size(), count - done));
    if (const Status read = do_read(address + static_cast<std::uint32_t>(done), part); !read.ok())
      return read;
    for (const std::uint8_t byte : part) {
      if (byte != 0xFF) return UpdateError::flash_misuse;
    }
  }
  return {};
}

Status ChipFlash::do_program(std::uint32_t address, Bytes bytes) {
  if (const Status erased = expect_erased(address, bytes.size()); !erased.ok()) return erased;
  Words words;
  for (std::size_t done = 0; done < bytes.size();) {
    const std::size_t count = std::min(words.bytes.size(), bytes.size() - done);
    std::memcpy(words.bytes.data(), bytes.data() + done, count);
    const auto at = start_ + address + static_cast<std::uint32_t>(done);
    if (!ESP.flashWrite(at, words.bytes.data(), count)) return UpdateError::flash_write;
    done += count;
  }
  return {};
}

}  // namespace airlift::arduino::esp8266

#endif
