#include "airlift/boot/flash_map.hpp"

#include <algorithm>

namespace airlift::boot {
namespace {

constexpr std::size_t areas{2 + 2 * image::kinds};

std::array<Area, areas> all_areas(const FlashMap& map) {
  return {map.record, map.history, map.slots[0][0], map.slots[0][1], map.slots[1][0], map.slots[1][1]};
}

bool on_sector_boundaries(const Area& area, const port::Flash& flash) {
  const std::uint32_t size = flash.geometry().size_bytes;
  if (area.address > size || area.size_bytes > size - area.address) return false;
  const auto is_boundary = [&](std::uint32_t address) {
    return address == size || flash.sector_at(address).address == address;
  };
  return is_boundary(area.address) && is_boundary(area.end());
}

bool overlap(const Area& a, const Area& b) {
  return a.size_bytes > 0 && b.size_bytes > 0 && a.address < b.end() && b.address < a.end();
}

}  // namespace

Status check(const FlashMap& map, const port::Flash& flash) {
  const std::uint32_t write_unit = flash.geometry().write_align_bytes;
  if (largest_write_unit_bytes % write_unit != 0 || map.image_offset_bytes < slot_header_bytes ||
      map.image_offset_bytes % write_unit != 0) {
    return UpdateError::flash_misuse;
  }
  const std::array<Area, areas> all = all_areas(map);
  for (auto area = all.begin(); area != all.end(); ++area) {
    if (!on_sector_boundaries(*area, flash)) return UpdateError::flash_misuse;
    if (std::any_of(all.begin(), area, [&](const Area& other) { return overlap(*area, other); })) {
      return UpdateError::flash_misuse;
    }
  }
  return {};
}

FlashMap uniform_map(const UniformLayout& layout) {
  std::uint32_t at{layout.address};
  const auto take = [&](std::uint32_t bytes) {
    const Area area{at, bytes};
    at += bytes;
    return area;
  };
  FlashMap map;
  map.record = take(layout.record_sectors * layout.sector_bytes);
  map.history = take(layout.history_sectors * layout.sector_bytes);
  const std::array<std::uint32_t, image::kinds> largest{layout.firmware_bytes, layout.filesystem_bytes};
  for (std::size_t kind = 0; kind < image::kinds; ++kind) {
    const std::uint32_t sectors = (largest[kind] + layout.sector_bytes - 1) / layout.sector_bytes + 1;
    for (Area& slot : map.slots[kind]) slot = take(largest[kind] == 0 ? 0 : sectors * layout.sector_bytes);
  }
  return map;
}

std::uint64_t end_of(const FlashMap& map) {
  std::uint64_t end{0};
  for (const Area& area : all_areas(map)) {
    end = std::max(end, std::uint64_t{area.address} + area.size_bytes);
  }
  return end;
}

}  // namespace airlift::boot
