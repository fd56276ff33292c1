#pragma once
// Known bugs, to show that the simulator finds them. They live in how the simulated device puts the engine's
// parts together; the engine itself knows nothing of them.

#include "airlift/boot/slot_store.hpp"
#include "airlift/update/payload_writer.hpp"
#include "catalog.hpp"

namespace airlift::sim {

enum class Plant : std::uint8_t {
  none,
  commit_before_verify,  ///< the record names an image before its signature has been looked at
  non_atomic_record,     ///< there is one copy of the boot record only
  late_attempt,          ///< an attempt is counted after the start
};

/// Puts all copies of the boot record into the same place.
class OneCopyFlash final : public port::Flash {
 public:
  OneCopyFlash(SimFlash& chip, const boot::FlashMap& map) : chip_{chip}, record_{map.record} {}

  [[nodiscard]] port::FlashGeometry geometry() const override { return chip_.geometry(); }
  [[nodiscard]] port::FlashSector sector_at(std::uint32_t address) const override {
    return chip_.sector_at(address);
  }
  [[nodiscard]] Status flush() override { return chip_.flush(); }

 private:
  /// Three sectors or more of one size, in all geometries: a copy is as many as hold one.
  [[nodiscard]] std::uint32_t place_of(std::uint32_t address) const {
    if (address < record_.address || address >= record_.end()) return address;
    const std::uint32_t sector = chip_.sector_at(record_.address).size_bytes;
    const auto needed = static_cast<std::uint32_t>(boot::boot_record_bytes);
    const std::uint32_t copy = (needed + sector - 1) / sector * sector;
    return record_.address + (address - record_.address) % copy;
  }
  [[nodiscard]] Status do_read(std::uint32_t address, MutableBytes into) override {
    return chip_.read(place_of(address), into);
  }
  [[nodiscard]] Status do_erase_sector(std::uint32_t address) override {
    return chip_.erase_sector(place_of(address));
  }
  [[nodiscard]] Status do_program(std::uint32_t address, Bytes bytes) override {
    return chip_.program(place_of(address), bytes);
  }

  SimFlash& chip_;
  boot::Area record_;
};

/// The flash as it is.
class SameFlash {
 public:
  SameFlash(SimFlash& chip, const boot::FlashMap&) : chip_{chip} {}
  operator port::Flash&() { return chip_; }

 private:
  SimFlash& chip_;
};

/// Writes `file`, stages it, and only then asks the policy. The error is none when it agrees.
[[nodiscard]] UpdateError upload_before_verify(boot::SlotStore& store, const image::Policy& policy,
                                               const update::Buffers& buffers, const File& file);

}  // namespace airlift::sim
