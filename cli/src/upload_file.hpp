#pragma once
// The file to upload: known by size and MD5 after a first pass, then read in pieces; never in memory as a
// whole.

#include <string>

#include "airlift/crypto/hash.hpp"
#include "airlift_posix/unique_fd.hpp"

namespace airlift::cli {

class UploadFile {
 public:
  /// Opens `path`, or `path`.signed when that stands beside it, as espota does. Throws PushError.
  explicit UploadFile(const std::string& path);

  [[nodiscard]] const std::string& path() const { return path_; }
  /// True when a signed file stands in for the one that was asked for.
  [[nodiscard]] bool replaced_by_signed() const { return replaced_by_signed_; }
  [[nodiscard]] std::uint32_t size_bytes() const { return size_bytes_; }
  [[nodiscard]] const crypto::Md5Digest& md5() const { return md5_; }

  /// The bytes at `offset`: a piece of at most `limit` bytes, not empty, valid until the next call.
  /// Throws PushError when the file has become shorter or cannot be read.
  [[nodiscard]] Bytes piece(std::uint32_t offset, std::uint32_t limit);

 private:
  std::string path_;
  bool replaced_by_signed_{false};
  posix::UniqueFd fd_;
  std::uint32_t size_bytes_{0};
  crypto::Md5Digest md5_{};
  std::array<std::uint8_t, 16384> buffer_{};
};

}  // namespace airlift::cli
