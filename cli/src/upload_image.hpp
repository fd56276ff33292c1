#pragma once
// The file to upload, as uploads need it: its digests after a first pass, then its bytes in pieces, raw or
// compressed. One for any number of uploads: what is compressed is compressed once.

#include <functional>
#include <memory>

#include "airlift/crypto/hash.hpp"
#include "airlift/image/trailer.hpp"
#include "image_file.hpp"

namespace airlift::cli {

enum class SignedFile : std::uint8_t {
  preferred,  ///< FILE.signed instead of FILE when it stands beside it, as espota does
  ignored,
};

class UploadImage {
 public:
  /// Reads the file once. Throws PushError.
  UploadImage(const std::string& path, SignedFile signed_file);
  ~UploadImage();

  [[nodiscard]] const std::string& path() const;
  /// True when a signed file stands in for the one that was asked for.
  [[nodiscard]] bool replaced_by_signed() const;
  [[nodiscard]] std::uint32_t size_bytes() const;
  [[nodiscard]] const crypto::Md5Digest& md5() const;
  [[nodiscard]] const crypto::Sha256Digest& sha256() const;
  /// The file's last bytes, as many as a trailer can have: what OFFER shows.
  [[nodiscard]] Bytes tail() const;
  /// SHA-256 of the first `count` bytes. Throws PushError.
  [[nodiscard]] crypto::Sha256Digest prefix_sha256(std::uint32_t count);

  /// Bytes at `offset`: a piece of at most `limit` bytes, not empty, valid until the next call of this
  /// object. Throws PushError, also when the file has become shorter.
  [[nodiscard]] Bytes piece(std::uint32_t offset, std::uint32_t limit);

  /// Whether compressing is worth it: a sample of the file becomes smaller by a tenth at least.
  [[nodiscard]] bool compressible();
  /// Bytes of the gzip stream of the whole file, from `position` of that stream on; empty: the stream ends
  /// there. Valid until the next call of this object. Throws PushError.
  [[nodiscard]] Bytes compressed_piece(std::uint64_t position);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace airlift::cli
