#include "airlift_server/publisher.hpp"

#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "airlift_server/layout.hpp"
#include "airlift_server/publish_error.hpp"

namespace airlift::server {
namespace {

std::string sibling_name(image::Kind kind) {
  return std::string{current_name(kind)} + ".gz";
}

std::optional<ImageFacts> facts_in(const std::optional<WritableFolder>& folder, const std::string& name) {
  const auto fd = folder ? folder->open_file(name) : std::nullopt;
  if (!fd) return {};
  errno = 0;
  const auto facts = read_facts(fd->get());
  if (facts.ok()) return facts.value();
  throw PublishError{facts.error(),
                     fmt::format("{}: {}", (folder->path() / name).string(),
                                 errno != 0 ? std::strerror(errno) : "it became shorter while it was read"),
                     "Check what else writes into the folder."};
}

bool holds(const std::optional<WritableFolder>& folder, const std::string& name,
           const crypto::Sha256Digest& digest) {
  const auto facts = facts_in(folder, name);
  return facts && facts->sha256 == digest;
}

/// The file time of a sibling; nothing: there is none.
std::optional<std::time_t> time_of(const std::optional<WritableFolder>& folder, const std::string& name) {
  const auto fd = folder ? folder->open_file(name) : std::nullopt;
  struct stat info {};
  if (!fd || fstat(fd->get(), &info) != 0) return {};
  return info.st_mtime;
}

std::string shown(const ImageFacts& facts) {
  return facts.version().empty() ? std::string{"an image without version"} : std::string{facts.version()};
}

Plan::Course course_of(const std::optional<ImageFacts>& present, const NewImage& image, IfOlder if_older,
                       const std::string& where) {
  if (!present) return Plan::Course::make_current;
  if (present->sha256 == image.facts.sha256) return Plan::Course::nothing;
  if (!is_newer(*present, image.facts) || if_older == IfOlder::made_current)
    return Plan::Course::make_current;
  if (if_older == IfOlder::archived) return Plan::Course::archive;
  throw PublishError{
      UpdateError::refused,
      fmt::format("{} is older than what {} gives, which is {}", shown(image.facts), where, shown(*present)),
      "--make-current goes back to it; --allow-older keeps it for devices that are too old for the newer "
      "one."};
}

Plan::Sibling sibling_of(const Plan& plan, std::optional<std::time_t> sibling_time, bool wanted) {
  if (plan.course == Plan::Course::archive) return sibling_time ? Plan::Sibling::kept : Plan::Sibling::none;
  if (plan.course == Plan::Course::make_current && !wanted)
    return sibling_time ? Plan::Sibling::removed : Plan::Sibling::none;
  if (plan.course == Plan::Course::make_current) return Plan::Sibling::written;
  // Both were published together when they are of the same second.
  const bool belongs = sibling_time && *sibling_time == plan.present->file_time_s;
  if (wanted && !belongs) return Plan::Sibling::written;
  return sibling_time ? Plan::Sibling::kept : Plan::Sibling::none;
}

/// A static server's ETag is made of time, in seconds, and size: each image of a channel gets a second of its
/// own, or devices would take a new one of the same size for the old one.
std::time_t time_after(const std::optional<ImageFacts>& present, std::time_t now_s) {
  return present ? std::max<std::time_t>(now_s, present->file_time_s + 1) : now_s;
}

void remove_unfinished(const WritableFolder& folder) {
  for (const std::string& name : folder.names(WritableFolder::Entry::file)) {
    if (UnfinishedFile::is_name(name)) folder.remove(name);
  }
}

void fill_with_image(UnfinishedFile& file, const NewImage& image, std::time_t time_s) {
  crypto::Sha256 sha256;
  image.file([&](Bytes bytes) {
    sha256.update(bytes);
    file.write(bytes);
  });
  if (sha256.finish() != image.facts.sha256) {
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
  Plan plan;
  plan.board = board;
  plan.archive = archive_name(image.facts.version(), image.kind, image.facts.sha256);
  plan.archived_already = holds(images, plan.archive, image.facts.sha256);
  plan.present = facts_in(channel, std::string{current_name(image.kind)});
  plan.course = course_of(plan.present, image, if_older, fmt::format("{}/{}", board, channel_));
  plan.sibling = sibling_of(plan, time_of(channel, sibling_name(image.kind)), image.gzip != nullptr);
  plan.file_time_s = plan.course == Plan::Course::nothing ? plan.present->file_time_s
                                                          : time_after(plan.present, image.facts.file_time_s);
  return plan;
}

void Publisher::carry_out(const Plan& plan, const NewImage& image) const {
  const WritableFolder channel = folder_->find_or_make(plan.board).find_or_make(channel_);
  const WritableFolder images = channel.find_or_make(std::string{images_folder});
  remove_unfinished(channel);
  remove_unfinished(images);
  // All is written before anything is put in its place: a full disk changes nothing.
  std::optional<UnfinishedFile> archive;
  std::optional<UnfinishedFile> current;
  std::optional<UnfinishedFile> sibling;
  if (!plan.archived_already) fill_with_image(archive.emplace(images, plan.archive), image, plan.file_time_s);
  if (plan.course == Plan::Course::make_current)
    fill_with_image(current.emplace(channel, std::string{current_name(image.kind)}), image, plan.file_time_s);
  if (plan.sibling == Plan::Sibling::written)
    fill_with_sibling(sibling.emplace(channel, sibling_name(image.kind)), image, plan.file_time_s);

  if (archive) archive->put_in_place();
  images.sync();
  if (current) {
    // A static server that finds a sibling gives it: the old one has to be gone, for good, before the new
    // image is there.
    channel.remove(sibling_name(image.kind));
    channel.sync();
    current->put_in_place();
    channel.sync();
  }
  if (sibling) sibling->put_in_place();
  channel.sync();
}

}  // namespace airlift::server
