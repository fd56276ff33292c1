#pragma once
// Takes a gzip payload apart, block by block.

#include "airlift/codec/gzip.hpp"
#include "airlift/update/unpacker.hpp"

namespace airlift::update {

class GzipUnpacker final : public Unpacker {
 public:
  /// `room`: a multiple of the flash's write unit. `arena`: codec::gzip_arena_bytes(window_bits). Both
  /// outlive the unpacker.
  GzipUnpacker(MutableBytes room, MutableBytes arena, int window_bits = codec::longest_gzip_window_bits)
      : room_{room}, gzip_{arena, window_bits} {}

  void start() override;
  [[nodiscard]] Result<Step> unpack(Bytes block, Input input) override;
  [[nodiscard]] MutableBytes room() const override { return room_; }
  [[nodiscard]] crypto::Sha256Digest image_sha256() override { return sha256_.finish(); }

 private:
  MutableBytes room_;
  codec::GzipReader gzip_;
  crypto::Sha256 sha256_;
  std::size_t consumed_{0};  ///< bytes of the block that are unpacked
  std::size_t filled_{0};    ///< bytes in the room
};

}  // namespace airlift::update
