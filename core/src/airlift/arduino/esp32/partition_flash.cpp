#if defined(ARDUINO_ARCH_ESP32)
#include "airlift/arduino/esp32/partition_flash.hpp"

#include <algorithm>

namespace airlift::arduino::esp32 {
namespace {

/// SPI_FLASH_SEC_SIZE of the IDF.
constexpr std::uint32_t sector_bytes{4096};
/// esp_partition_write() takes any address, but for encrypted partitions only multiples of 16.
constexpr std::uint32_t write_align_bytes{16};

}  // namespace

port::FlashGeometry PartitionFlash::geometry() const {
  return {partition_ == nullptr ? 0 : partition_->size, sector_bytes, write_align_bytes};
}

Status PartitionFlash::do_read(std::uint32_t address, MutableBytes into) {
  if (esp_partition_read(partition_, address, into.data(), into.size()) != ESP_OK)
    return UpdateError::flash_read;
  return {};
}

Status PartitionFlash::do_erase_sector(std::uint32_t address) {
  if (esp_partition_erase_range(partition_, address, sector_bytes) != ESP_OK) return UpdateError::flash_erase;
  return {};
}

Status PartitionFlash::do_program(std::uint32_t address, Bytes bytes) {
  const Status erased = check_erased(address, bytes.size());
  if (!erased.ok()) return erased;
  if (esp_partition_write(partition_, address, bytes.data(), bytes.size()) != ESP_OK)
    return UpdateError::flash_write;
  return {};
}

/// The chip would write over what is there and leave the bits of both. What is encrypted does not look erased
/// when it is.
Status PartitionFlash::check_erased(std::uint32_t address, std::size_t count) {
  if (partition_->encrypted) return {};
  std::array<std::uint8_t, 256> stored{};
  for (std::size_t done = 0; done < count;) {
    const MutableBytes piece = MutableBytes{stored}.first(std::min(stored.size(), count - done));
    const Status read = do_read(address + static_cast<std::uint32_t>(done), piece);
    if (!read.ok()) return read;
    for (const std::uint8_t byte : piece) {
      if (byte != 0xFF) return UpdateError::flash_misuse;
    }
    done += piece.size();
  }
  return {};
}

}  // namespace airlift::arduino::esp32
#endif
