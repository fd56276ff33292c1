#include "airlift/boot/image_reader.hpp"

#include <algorithm>

namespace airlift::boot {

ImageReader::ImageReader(SlotStore& store, image::Kind kind, SlotId slot)
    : store_{store},
      area_{store.area(kind, slot)},
      expected_{slot == SlotId::none ? image::Identity{}
                                     : store.record().of(kind).images[static_cast<std::size_t>(slot)]} {}

Result<std::size_t> ImageReader::next(MutableBytes buffer) {
  if (expected_.empty() || expected_.size_bytes > area_.size_bytes) return UpdateError::no_image;
  const std::size_t count = std::min<std::size_t>(buffer.size(), expected_.size_bytes - read_bytes_);
  const MutableBytes piece = buffer.first(count);
  if (const Status read = store_.flash().read(area_.address + read_bytes_, piece); !read.ok())
    return read.error();
  digest_.update(piece);
  read_bytes_ += static_cast<std::uint32_t>(count);
  return count;
}

Status ImageReader::verify() {
  if (expected_.empty() || read_bytes_ != expected_.size_bytes) return UpdateError::no_image;
  return digest_.finish() == expected_.sha256 ? Status{} : Status{UpdateError::no_image};
}

}  // namespace airlift::boot
