#pragma once
// Where on a board's flash what lies, from the board's layout file. docs/design/firmware.md, "Flash".

#include <string>

#include "airlift/boot/flash_map.hpp"

namespace airlift::cli {

struct FlashLayout {
  port::FlashGeometry geometry;
  boot::FlashMap slots;
  std::uint32_t boot_loader_bytes{0};  ///< room at the start
  boot::Area resets;
  boot::Area seed;
};

/// Reads lines `key=number` (bytes, or sectors where the key says so); `#` begins a comment. Throws
/// CommandError: the file cannot be read, a line is no such line, a key is unknown or missing, or it does not
/// all fit.
[[nodiscard]] FlashLayout load_flash_layout(const std::string& path);

}  // namespace airlift::cli
