#include "image_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <limits>

namespace airlift::cli {
namespace {

[[noreturn]] void throw_unreadable(const std::string& path, std::string_view why) {
  throw FileError{fmt::format("{}: {}", path, why)};
}

std::uint32_t checked_size(const std::string& path, int fd) {
  struct stat info {};
  if (fstat(fd, &info) != 0) throw_unreadable(path, std::strerror(errno));
  if (!S_ISREG(info.st_mode)) throw_unreadable(path, "not a regular file");
  if (info.st_size == 0) throw_unreadable(path, "the file is empty");
  if (info.st_size > std::numeric_limits<std::uint32_t>::max()) {
    throw_unreadable(path, "larger than 4 GiB, which no device takes");
  }
  return static_cast<std::uint32_t>(info.st_size);
}

}  // namespace

ImageFile::ImageFile(std::string path) : path_{std::move(path)} {
  // Non-blocking only so that a pipe does not hold us here; regular files do not care.
  fd_.reset(open(path_.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!fd_) throw_unreadable(path_, std::strerror(errno));
  size_bytes_ = checked_size(path_, fd_.get());
}

Bytes ImageFile::piece(std::uint32_t offset, std::uint32_t limit) {
  const std::size_t wanted = std::min<std::size_t>(limit, buffer_.size());
  const ssize_t count = pread(fd_.get(), buffer_.data(), wanted, offset);
  if (count < 0) throw_unreadable(path_, std::strerror(errno));
  if (count == 0) throw_unreadable(path_, "the file became shorter while it was read");
  return Bytes{buffer_}.first(static_cast<std::size_t>(count));
}

void ImageFile::read(std::uint32_t begin, std::uint32_t end, const std::function<void(Bytes)>& take) {
  while (begin < end) {
    const Bytes bytes = piece(begin, end - begin);
    take(bytes);
    begin += static_cast<std::uint32_t>(bytes.size());
  }
}

}  // namespace airlift::cli
