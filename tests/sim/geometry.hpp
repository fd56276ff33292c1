#pragma once
// The chips that updates are simulated on, and what lies where on them.

#include "airlift/boot/flash_map.hpp"
#include "sim_flash.hpp"

namespace airlift::sim {

struct Geometry {
  std::string_view name;   ///< for the command line
  std::string_view about;  ///< one line for people
  ChipModel chip;
  boot::FlashMap map;
  std::uint32_t block_bytes{512};     ///< of the updater's buffers
  std::uint32_t firmware_bytes{0};    ///< of the images, roughly
  std::uint32_t filesystem_bytes{0};  ///< likewise
  /// A slot of this kind of image has a bad sector: updates may fail with an error of the flash.
  bool firmware_slot_is_bad{false};
  bool history_is_bad{false};  ///< entries may get lost
};

[[nodiscard]] const std::vector<Geometry>& geometries();

}  // namespace airlift::sim
