#pragma once
// What is started goes from the flash to a file, as Linux cannot execute from the flash file.

#include <string>

#include "airlift/boot/slot_store.hpp"

namespace airlift::device {

/// Writes the image in this slot to `path`, with `mode`. The file gets its name only when its SHA-256 is
/// right. `slot` may be none: then there is no such file afterwards. Outcomes: ok; no_image: nothing is
/// there; image_damaged; flash_read. Throws std::system_error when the file cannot be written.
[[nodiscard]] Status extract_image(boot::SlotStore& store, image::Kind kind, boot::SlotId slot,
                                   const std::string& path, unsigned mode);

}  // namespace airlift::device
