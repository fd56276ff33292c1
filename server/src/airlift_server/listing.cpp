#include "airlift_server/listing.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "airlift_server/layout.hpp"
#include "airlift_server/publish_error.hpp"
#include "airlift_server/writable_folder.hpp"

namespace airlift::server {
namespace {

using Entry = WritableFolder::Entry;

image::Kind kind_of(const ListedImage& image) {
  if (image.facts.manifest) return image.facts.manifest->kind;
  const bool filesystem = image.file == current_name(image::Kind::filesystem) ||
                          image.file.find("-filesystem-") != std::string::npos;
  return filesystem ? image::Kind::filesystem : image::Kind::firmware;
}

/// Adds the images right in `folder`; `within` is its path within the channel.
void add_images(std::vector<ListedImage>& images, const ListedImage& place, const WritableFolder& folder,
                const std::string& within) {
  const std::vector<std::string> names = folder.names(Entry::file);
  for (const std::string& name : names) {
    if (name.starts_with('.') || !name.ends_with(".bin")) continue;
    const auto fd = folder.open_file(name);
    const auto facts = fd ? read_facts(fd->get()) : Result<ImageFacts>{UpdateError::file_unreadable};
    if (!facts.ok()) {
      throw PublishError{facts.error(),
                         fmt::format("{}: {}", (folder.path() / name).string(), std::strerror(errno)),
                         "Check what else writes into the folder, and that you may read it."};
    }
    ListedImage& image = images.emplace_back(place);
    image.file = within + name;
    image.facts = facts.value();
    image.kind = kind_of(image);
    image.current = image.file == current_name(image::Kind::firmware) ||
                    image.file == current_name(image::Kind::filesystem);
    image.compressed = std::binary_search(names.begin(), names.end(), name + ".gz");
  }
}

}  // namespace

std::vector<ListedImage> list_images(const std::filesystem::path& root) {
  const auto folder = WritableFolder::find(root);
  if (!folder) {
    throw PublishError{UpdateError::file_unreadable, fmt::format("{}: not there", root.string()),
                       "Check the name; airlift publish makes the folder with the first image."};
  }
  std::vector<ListedImage> images;
  ListedImage place;
  const std::string archive{images_folder};
  for (const std::string& board : folder->names(Entry::folder)) {
    const auto of_board = is_folder_name(board) ? folder->find(board) : std::nullopt;
    place.board = board;
    for (const std::string& channel :
         of_board ? of_board->names(Entry::folder) : std::vector<std::string>{}) {
      const auto of_channel = is_folder_name(channel) ? of_board->find(channel) : std::nullopt;
      if (!of_channel) continue;
      place.channel = channel;
      add_images(images, place, *of_channel, "");
      const std::vector<std::string> folders = of_channel->names(Entry::folder);
      if (!std::binary_search(folders.begin(), folders.end(), archive)) continue;
      if (const auto of_archive = of_channel->find(archive))
        add_images(images, place, *of_archive, archive + "/");
    }
  }
  return images;
}

}  // namespace airlift::server
