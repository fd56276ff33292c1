#pragma once
// A file that is read in pieces; never in memory as a whole.

#include <array>
#include <cstdint>
#include <functional>
#include <string>

#include "airlift/base/span.hpp"
#include "airlift_posix/unique_fd.hpp"

namespace airlift::cli {

/// Thrown when a file cannot be opened or read; `message` begins with its path.
struct FileError {
  std::string message;
};

class ImageFile {
 public:
  /// Throws FileError for what is no regular file, empty, or larger than any device takes (4 GiB).
  explicit ImageFile(std::string path);

  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] std::uint32_t size_bytes() const { return size_bytes_; }

  /// The bytes at `offset`: a piece of at most `limit` bytes, not empty, valid until the next call.
  /// Throws FileError when the file has become shorter or cannot be read.
  [[nodiscard]] Bytes piece(std::uint32_t offset, std::uint32_t limit);

  /// Hands the bytes from `begin` to `end` to `take`, in order and in pieces.
  void read(std::uint32_t begin, std::uint32_t end, const std::function<void(Bytes)>& take);

 private:
  std::string path_;
  posix::UniqueFd fd_;
  std::uint32_t size_bytes_{0};
  std::array<std::uint8_t, 16384> buffer_{};
};

}  // namespace airlift::cli
