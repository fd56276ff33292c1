#include "airlift_posix/reset_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cstdio>

#include "airlift/codec/text.hpp"
#include "airlift_posix/unique_fd.hpp"

namespace airlift::posix {
namespace {

/// Three digits and a line feed.
constexpr std::size_t file_bytes{4};

}  // namespace

std::uint8_t ResetFile::read() {
  const UniqueFd fd{::open(path_.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW)};
  std::array<char, file_bytes> text{};
  if (!fd || ::pread(fd.get(), text.data(), text.size(), 0) != static_cast<ssize_t>(text.size())) return 0;
  return static_cast<std::uint8_t>(codec::parse_number({text.data(), file_bytes - 1}, 255).value_or(0));
}

Status ResetFile::write(std::uint8_t number) {
  const UniqueFd fd{::open(path_.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600)};
  std::array<char, file_bytes + 1> text{};
  std::snprintf(text.data(), text.size(), "%03u\n", unsigned{number});
  if (!fd || ::pwrite(fd.get(), text.data(), file_bytes, 0) != static_cast<ssize_t>(file_bytes) ||
      ::fdatasync(fd.get()) != 0) {
    return UpdateError::storage_failed;
  }
  return {};
}

}  // namespace airlift::posix
