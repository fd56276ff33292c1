#pragma once
// Small sectors kept as blobs in NVS, for the boot record, the history and the slots' headers: the partition
// table of a device in the field has no place for them. Replacing a blob is atomic (ESP-IDF, "Non-Volatile
// Storage Library": after a power cut either the old or the new one is there), so a sector is never torn.

#include <nvs.h>

#include "airlift/port/flash.hpp"

namespace airlift::arduino::esp32 {

/// The blobs, called "s0", "s1", ... in the name space "airlift".
class NvsSectors {
 public:
  static constexpr std::uint32_t sector_bytes{1024};
  using Sector = std::array<std::uint8_t, sector_bytes>;

  NvsSectors() = default;
  ~NvsSectors();
  NvsSectors(const NvsSectors&) = delete;
  NvsSectors& operator=(const NvsSectors&) = delete;

  /// Before anything else; repeated calls do nothing. Outcomes: ok; flash_read: NVS cannot be used.
  [[nodiscard]] Status open();

  /// Good until the next call. Outcomes: the sector; flash_read.
  [[nodiscard]] Result<Sector*> load(std::uint32_t number);
  /// Keeps what was made of the sector that was loaded last. Outcomes: ok; flash_write: the old one is there.
  [[nodiscard]] Status store();
  /// Outcomes: ok; flash_erase: the old one is there.
  [[nodiscard]] Status erase(std::uint32_t number);

 private:
  nvs_handle_t handle_{0};
  Sector sector_{};
  std::uint32_t loaded_{none};
  static constexpr std::uint32_t none{~std::uint32_t{0}};
};

/// Some of these sectors as a flash.
class NvsFlash final : public port::Flash {
 public:
  /// `sectors` outlives this.
  NvsFlash(NvsSectors& sectors, std::uint32_t first, std::uint32_t count)
      : sectors_{sectors}, first_{first}, count_{count} {}

  [[nodiscard]] port::FlashGeometry geometry() const override {
    return {count_ * NvsSectors::sector_bytes, NvsSectors::sector_bytes, 1};
  }
  /// Each change is on the flash when its call returns.
  [[nodiscard]] Status flush() override { return {}; }

 private:
  /// Calls `act(the part in the sector, offset in the range)` for each sector that the range touches, until
  /// one fails.
  template <typename Act>
  [[nodiscard]] Status in_sectors(std::uint32_t address, std::size_t size, Act act);

  [[nodiscard]] Status do_read(std::uint32_t address, MutableBytes into) override;
  [[nodiscard]] Status do_erase_sector(std::uint32_t address) override;
  [[nodiscard]] Status do_program(std::uint32_t address, Bytes bytes) override;

  NvsSectors& sectors_;
  std::uint32_t first_;
  std::uint32_t count_;
};

}  // namespace airlift::arduino::esp32
