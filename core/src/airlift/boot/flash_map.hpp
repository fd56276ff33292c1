#pragma once
// Where on the flash what lies. Table: docs/design/storage.md.

#include <array>

#include "airlift/boot/slot_header.hpp"
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
  /// Where in its slot an image begins: behind the header, or at the start of the next sector where images
  /// must begin with one (an ESP32's partitions).
  std::uint32_t image_offset_bytes{slot_header_bytes};
};

/// Records and headers are multiples of it.
inline constexpr std::uint32_t largest_write_unit_bytes{256};

/// Outcomes: ok; flash_misuse: an area lies outside the flash, or does not begin and end at sector
/// boundaries, or two areas overlap, or the flash's write unit does not divide the largest one, or an image
/// would begin in its header or beside the write unit.
[[nodiscard]] Status check(const FlashMap& map, const port::Flash& flash);

/// A flash whose sectors all have the same size, filled from an address on.
struct UniformLayout {
  std::uint32_t sector_bytes{0};
  std::uint32_t firmware_bytes{0};    ///< the largest image
  std::uint32_t filesystem_bytes{0};  ///< likewise; 0: there are none
  std::uint32_t address{0};
  std::uint32_t record_sectors{4};
  std::uint32_t history_sectors{4};
};

/// Record, history, then the slots, each a sector larger than its largest image, for the header.
[[nodiscard]] FlashMap uniform_map(const UniformLayout& layout);

/// The flash size that a map needs.
[[nodiscard]] std::uint64_t end_of(const FlashMap& map);

}  // namespace airlift::boot
