#pragma once
// Reads a stored image from its slot piece by piece and tells at the end whether it is what was installed.

#include "airlift/boot/slot_store.hpp"

namespace airlift::boot {

class ImageReader {
 public:
  /// `flash` outlives the reader. `area`: SlotStore::image_area(); need not hold an image.
  ImageReader(port::Flash& flash, const Area& area, const image::Identity& expected)
      : flash_{flash}, area_{area}, expected_{expected} {}

  /// Reads on into `buffer` and returns how many bytes it got; 0: all are read.
  /// Outcomes: the count; no_image: none is expected, or one larger than its area; flash_read.
  [[nodiscard]] Result<std::size_t> next(MutableBytes buffer);

  /// After next() gave 0. Outcomes: ok: the bytes are the expected ones; image_damaged: they are not;
  /// no_image: not all of it was read.
  [[nodiscard]] Status verify();

 private:
  port::Flash& flash_;
  Area area_;
  image::Identity expected_;
  std::uint32_t read_bytes_{0};
  crypto::Sha256 digest_;
};

/// Reads all of it, through `buffer`. Outcomes: as ImageReader.
[[nodiscard]] Status check_image(port::Flash& flash, const Area& area, const image::Identity& expected,
                                 MutableBytes buffer);

}  // namespace airlift::boot
