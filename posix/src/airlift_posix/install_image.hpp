#pragma once
// Images that come by cable: onto a flash that nothing runs on.

#include <stdexcept>
#include <string>

#include "airlift/boot/history.hpp"
#include "airlift/boot/slot_store.hpp"

namespace airlift::posix {

/// An image is not taken. what() tells people which, why, and what to do.
struct InstallError : std::runtime_error {
  InstallError(UpdateError error, std::string why);
  UpdateError code;
  std::string problem;  ///< what(), without the advice that belongs to `code`
};

/// Puts the file at `path` on as the USB cable does: it becomes the active image of its kind at once, without
/// trial and without a look at signatures; what a manifest says about board and kind is held to. What was on
/// trial is given up. `store` has been loaded, or is empty; `source`: for the history. Throws InstallError,
/// or std::system_error or std::runtime_error when the file cannot be read; the active image then stays.
void install_image(boot::SlotStore& store, boot::History& history, image::Kind kind, const std::string& path,
                   std::string_view board_id, std::string_view source);

}  // namespace airlift::posix
