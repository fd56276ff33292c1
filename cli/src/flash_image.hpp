#pragma once
// Makes the flash of a new board: what the cable would put on.

#include <optional>
#include <string>

#include "airlift/boot/slot_store.hpp"

namespace airlift::cli {

struct FlashRequest {
  std::string layout;
  std::string firmware;
  std::optional<std::string> filesystem;
  std::optional<std::string> boot_loader;
  std::string board_id;  ///< empty: an image that names boards is refused
  std::string output;
};

struct FlashReport {
  std::uint32_t flash_bytes{0};
  std::uint32_t boot_loader_bytes{0};  ///< 0: none
  boot::SlotInfo firmware;
  boot::SlotInfo filesystem;  ///< of size 0: none
};

/// Writes `request.output`, for its owner only: it holds the seed of the board's random numbers. It appears
/// whole or not at all. Throws CommandError.
FlashReport make_flash_image(const FlashRequest& request);

/// One JSON object on one line.
[[nodiscard]] std::string to_json(const FlashRequest& request, const FlashReport& report);

}  // namespace airlift::cli
