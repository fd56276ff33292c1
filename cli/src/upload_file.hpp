#pragma once
// The file to upload: known by size and MD5 after a first pass, then read in pieces.

#include "airlift/crypto/hash.hpp"
#include "image_file.hpp"
#include "upload_image.hpp"  // SignedFile

namespace airlift::cli {

class UploadFile {
 public:
  /// Throws PushError.
  UploadFile(const std::string& path, SignedFile signed_file);

  [[nodiscard]] const std::string& path() const { return file_.path(); }
  /// True when a signed file stands in for the one that was asked for.
  [[nodiscard]] bool replaced_by_signed() const { return replaced_by_signed_; }
  [[nodiscard]] std::uint32_t size_bytes() const { return file_.size_bytes(); }
  [[nodiscard]] const crypto::Md5Digest& md5() const { return md5_; }

  /// As ImageFile::piece(), but throws PushError.
  [[nodiscard]] Bytes piece(std::uint32_t offset, std::uint32_t limit);

 private:
  bool replaced_by_signed_;
  ImageFile file_;
  crypto::Md5Digest md5_{};
};

}  // namespace airlift::cli
