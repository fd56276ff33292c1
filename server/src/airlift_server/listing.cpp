#include "airlift_server/listing.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <limits>

#include "airlift_server/folder.hpp"
#include "airlift_server/image_reading.hpp"
#include "airlift_server/layout.hpp"
#include "airlift_server/publish_error.hpp"

namespace airlift::server {
namespace {

constexpr std::size_t all{std::numeric_limits<std::size_t>::max()};

/// `place` names board and channel; `within` is where in the channel, with a slash at its end.
void add_images(std::vector<ListedImage>& images, const ListedImage& place, const Folder& folder,
                const std::string& within) {
  const std::string path = fmt::format("{}/{}/{}", place.board, place.channel, within);
  for (const FoundFile& file : folder.files(path, all)) {
    if (!file.name.ends_with(image_suffix)) continue;
    const posix::UniqueFd fd = folder.open_file(path + file.name);
    const Reading reading = fd ? read_image(fd.get(), path + file.name, file.mark, file.mark.size_bytes)
                               : Reading{nullptr, std::strerror(errno)};
    if (!reading.image) {
      throw PublishError{UpdateError::file_unreadable, fmt::format("{}{}: {}", path, file.name, reading.why),
                         "Check what else writes into the folder, and that you may read it."};
    }
    const bool compressed{folder.open_file(fmt::format("{}{}{}", path, file.name, gzip_suffix))};
    images.push_back({place.board, place.channel, within + file.name, reading.image, compressed});
  }
}

}  // namespace

std::vector<ListedImage> list_images(const std::filesystem::path& root) {
  const auto folder = Folder::open(root);
  if (!folder) {
    throw PublishError{UpdateError::file_unreadable,
                       fmt::format("{}: {}", root.string(), std::strerror(errno)),
                       "Check the name; airlift publish makes the folder with the first image."};
  }
  std::vector<ListedImage> images;
  for (const std::string& board : folder->folders(".", all)) {
    for (const std::string& channel : folder->folders(board, all)) {
      if (!is_folder_name(board) || !is_folder_name(channel)) continue;
      const ListedImage place{board, channel, {}, {}, false};
      add_images(images, place, *folder, "");
      add_images(images, place, *folder, fmt::format("{}/", images_folder));
    }
  }
  return images;
}

}  // namespace airlift::server
