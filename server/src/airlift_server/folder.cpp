#include "airlift_server/folder.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include <algorithm>
#include <memory>

namespace airlift::server {
namespace {

using Directory = std::unique_ptr<DIR, decltype([](DIR* it) { closedir(it); })>;

/// The C library has no wrapper for it.
posix::UniqueFd open_beneath(int root, const std::string& path, int flags) {
  open_how how{};
  how.flags = static_cast<unsigned>(flags | O_CLOEXEC);
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS;
  return posix::UniqueFd{static_cast<int>(syscall(SYS_openat2, root, path.c_str(), &how, sizeof(how)))};
}

Directory list(int root, const std::string& path) {
  posix::UniqueFd fd = open_beneath(root, path, O_RDONLY | O_DIRECTORY);
  if (!fd) return nullptr;
  Directory directory{fdopendir(fd.get())};
  if (directory) (void)fd.release();
  return directory;
}

FileMark mark_from(const struct stat& info) {
  const auto nanoseconds = [](const timespec& time) { return time.tv_sec * 1'000'000'000LL + time.tv_nsec; };
  return {info.st_dev, info.st_ino, static_cast<std::uint64_t>(info.st_size), nanoseconds(info.st_mtim),
          nanoseconds(info.st_ctim)};
}

/// Calls `take` with the name of each entry that does not begin with a dot, and what it is.
template <typename Take>
void for_each_entry(int root, const std::string& path, Take take) {
  const Directory directory = list(root, path);
  if (!directory) return;
  while (const dirent* entry = readdir(directory.get())) {
    const char* const name = static_cast<const char*>(entry->d_name);
    struct stat info {};
    if (*name == '.' || fstatat(dirfd(directory.get()), name, &info, AT_SYMLINK_NOFOLLOW) != 0) continue;
    take(name, info);
  }
}

}  // namespace

std::optional<Folder> Folder::open(const std::string& path) {
  posix::UniqueFd root{::open(path.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC)};
  if (!root) return std::nullopt;
  return Folder{std::move(root)};
}

std::vector<std::string> Folder::folders(const std::string& path, std::size_t most) const {
  std::vector<std::string> names;
  for_each_entry(root_.get(), path, [&](const char* name, const struct stat& info) {
    if (S_ISDIR(info.st_mode)) names.emplace_back(name);
  });
  std::sort(names.begin(), names.end());
  names.resize(std::min(names.size(), most));
  return names;
}

std::vector<FoundFile> Folder::files(const std::string& path, std::size_t most) const {
  std::vector<FoundFile> found;
  for_each_entry(root_.get(), path, [&](const char* name, const struct stat& info) {
    if (S_ISREG(info.st_mode)) found.push_back({name, mark_from(info)});
  });
  std::sort(found.begin(), found.end(),
            [](const FoundFile& a, const FoundFile& b) { return a.name < b.name; });
  found.resize(std::min(found.size(), most));
  return found;
}

posix::UniqueFd Folder::open_file(const std::string& path) const {
  // Non-blocking only for what has become a pipe since it was looked at.
  posix::UniqueFd fd = open_beneath(root_.get(), path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
  return fd && mark_of(fd.get()) ? std::move(fd) : posix::UniqueFd{};
}

std::optional<FileMark> mark_of(int fd) {
  struct stat info {};
  if (fstat(fd, &info) != 0 || !S_ISREG(info.st_mode)) return std::nullopt;
  return mark_from(info);
}

}  // namespace airlift::server
