#pragma once
// Reads a stored image from its slot piece by piece and tells at the end whether it is what the record says.

#include "airlift/boot/slot_store.hpp"

namespace airlift::boot {

class ImageReader {
 public:
  /// `store` outlives the reader. The slot need not hold an image.
  ImageReader(SlotStore& store, image::Kind kind, SlotId slot);

  /// Reads on into `buffer` and returns how many bytes it got; 0: all are read.
  /// Outcomes: the count; no_image: the slot is empty or the record's size is larger than the slot;
  /// flash_read.
  [[nodiscard]] Result<std::size_t> next(MutableBytes buffer);

  /// After next() gave 0. Outcomes: ok: the bytes are those of the record; no_image: they are not.
  [[nodiscard]] Status verify();

 private:
  SlotStore& store_;
  SlotArea area_;
  image::Identity expected_;
  std::uint32_t read_bytes_{0};
  crypto::Sha256 digest_;
};

}  // namespace airlift::boot
