#pragma once
// A partition of the ESP32's flash.

#include <esp_partition.h>

#include "airlift/port/flash.hpp"

namespace airlift::arduino::esp32 {

class PartitionFlash final : public port::Flash {
 public:
  /// The partition is a constant of the system; nullptr, as before the first call: a flash of size 0.
  void use(const esp_partition_t* partition) { partition_ = partition; }

  [[nodiscard]] port::FlashGeometry geometry() const override;
  [[nodiscard]] Status flush() override { return {}; }
  [[nodiscard]] const esp_partition_t* partition() const { return partition_; }

 private:
  [[nodiscard]] Status do_read(std::uint32_t address, MutableBytes into) override;
  [[nodiscard]] Status do_erase_sector(std::uint32_t address) override;
  [[nodiscard]] Status do_program(std::uint32_t address, Bytes bytes) override;
  [[nodiscard]] Status check_erased(std::uint32_t address, std::size_t count);

  const esp_partition_t* partition_{nullptr};
};

}  // namespace airlift::arduino::esp32
