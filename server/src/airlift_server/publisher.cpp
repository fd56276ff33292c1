#include "airlift_server/publisher.hpp"

#include <fmt/format.h>
#include <sys/file.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "airlift_server/folder.hpp"
#include "airlift_server/image_reading.hpp"
#include "airlift_server/layout.hpp"
#include "airlift_server/publish_error.hpp"
#include "airlift_server/selection.hpp"

namespace airlift::server {
namespace {

std::string sibling_name(image::Kind kind) {
  return fmt::format("{}{}", current_name(kind), gzip_suffix);
}

/// Null: it is not there.
std::shared_ptr<const Image> image_in(const std::optional<WritableFolder>& folder, const std::string& name) {
  const auto fd = folder ? folder->open_file(name) : std::nullopt;
  const auto mark = fd ? mark_of(fd->get()) : std::nullopt;
  if (!mark) return nullptr;
  const std::string path = (folder->path() / name).string();
  const Reading reading = read_image(fd->get(), path, *mark, mark->size_bytes);
  if (reading.image) return reading.image;
  throw PublishError{UpdateError::file_unreadable, fmt::format("{}: {}", path, reading.why),
                     "Check what else writes into the folder."};
}

bool holds(const std::optional<WritableFolder>& folder, const std::string& name,
           const crypto::Sha256Digest& digest) {
  const auto image = image_in(folder, name);
  return image && image->file.digests.sha256 == digest;
}

/// The file time of a sibling; nothing: there is none.
std::optional<std::time_t> time_of(const std::optional<WritableFolder>& folder, const std::string& name) {
  const auto fd = folder ? folder->open_file(name) : std::nullopt;
  const auto mark = fd ? mark_of(fd->get()) : std::nullopt;
  return mark ? std::optional{mark->modified_s()} : std::nullopt;
}

std::string shown(const Image& image) {
  return image.version().empty() ? std::string{"an image without version"} : std::string{image.version()};
}

/// The later file time is always that of the new one: it is published now.
bool is_older(Image image, const Image& present) {
  image.file.mark.modified_ns = present.file.mark.modified_ns;
  return is_newer(present, image);
}

Plan::Course course_of(const std::shared_ptr<const Image>& present, const Image& image, IfOlder if_older,
                       const std::string& where) {
  if (!present) return Plan::Course::make_current;
  if (present->file.digests.sha256 == image.file.digests.sha256) return Plan::Course::nothing;
  if (!is_older(image, *present) || if_older == IfOlder::made_current) return Plan::Course::make_current;
  if (if_older == IfOlder::archived) return Plan::Course::archive;
  throw PublishError{
      UpdateError::refused,
      fmt::format("{} is older than what {} gives, which is {}", shown(image), where, shown(*present)),
      "--make-current goes back to it; --allow-older keeps it for devices that are too old for the newer "
      "one."};
}

Plan::Sibling sibling_of(const Plan& plan, std::optional<std::time_t> sibling_time, bool wanted) {
  if (plan.course == Plan::Course::archive) return sibling_time ? Plan::Sibling::kept : Plan::Sibling::none;
  if (plan.course == Plan::Course::make_current && !wanted)
    return sibling_time ? Plan::Sibling::removed : Plan::Sibling::none;
  if (plan.course == Plan::Course::make_current) return Plan::Sibling::written;
  // Both were published together when they are of the same second.
  const bool belongs = sibling_time && *sibling_time == plan.present->file.mark.modified_s();
  if (wanted && !belongs) return Plan::Sibling::written;
  return sibling_time ? Plan::Sibling::kept : Plan::Sibling::none;
}

/// A static server's ETag is made of time, in seconds, and size: each image of a channel gets a second of its
/// own, or devices would take a new one of the same size for the old one.
std::time_t time_after(const std::shared_ptr<const Image>& present, std::time_t now_s) {
  return present ? std::max<std::time_t>(now_s, present->file.mark.modified_s() + 1) : now_s;
}

void remove_unfinished(const WritableFolder& folder) {
  for (const std::string& name : folder.files()) {
    if (UnfinishedFile::is_name(name)) folder.remove(name);
  }
}

void fill_with_image(UnfinishedFile& file, const NewImage& image, std::time_t time_s) {
  crypto::Sha256 sha256;
  image.file([&](Bytes bytes) {
    sha256.update(bytes);
    file.write(bytes);
  });
  if (sha256.finish() != image.image.file.digests.sha256) {
    throw PublishError{UpdateError::sha256_mismatch, "the image changed while it was published",
                       "Let the build end first, then publish again."};
  }
  file.finish(time_s);
}

void fill_with_sibling(UnfinishedFile& file, const NewImage& image, std::time_t time_s) {
  image.gzip([&file](Bytes bytes) { file.write(bytes); });
  file.finish(time_s);
}

}  // namespace

Publisher::Publisher(std::filesystem::path root, std::string channel)
    : root_{std::move(root)}, channel_{std::move(channel)} {}

bool Publisher::lock(Wait wait) {
  if (!folder_) folder_ = WritableFolder::find_or_make(root_);
  while (flock(folder_->fd(), LOCK_EX | (wait == Wait::no ? LOCK_NB : 0)) != 0) {
    if (errno == EWOULDBLOCK) return false;
    if (errno == EINTR) continue;
    throw PublishError{UpdateError::storage_failed,
                       fmt::format("{}: cannot be locked: {}", root_.string(), std::strerror(errno)),
                       "Publish on the computer that has the disk."};
  }
  return true;
}

std::optional<WritableFolder> Publisher::channel_of(const std::string& board) const {
  const auto root = WritableFolder::find(root_);
  const auto folder = root ? root->find(board) : std::nullopt;
  return folder ? folder->find(channel_) : std::nullopt;
}

Plan Publisher::plan(const std::string& board, const NewImage& image, IfOlder if_older) const {
  const auto channel = channel_of(board);
  const auto images = channel ? channel->find(std::string{images_folder}) : std::nullopt;
  const image::Kind kind = image.image.kind;
  const StoredFile& file = image.image.file;
  Plan plan;
  plan.board = board;
  plan.archive = archive_name(image.image.version(), kind, file.digests.sha256);
  plan.archived_already = holds(images, plan.archive, file.digests.sha256);
  plan.archived_before = images ? images->files().size() : 0;
  plan.present = image_in(channel, std::string{current_name(kind)});
  plan.course = course_of(plan.present, image.image, if_older, fmt::format("{}/{}", board, channel_));
  plan.sibling = sibling_of(plan, time_of(channel, sibling_name(kind)), image.gzip != nullptr);
  plan.file_time_s = plan.course == Plan::Course::nothing ? plan.present->file.mark.modified_s()
                                                          : time_after(plan.present, file.mark.modified_s());
  return plan;
}

void Publisher::carry_out(const Plan& plan, const NewImage& image) const {
  const WritableFolder channel = folder_->find_or_make(plan.board).find_or_make(channel_);
  const WritableFolder images = channel.find_or_make(std::string{images_folder});
  const image::Kind kind = image.image.kind;
  remove_unfinished(channel);
  remove_unfinished(images);
  // All is written before anything is put in its place: a full disk changes nothing.
  std::optional<UnfinishedFile> archive;
  std::optional<UnfinishedFile> current;
  std::optional<UnfinishedFile> sibling;
  if (!plan.archived_already) fill_with_image(archive.emplace(images, plan.archive), image, plan.file_time_s);
  if (plan.course == Plan::Course::make_current)
    fill_with_image(current.emplace(channel, std::string{current_name(kind)}), image, plan.file_time_s);
  if (plan.sibling == Plan::Sibling::written)
    fill_with_sibling(sibling.emplace(channel, sibling_name(kind)), image, plan.file_time_s);

  if (archive) archive->put_in_place();
  images.sync();
  if (current) {
    // A static server that finds a sibling gives it: the old one has to be gone, for good, before the new
    // image is there.
    channel.remove(sibling_name(kind));
    channel.sync();
    current->put_in_place();
    channel.sync();
  }
  if (sibling) sibling->put_in_place();
  channel.sync();
}

}  // namespace airlift::server
