#pragma once
// The image that a build has just made: HomeDing's hd-upload habit.

#include <filesystem>
#include <optional>
#include <string>

#include "airlift/wire/codes.hpp"

namespace airlift::cli {

/// The newest `*.ino.bin` in `folder` and the folders in it; for a filesystem the newest `*.littlefs.bin`,
/// `*.mklittlefs.bin` or `*.spiffs.bin`. Nothing when there is none.
[[nodiscard]] std::optional<std::string> newest_image(const std::filesystem::path& folder,
                                                      wire::Command command);

}  // namespace airlift::cli
