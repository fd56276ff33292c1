#include "geometry.hpp"

namespace airlift::sim {
namespace {

/// How many sectors each area takes, one after the other. Both slots of a kind take the same.
struct Layout {
  std::uint32_t record;
  std::uint32_t history;
  std::uint32_t firmware;
  std::uint32_t filesystem;
};

class SectorsInTurn {
 public:
  explicit SectorsInTurn(const ChipModel& chip) : state_{chip, 0}, flash_{chip, state_} {}

  boot::Area take(std::uint32_t sectors) {
    boot::Area area{at_, 0};
    for (std::uint32_t i = 0; i < sectors; ++i) area.size_bytes += flash_.sector_at(area.end()).size_bytes;
    at_ = area.end();
    return area;
  }

 private:
  ChipState state_;
  SimFlash flash_;
  std::uint32_t at_{0};
};

boot::FlashMap map_of(const ChipModel& chip, const Layout& layout) {
  SectorsInTurn sectors{chip};
  boot::FlashMap map;
  map.record = sectors.take(layout.record);
  map.history = sectors.take(layout.history);
  for (boot::Area& slot : map.slots[0]) slot = sectors.take(layout.firmware);
  for (boot::Area& slot : map.slots[1]) slot = sectors.take(layout.filesystem);
  return map;
}

ChipModel chip_of(std::vector<SectorRun> sectors, std::uint32_t unit, std::uint8_t erased = 0xFF) {
  ChipModel chip;
  chip.sectors = std::move(sectors);
  chip.write_align_bytes = unit;
  chip.erased_value = erased;
  return chip;
}

Geometry nor() {
  Geometry g{"nor", "serial NOR: 4 KiB sectors, unit 4", chip_of({{13, 4096}}, 4), {}};
  g.map = map_of(g.chip, {3, 2, 2, 2});
  g.firmware_bytes = 3300;
  g.filesystem_bytes = 900;
  return g;
}

Geometry esp() {
  Geometry g{"esp",
             "ESP32: 4 KiB sectors, unit 16 (encrypted), whole sectors at once, images at a sector's start",
             chip_of({{14, 4096}}, 16),
             {}};
  g.map = map_of(g.chip, {4, 2, 2, 2});
  g.map.image_offset_bytes = 4096;
  g.block_bytes = 4096;
  g.firmware_bytes = 3300;
  g.filesystem_bytes = 900;
  return g;
}

Geometry stm32l0() {
  Geometry g{
      "stm32l0", "STM32L0: 128-byte sectors, unit 4, erased to 0x00", chip_of({{110, 128}}, 4, 0x00), {}};
  g.map = map_of(g.chip, {18, 32, 16, 14});
  g.block_bytes = 256;
  g.firmware_bytes = 900;
  g.filesystem_bytes = 500;
  return g;
}

Geometry small_sectors() {
  Geometry g{"small", "256-byte sectors, unit 8, erased to 0x00", chip_of({{61, 256}}, 8, 0x00), {}};
  g.map = map_of(g.chip, {9, 18, 9, 8});
  g.firmware_bytes = 1100;
  g.filesystem_bytes = 700;
  return g;
}

Geometry stm32f4() {
  // Those of an STM32F4 (16, 64 and 128 KiB; RM0090 table 5) divided by 32. A copy of the record takes two.
  Geometry g{"stm32f4",
             "STM32F4: 16, 64 and 128 KiB sectors scaled down, unit 4",
             chip_of({{8, 512}, {2, 2048}, {3, 4096}, {4, 512}, {3, 2048}}, 4),
             {}};
  g.map = map_of(g.chip, {8, 2, 2, 1});
  g.map.slots[0] = {{{8192, 4096}, {12288, 4096}}};
  g.map.slots[1] = {{{16384, 4096}, {22528, 4096}}};
  g.firmware_bytes = 2800;
  g.filesystem_bytes = 1400;
  return g;
}

Geometry error_correction() {
  Geometry g{"ecc",
             "2 KiB sectors, unit 16, torn units cannot be read (STM32H7 and others)",
             chip_of({{17, 2048}}, 16),
             {}};
  g.chip.torn_read = ChipModel::TornRead::fails;
  g.map = map_of(g.chip, {3, 2, 3, 2});
  g.firmware_bytes = 3000;
  g.filesystem_bytes = 1400;
  return g;
}

Geometry unit256() {
  Geometry g{"unit256", "RP2040: 4 KiB sectors scaled to 1 KiB, unit 256", chip_of({{18, 1024}}, 256), {}};
  g.map = map_of(g.chip, {3, 3, 4, 2});
  g.firmware_bytes = 2300;
  g.filesystem_bytes = 900;
  return g;
}

/// The base of those with bad sectors.
Geometry small_nor(std::string_view name, std::string_view about) {
  Geometry g{name, about, chip_of({{18, 1024}}, 4), {}};
  g.map = map_of(g.chip, {3, 3, 4, 2});
  g.firmware_bytes = 1900;
  g.filesystem_bytes = 900;
  return g;
}

Geometry bad_record() {
  Geometry g = small_nor("bad-record", "1 KiB sectors, one of the record's fails");
  g.chip.bad = {{g.map.record.address + 1024, BadSector::Way::fails}};
  return g;
}

Geometry lying_record() {
  Geometry g = small_nor("lying-record", "1 KiB sectors, one of the record's does nothing and says ok");
  g.chip.bad = {{g.map.record.address + 2048, BadSector::Way::lies}};
  return g;
}

Geometry bad_slot() {
  Geometry g = small_nor("bad-slot", "1 KiB sectors, one of firmware slot B fails");
  g.chip.bad = {{g.map.slots[0][1].address + 1024, BadSector::Way::fails}};
  g.firmware_slot_is_bad = true;
  return g;
}

Geometry lying_slot() {
  Geometry g = small_nor("lying-slot", "1 KiB sectors, one of firmware slot B does nothing and says ok");
  g.chip.bad = {{g.map.slots[0][1].address + 2048, BadSector::Way::lies}};
  g.firmware_slot_is_bad = true;
  return g;
}

Geometry bad_history() {
  Geometry g = small_nor("bad-history", "1 KiB sectors, two of the history's are bad");
  g.chip.bad = {{g.map.history.address, BadSector::Way::fails},
                {g.map.history.address + 1024, BadSector::Way::lies}};
  g.history_is_bad = true;
  return g;
}

Geometry linux_file() {
  Geometry g{"linux", "a file: 4 KiB sectors, unit 1, with write cache", chip_of({{13, 4096}}, 1), {}};
  g.chip.cache = ChipModel::Cache::write_back;
  g.map = map_of(g.chip, {3, 2, 2, 2});
  g.block_bytes = 4096;
  g.firmware_bytes = 3300;
  g.filesystem_bytes = 900;
  return g;
}

}  // namespace

const std::vector<Geometry>& geometries() {
  static const std::vector<Geometry> all{
      nor(),        esp(),        stm32l0(),    small_sectors(), stm32f4(),  error_correction(),
      unit256(),    linux_file(), bad_record(), lying_record(),  bad_slot(), lying_slot(),
      bad_history()};
  return all;
}

}  // namespace airlift::sim
