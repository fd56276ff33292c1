#pragma once
// Images come from files and go to files: the first firmware onto the flash, and what is started out of it,
// as Linux cannot execute from the flash file.

#include <string>

#include "airlift/boot/slot_store.hpp"
#include "state_directory.hpp"

namespace airlift::device {

/// Writes the image in this slot to `path`, with `mode`. The file gets its name only when its SHA-256 is
/// right. `slot` may be none: then there is no such file afterwards. Outcomes: ok; no_image: nothing is
/// there; image_damaged; flash_read. Throws std::system_error when the file cannot be written.
[[nodiscard]] Status extract_image(boot::SlotStore& store, image::Kind kind, boot::SlotId slot,
                                   const std::string& path, unsigned mode);

/// Puts the file at `path` on as the USB cable does: it becomes the active firmware at once, without trial
/// and without a look at signatures; what a manifest says about board and kind is held to. What was on trial
/// is given up. Throws std::runtime_error or std::system_error; the active firmware then stays.
void install_firmware(StateDirectory& state, const std::string& path, std::string_view board_id);

}  // namespace airlift::device
