#pragma once
// What a compression library must offer to read gzip. One implementation is linked in: zlib, in backends/.

#include "airlift/base/span.hpp"

namespace airlift::codec::backend {

/// One gzip member (RFC 1952) as a stream. Works in the arena only: no heap, nothing to free.
class Inflate {
 public:
  enum class Outcome : std::uint8_t {
    more,          ///< wants input, room, or both
    end,           ///< the member is complete; its CRC and length are right
    damaged,       ///< not gzip, not DEFLATE, or CRC or length are wrong
    too_far_back,  ///< refers to bytes further back than the window
    no_memory,     ///< the arena is too small
  };

  Inflate() = default;
  Inflate(const Inflate&) = delete;
  Inflate& operator=(const Inflate&) = delete;

  /// Begins anew. `window_bits` is 9 to 15; `arena` outlives the use. False: the arena is too small.
  [[nodiscard]] bool start(MutableBytes arena, int window_bits);

  /// Takes from the front of `in` and fills the front of `out`; both then begin behind that.
  [[nodiscard]] Outcome run(Bytes& in, MutableBytes& out);

  /// Bytes given since start().
  [[nodiscard]] std::size_t total_out() const;

 private:
  /// Room for the library's stream, zlib's z_stream: 112 bytes, and the unused rest of the arena. Unused
  /// where there is no inflate.
  [[maybe_unused]] alignas(8) std::array<std::uint8_t, 192> state_{};
};

}  // namespace airlift::codec::backend
