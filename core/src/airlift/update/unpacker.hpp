#pragma once
// What a device has besides that takes compressed images.

#include "airlift/base/status.hpp"
#include "airlift/crypto/hash.hpp"

namespace airlift::update {

/// An interface with one implementation, GzipUnpacker: a device that makes none does not carry its code.
class Unpacker {
 public:
  enum class Input : std::uint8_t { goes_on, ends };

  struct Step {
    bool block_used_up{false};  ///< the next block, please
    std::size_t count{0};       ///< so many bytes at the start of room() are to be written now
    bool last{false};           ///< with them the image is complete
  };

  virtual ~Unpacker() = default;

  /// Begins with a new image.
  virtual void start() = 0;
  /// Goes on in the block of compressed bytes until that is used up or room() is full. `input`: whether
  /// blocks follow this one. Outcomes: the step; gzip_damaged, also for a payload that ends too early;
  /// gzip_window: also when there is no memory for gzip.
  [[nodiscard]] virtual Result<Step> unpack(Bytes block, Input input) = 0;
  /// Where the image's next bytes are; the whole of a multiple of the flash's write unit.
  [[nodiscard]] virtual MutableBytes room() const = 0;
  /// After the last step, once: of the image.
  [[nodiscard]] virtual crypto::Sha256Digest image_sha256() = 0;
};

}  // namespace airlift::update
