#pragma once
// Where images lie in the folder that devices update themselves from. docs/design/update-server.md.

#include <filesystem>
#include <string>
#include <string_view>

#include "airlift/image/image.hpp"

namespace airlift::server {

inline constexpr std::string_view default_channel{"stable"};
inline constexpr std::string_view images_folder{"images"};
inline constexpr std::string_view image_suffix{".bin"};
inline constexpr std::string_view gzip_suffix{".gz"};  ///< behind that of a sibling

/// Boards and channels: 1 to 64 of letters, digits, `-`, `_` and `.`, not beginning with `.`.
[[nodiscard]] bool is_folder_name(std::string_view text);

/// `firmware.bin` or `filesystem.bin`: the newest of its kind, what a static server gives.
[[nodiscard]] std::string_view current_name(image::Kind kind);

/// DIR/<board>/<channel>
[[nodiscard]] std::filesystem::path channel_folder(const std::filesystem::path& root, std::string_view board,
                                                   std::string_view channel);

/// `<version>-<kind>-<first 16 hex of the file's SHA-256>.bin`; characters of the version that are not for
/// file names, and a dot at its start, become `_`; without a version `unversioned`.
[[nodiscard]] std::string archive_name(std::string_view version, image::Kind kind,
                                       const crypto::Sha256Digest& file_sha256);

}  // namespace airlift::server
