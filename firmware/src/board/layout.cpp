#include "board/layout_ini.hpp"

#include "board/board.hpp"

namespace airlift::firmware::board {
namespace {

Layout made_of_ini() {
  boot::UniformLayout slots;
  slots.sector_bytes = layout_ini::sector_size;
  slots.firmware_bytes = layout_ini::firmware_size;
  slots.filesystem_bytes = layout_ini::filesystem_size;
  slots.address = layout_ini::base;
  slots.record_sectors = layout_ini::record_sectors;
  slots.history_sectors = layout_ini::history_sectors;
  constexpr std::uint32_t note_bytes{layout_ini::note_sectors * layout_ini::sector_size};

  Layout layout;
  layout.slots = boot::uniform_map(slots);
  layout.resets = {static_cast<std::uint32_t>(boot::end_of(layout.slots)), note_bytes};
  layout.seed = {layout.resets.end(), note_bytes};
  return layout;
}

}  // namespace

const Layout& layout() {
  static const Layout made{made_of_ini()};
  return made;
}

}  // namespace airlift::firmware::board
