#include "airlift_server/writable_folder.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <random>

#include "airlift_server/publish_error.hpp"

namespace airlift::server {
namespace {

namespace fs = std::filesystem;
using posix::UniqueFd;

// Whatever the umask says: a web server reads them, as another user.
constexpr mode_t folder_mode{0755};
constexpr mode_t file_mode{0644};
constexpr std::string_view unfinished_ending{".part"};

[[noreturn]] void fail(const fs::path& path, int error) {
  throw PublishError{UpdateError::storage_failed, fmt::format("{}: {}", path.string(), std::strerror(error)),
                     "Check that it may be written to and that the disk has room."};
}

[[noreturn]] void fail_for(const fs::path& path, std::string_view why) {
  throw PublishError{UpdateError::storage_failed, fmt::format("{}: {}", path.string(), why),
                     "Nothing is followed out of the folder of updates: put a real one in its place."};
}

std::optional<UniqueFd> open_folder(int parent, const fs::path& path, const char* name, int flags) {
  UniqueFd fd{openat(parent, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | flags)};
  if (fd) return fd;
  if (errno == ENOENT) return {};
  const int error = errno;
  // With O_DIRECTORY Linux says of a symbolic link that is not followed: not a directory.
  struct stat info {};
  if (fstatat(parent, name, &info, AT_SYMLINK_NOFOLLOW) == 0 && S_ISLNK(info.st_mode) &&
      (flags & O_NOFOLLOW) != 0)
    fail_for(path, "a symbolic link");
  fail(path, error);
}

/// Keeps what a folder has from the one above it, as the group's bit.
void open_to_all(const WritableFolder& folder) {
  struct stat info {};
  if (fstat(folder.fd(), &info) != 0 || fchmod(folder.fd(), (info.st_mode & 07777U) | folder_mode) != 0)
    fail(folder.path(), errno);
}

}  // namespace

std::optional<WritableFolder> WritableFolder::find(const fs::path& path) {
  auto fd = open_folder(AT_FDCWD, path, path.c_str(), 0);
  return fd ? std::optional{WritableFolder{path, std::move(*fd)}} : std::nullopt;
}

WritableFolder WritableFolder::find_or_make(const fs::path& path) {
  if (auto there = find(path)) return std::move(*there);
  if (mkdir(path.c_str(), folder_mode) != 0) fail(path, errno);
  auto made = find(path);
  if (!made) fail(path, ENOENT);
  open_to_all(*made);
  if (const auto above = find(fs::absolute(path).parent_path())) above->sync();
  return std::move(*made);
}

std::optional<WritableFolder> WritableFolder::find(const std::string& name) const {
  const fs::path path = path_ / name;
  auto fd = open_folder(fd_.get(), path, name.c_str(), O_NOFOLLOW);
  return fd ? std::optional{WritableFolder{path, std::move(*fd)}} : std::nullopt;
}

WritableFolder WritableFolder::find_or_make(const std::string& name) const {
  if (auto there = find(name)) return std::move(*there);
  if (mkdirat(fd_.get(), name.c_str(), folder_mode) != 0) fail(path_ / name, errno);
  auto made = find(name);
  if (!made) fail(path_ / name, ENOENT);
  open_to_all(*made);
  sync();
  return std::move(*made);
}

std::optional<UniqueFd> WritableFolder::open_file(const std::string& name) const {
  // Not blocking, for what turns out to be a pipe.
  UniqueFd fd{openat(fd_.get(), name.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)};
  if (!fd && errno == ENOENT) return {};
  if (!fd && errno == ELOOP) fail_for(path_ / name, "a symbolic link");
  if (!fd) fail(path_ / name, errno);
  struct stat info {};
  if (fstat(fd.get(), &info) != 0) fail(path_ / name, errno);
  if (!S_ISREG(info.st_mode)) fail_for(path_ / name, "not a regular file");
  return fd;
}

std::vector<std::string> WritableFolder::files() const {
  // readdir() moves the position of the descriptor it is given: it gets one of its own.
  const int own = openat(fd_.get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const std::unique_ptr<DIR, int (*)(DIR*)> stream{own >= 0 ? fdopendir(own) : nullptr, closedir};
  if (!stream) fail(path_, errno);
  std::vector<std::string> names;
  while (const dirent* entry = readdir(stream.get())) {
    struct stat info {};
    if (fstatat(own, entry->d_name, &info, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(info.st_mode))
      names.emplace_back(entry->d_name);
  }
  return names;
}

void WritableFolder::remove(const std::string& name) const {
  if (unlinkat(fd_.get(), name.c_str(), 0) != 0 && errno != ENOENT) fail(path_ / name, errno);
}

void WritableFolder::sync() const {
  if (fsync(fd_.get()) != 0) fail(path_, errno);
}

UnfinishedFile::UnfinishedFile(const WritableFolder& folder, std::string name)
    : folder_{folder},
      name_{std::move(name)},
      unfinished_name_{fmt::format(".{}.{:08x}{}", name_, std::random_device{}(), unfinished_ending)},
      fd_{openat(folder.fd(), unfinished_name_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, file_mode)} {
  if (!fd_) fail(folder_.path() / name_, errno);
}

UnfinishedFile::~UnfinishedFile() {
  if (fd_) unlinkat(folder_.fd(), unfinished_name_.c_str(), 0);
}

void UnfinishedFile::write(Bytes bytes) {
  while (!bytes.empty()) {
    const ssize_t count = ::write(fd_.get(), bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) fail(folder_.path() / name_, errno);
    bytes = bytes.subspan(static_cast<std::size_t>(count));
  }
}

void UnfinishedFile::finish(std::time_t time_s) {
  const timespec times[]{{time_s, 0}, {time_s, 0}};
  if (fchmod(fd_.get(), file_mode) != 0 || futimens(fd_.get(), times) != 0 || fsync(fd_.get()) != 0)
    fail(folder_.path() / name_, errno);
}

void UnfinishedFile::put_in_place() {
  if (renameat(folder_.fd(), unfinished_name_.c_str(), folder_.fd(), name_.c_str()) != 0)
    fail(folder_.path() / name_, errno);
  fd_.reset();
}

bool UnfinishedFile::is_name(std::string_view name) {
  return name.starts_with('.') && name.ends_with(unfinished_ending);
}

}  // namespace airlift::server
