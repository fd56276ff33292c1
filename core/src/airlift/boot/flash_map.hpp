#pragma once
// Where on the flash what lies. Table: docs/design/storage.md.

#include <array>

#include "airlift/image/image.hpp"
#include "airlift/port/flash.hpp"

namespace airlift::boot {

/// Whole sectors.
struct Area {
  std::uint32_t address{0};
  std::uint32_t size_bytes{0};
  [[nodiscard]] constexpr std::uint32_t end() const { return address + size_bytes; }
};

struct FlashMap {
  Area record;   ///< room for at least three copies of the boot record, each in whole sectors
  Area history;  ///< two or more sectors; of size 0: no history is kept
  std::array<std::array<Area, 2>, image::kinds> slots;  ///< by Kind and SlotId; of size 0: no such images
};

/// Records and headers are multiples of it.
inline constexpr std::uint32_t largest_write_unit_bytes{256};

/// Outcomes: ok; flash_misuse: an area lies outside the flash, or does not begin and end at sector
/// boundaries, or two areas overlap, or the flash's write unit does not divide the largest one.
[[nodiscard]] Status check(const FlashMap& map, const port::Flash& flash);

/// The map of a flash whose sectors all have the same size: record and history of four sectors each, then the
/// slots; `firmware_bytes` and `filesystem_bytes` are the largest images and get a sector more for the
/// header.
[[nodiscard]] FlashMap uniform_map(std::uint32_t sector_bytes, std::uint32_t firmware_bytes,
                                   std::uint32_t filesystem_bytes);

/// The flash size that a map needs.
[[nodiscard]] std::uint64_t end_of(const FlashMap& map);

}  // namespace airlift::boot
