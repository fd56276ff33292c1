#include "airlift_posix/replace_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>

#include "airlift_posix/unique_fd.hpp"

namespace airlift::posix {
namespace {

bool write_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t count = ::write(fd, text.data(), text.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return false;
    text.remove_prefix(static_cast<std::size_t>(count));
  }
  return true;
}

/// A rename lasts when its directory has been written.
bool sync_directory_of(const std::string& path) {
  const std::filesystem::path directory = std::filesystem::absolute(path).parent_path();
  const UniqueFd fd{::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  return fd && ::fsync(fd.get()) == 0;
}

}  // namespace

bool replace_file(const std::string& path, std::string_view text, Lasting lasting) {
  const bool sync = lasting == Lasting::over_power_cut;
  const std::string unfinished = path + ".new";
  ::unlink(unfinished.c_str());
  const UniqueFd fd{
      ::open(unfinished.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, S_IRUSR | S_IWUSR)};
  if (!fd) return false;
  struct stat old {};
  if (::stat(path.c_str(), &old) == 0) {
    [[maybe_unused]] const int given = ::fchown(fd.get(), old.st_uid, old.st_gid);
  }
  if (write_all(fd.get(), text) && (!sync || ::fsync(fd.get()) == 0) &&
      std::rename(unfinished.c_str(), path.c_str()) == 0) {
    return !sync || sync_directory_of(path);
  }
  const int reason = errno;
  ::unlink(unfinished.c_str());
  errno = reason;
  return false;
}

bool remove_file(const std::string& path) {
  return ::unlink(path.c_str()) == 0 && sync_directory_of(path);
}

}  // namespace airlift::posix
