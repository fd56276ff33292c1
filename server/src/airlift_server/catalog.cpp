#include "airlift_server/catalog.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "airlift_server/folder.hpp"
#include "airlift_server/image_reading.hpp"
#include "airlift_server/layout.hpp"
#include "airlift_server/selection.hpp"

namespace airlift::server {
namespace {

constexpr std::int64_t settling_ns{1'000'000'000};

bool same_content(const Offer& a, const Offer& b) {
  return a.image->file.digests.sha256 == b.image->file.digests.sha256 && a.image->kind == b.image->kind;
}

/// The same content counts once: where it comes first.
void drop_copies(std::vector<Offer>& offers) {
  std::vector<Offer> kept;
  for (Offer& offer : offers) {
    const bool copy =
        std::any_of(kept.begin(), kept.end(), [&](const Offer& each) { return same_content(each, offer); });
    if (!copy) kept.push_back(std::move(offer));
  }
  offers = std::move(kept);
}

}  // namespace

bool Catalog::look(std::int64_t now_ns) {
  const auto folder = Folder::open(directory_);
  if (!folder) return false;
  now_ns_ = now_ns;
  before_ = std::exchange(known_, {});
  channels_.clear();
  for (const std::string& board : folder->folders(".", most_channels)) {
    if (!is_folder_name(board)) continue;
    for (const std::string& channel : folder->folders(board, most_channels)) {
      if (is_folder_name(channel) && channels_.size() < most_channels)
        look_at_channel(*folder, board, channel);
    }
  }
  before_.clear();
  return true;
}

void Catalog::look_at_channel(const Folder& folder, const std::string& board, const std::string& channel) {
  const std::string path = fmt::format("{}/{}", board, channel);
  Channel found{board, {}};
  for (const std::string& place : {path, fmt::format("{}/{}", path, images_folder)}) {
    for (const std::string& file : look_at_files(folder, place, most_files)) {
      if (const auto& image = known_.at(file).image) found.offers.push_back({image, nullptr});
    }
  }
  std::sort(found.offers.begin(), found.offers.end(),
            [](const Offer& a, const Offer& b) { return comes_before(*a.image, *b.image); });
  drop_copies(found.offers);
  for (Offer& offer : found.offers) offer.gzip = gzip_of(folder, *offer.image);
  channels_.emplace(path, std::move(found));
}

/// The paths of the images there, which are known then.
std::vector<std::string> Catalog::look_at_files(const Folder& folder, const std::string& path,
                                                std::size_t most) {
  std::vector<std::string> paths;
  for (const FoundFile& file : folder.files(path, 2 * most)) {
    if (!file.name.ends_with(image_suffix) || paths.size() == most) continue;
    const std::string file_path = fmt::format("{}/{}", path, file.name);
    note_file(folder, file_path, file.mark);
    if (known_.contains(file_path)) paths.push_back(file_path);
  }
  return paths;
}

void Catalog::note_file(const Folder& folder, const std::string& path, const FileMark& mark) {
  const auto before = before_.find(path);
  const bool was_known = before != before_.end();
  const bool settled = now_ns_ == 0 || mark.changed_ns > now_ns_ || now_ns_ - mark.changed_ns >= settling_ns;
  if (was_known && (before->second.mark == mark || !settled)) {
    known_.emplace(path, std::move(before->second));
  } else if (settled) {
    known_.emplace(path, read(folder, path, mark));
  }
}

Catalog::Known Catalog::read(const Folder& folder, const std::string& path, const FileMark& mark) {
  const posix::UniqueFd fd = folder.open_file(path);
  const Reading reading = fd ? read_image(fd.get(), path, mark) : Reading{nullptr, "it cannot be opened"};
  if (!reading.why.empty()) {
    log_.write(port::LogLevel::warning, "serve", fmt::format("{} is not offered: {}", path, reading.why));
  }
  return {mark, reading.why.empty() ? reading.image : nullptr, nullptr};
}

/// A sibling of what is offered, if it is one.
std::shared_ptr<const StoredFile> Catalog::gzip_of(const Folder& folder, const Image& image) {
  const std::string path = fmt::format("{}{}", image.file.path, gzip_suffix);
  const posix::UniqueFd fd = folder.open_file(path);
  const auto mark = fd ? mark_of(fd.get()) : std::nullopt;
  if (!mark) return nullptr;
  const auto before = before_.find(path);
  if (before != before_.end() && before->second.mark == *mark && before->second.image.get() == &image) {
    return known_.emplace(path, before->second).first->second.gzip;
  }
  const auto shared = known_.at(image.file.path).image;
  return known_
      .emplace(path,
               Known{*mark, shared, read_gzip_sibling(fd.get(), path, *mark, image.file.digests.sha256)})
      .first->second.gzip;
}

}  // namespace airlift::server
