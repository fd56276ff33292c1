#include "upload_image.hpp"

#include <algorithm>
#include <filesystem>
#include <optional>
#include <vector>

#include "deflater.hpp"
#include "push_failure.hpp"

namespace airlift::cli {
namespace {

// The demo application of 1.9 MB, one core: level 1 gives 44 % at 53 MB/s, level 3 42 % at 45 MB/s, level 6
// 40 % at 20 MB/s. From level 1 on the link is what an upload waits for.
constexpr int fast_level{1};
/// Compressed files are kept in memory, so larger ones are not compressed at all.
constexpr std::uint32_t largest_compressed_bytes{256U << 20};
/// Of the file, in one step: some milliseconds, in which other uploads wait.
constexpr std::uint32_t step_bytes{256U << 10};
constexpr std::uint32_t sample_bytes{8U << 10};
constexpr std::uint32_t samples{32};

bool signed_stands_beside(const std::string& path) {
  std::error_code ignored;
  return std::filesystem::is_regular_file(path + ".signed", ignored);
}

/// What `read` gives; a file's trouble becomes the push's.
template <typename Read>
auto reading(Read read) {
  try {
    return read();
  } catch (const FileError& error) {
    throw PushError{make_failure(UpdateError::file_unreadable, Stage::file, error.message)};
  }
}

}  // namespace

class UploadImage::Impl {
 public:
  Impl(const std::string& path, SignedFile signed_file)
      : replaced_by_signed_{signed_file == SignedFile::preferred && signed_stands_beside(path)},
        file_{replaced_by_signed_ ? path + ".signed" : path} {
    crypto::Md5 md5;
    crypto::Sha256 sha256;
    file_.read(0, size(), [&](Bytes bytes) {
      md5.update(bytes);
      sha256.update(bytes);
    });
    md5_ = md5.finish();
    sha256_ = sha256.finish();
    constexpr std::uint32_t longest_tail{image::longest_trailer_bytes};
    file_.read(size() - std::min(size(), longest_tail), size(),
               [this](Bytes bytes) { tail_.insert(tail_.end(), bytes.begin(), bytes.end()); });
  }

  [[nodiscard]] std::uint32_t size() const { return file_.size_bytes(); }

  [[nodiscard]] crypto::Sha256Digest prefix_sha256(std::uint32_t count) {
    crypto::Sha256 sha256;
    file_.read(0, count, [&sha256](Bytes bytes) { sha256.update(bytes); });
    return sha256.finish();
  }

  [[nodiscard]] bool compressible() {
    if (!compressible_) compressible_ = size() <= largest_compressed_bytes && sample_shrinks();
    return *compressible_;
  }

  [[nodiscard]] Bytes compressed_piece(std::uint64_t position) {
    while (gzip_.size() <= position && !gzip_complete_) compress_step();
    return Bytes{gzip_.data(), gzip_.size()}.subspan(std::min<std::size_t>(position, gzip_.size()));
  }

  [[nodiscard]] bool replaced_by_signed() const { return replaced_by_signed_; }
  [[nodiscard]] ImageFile& file() { return file_; }
  [[nodiscard]] const crypto::Md5Digest& md5() const { return md5_; }
  [[nodiscard]] const crypto::Sha256Digest& sha256() const { return sha256_; }
  [[nodiscard]] Bytes tail() const { return {tail_.data(), tail_.size()}; }

 private:
  /// Pieces from all over the file become smaller by a tenth at least.
  [[nodiscard]] bool sample_shrinks() {
    std::uint64_t before{0};
    std::uint64_t after{0};
    Deflater deflater{fast_level, [&after](Bytes bytes) { after += bytes.size(); }};
    const std::uint32_t stride = std::max(size() / samples, sample_bytes);
    for (std::uint64_t begin = 0; begin < size(); begin += stride) {
      const auto end = std::min<std::uint64_t>(begin + sample_bytes, size());
      file_.read(static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(end), [&](Bytes bytes) {
        before += bytes.size();
        deflater.feed(bytes);
      });
    }
    deflater.finish();
    return after <= before / 10 * 9;
  }

  void compress_step() {
    file_.read(compressed_, std::min(size() - compressed_, step_bytes) + compressed_, [this](Bytes bytes) {
      deflater_.feed(bytes);
      compressed_ += static_cast<std::uint32_t>(bytes.size());
    });
    gzip_complete_ = compressed_ == size();
    if (gzip_complete_) deflater_.finish();
  }

  bool replaced_by_signed_;
  ImageFile file_;
  crypto::Md5Digest md5_{};
  crypto::Sha256Digest sha256_{};
  std::vector<std::uint8_t> tail_;
  std::optional<bool> compressible_;
  std::vector<std::uint8_t> gzip_;  ///< the stream as far as it was asked for
  std::uint32_t compressed_{0};     ///< bytes of the file that are in it
  bool gzip_complete_{false};
  Deflater deflater_{fast_level,
                     [this](Bytes bytes) { gzip_.insert(gzip_.end(), bytes.begin(), bytes.end()); }};
};

UploadImage::UploadImage(const std::string& path, SignedFile signed_file)
    : impl_{reading([&] { return std::make_unique<Impl>(path, signed_file); })} {}

UploadImage::~UploadImage() = default;

const std::string& UploadImage::path() const {
  return impl_->file().path();
}

bool UploadImage::replaced_by_signed() const {
  return impl_->replaced_by_signed();
}

std::uint32_t UploadImage::size_bytes() const {
  return impl_->size();
}

const crypto::Md5Digest& UploadImage::md5() const {
  return impl_->md5();
}

const crypto::Sha256Digest& UploadImage::sha256() const {
  return impl_->sha256();
}

Bytes UploadImage::tail() const {
  return impl_->tail();
}

crypto::Sha256Digest UploadImage::prefix_sha256(std::uint32_t count) {
  return reading([&] { return impl_->prefix_sha256(count); });
}

Bytes UploadImage::piece(std::uint32_t offset, std::uint32_t limit) {
  return reading([&] { return impl_->file().piece(offset, limit); });
}

bool UploadImage::compressible() {
  return reading([&] { return impl_->compressible(); });
}

Bytes UploadImage::compressed_piece(std::uint64_t position) {
  return reading([&] { return impl_->compressed_piece(position); });
}

}  // namespace airlift::cli
