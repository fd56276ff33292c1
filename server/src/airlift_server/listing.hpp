#pragma once
// All images in the folder that devices update themselves from, copies and damaged ones as well.

#include <filesystem>
#include <string>
#include <vector>

#include "airlift_server/offer.hpp"

namespace airlift::server {

struct ListedImage {
  std::string board;
  std::string channel;
  std::string file;  ///< within the channel: "firmware.bin", "images/1.4.0-firmware-0123456789abcdef.bin"
  std::shared_ptr<const Image> image;
  bool compressed{false};  ///< with a sibling for Content-Encoding: gzip
};

/// By board, channel and file; symbolic links and hidden files are left out. Throws PublishError.
[[nodiscard]] std::vector<ListedImage> list_images(const std::filesystem::path& root);

}  // namespace airlift::server
