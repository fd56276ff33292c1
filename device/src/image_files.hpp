#pragma once
// Linux cannot execute from the flash file: brings images from their slots into files, checked on the way.

#include <optional>
#include <string>

#include "airlift/boot/slot_store.hpp"
#include "airlift/port/system.hpp"

namespace airlift::device {

struct ExtractedImage {
  std::string path;
  boot::SlotId slot{boot::SlotId::none};
  std::string sha256;  ///< hex
};

/// Writes the active image of this kind to `path`, with `mode`; when it is damaged, the other slot's. The
/// file gets its name only when its SHA-256 is right. Nothing when no slot holds a whole image; the log says
/// what was wrong.
[[nodiscard]] std::optional<ExtractedImage> extract_image(boot::SlotStore& store, image::Kind kind,
                                                          const std::string& path, unsigned mode,
                                                          port::Log& log);

/// Writes the file at `path` into the inactive firmware slot and makes it active. Throws std::runtime_error
/// or std::system_error.
void install_firmware(boot::SlotStore& store, const std::string& path);

}  // namespace airlift::device
