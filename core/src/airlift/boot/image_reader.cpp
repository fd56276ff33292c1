#include "airlift/boot/image_reader.hpp"

#include <algorithm>

namespace airlift::boot {

Result<std::size_t> ImageReader::next(MutableBytes buffer) {
  if (expected_.empty() || expected_.size_bytes > area_.size_bytes) return UpdateError::no_image;
  const std::size_t count = std::min<std::size_t>(buffer.size(), expected_.size_bytes - read_bytes_);
  if (count == 0) return count;
  const MutableBytes piece = buffer.first(count);
  if (const Status read = flash_.read(area_.address + read_bytes_, piece); !read.ok()) return read.error();
  digest_.update(piece);
  read_bytes_ += static_cast<std::uint32_t>(count);
  return count;
}

Status ImageReader::verify() {
  if (expected_.empty() || read_bytes_ != expected_.size_bytes) return UpdateError::no_image;
  return digest_.finish() == expected_.sha256 ? Status{} : Status{UpdateError::image_damaged};
}

Status check_image(port::Flash& flash, const Area& area, const image::Identity& expected,
                   MutableBytes buffer) {
  ImageReader reader{flash, area, expected};
  for (;;) {
    const Result<std::size_t> count = reader.next(buffer);
    if (!count.ok()) return count.error();
    if (count.value() == 0) return reader.verify();
  }
}

}  // namespace airlift::boot
