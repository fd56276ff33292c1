#pragma once
// Unpacks gzip (RFC 1952) while it arrives: byte-fed, memory bounded by a window that the caller chooses,
// output bounded by the room that is given. A gzip bomb gets no further than that room.

#include "airlift/base/status.hpp"
#include "airlift/codec/inflate_backend.hpp"

namespace airlift::codec {

inline constexpr int longest_gzip_window_bits{15};  ///< 32 KiB, the most that DEFLATE can need (RFC 1951)

/// What a GzipReader needs for a window of 2^`window_bits` bytes (9 to 15): the window, and zlib's tables,
/// whose size zlib states as "about 7 kilobytes" (zconf.h).
[[nodiscard]] constexpr std::size_t gzip_arena_bytes(int window_bits = longest_gzip_window_bits) {
  return (std::size_t{1} << window_bits) + 8192;
}

/// The two bytes every gzip file begins with; fewer bytes are not gzip.
[[nodiscard]] constexpr bool is_gzip(Bytes start) {
  return start.size() >= 2 && start[0] == 0x1F && start[1] == 0x8B;
}

class GzipReader {
 public:
  enum class Progress : std::uint8_t {
    more_input,  ///< all input is taken, there is room left: feed more
    more_room,   ///< the room is full: give more, with or without more input
    end,         ///< the image is complete, its CRC and length are right, and no input is left
  };

  /// `arena` has gzip_arena_bytes(window_bits) bytes, outlives the reader, and is its only memory. With less,
  /// every file is gzip_window.
  explicit GzipReader(MutableBytes arena, int window_bits = longest_gzip_window_bits);

  /// Begins with a new image; call it before the first feed().
  void start();

  /// Takes from the front of `in` and fills the front of `out`, both then begin behind that. Either may be
  /// empty. Outcomes: progress; gzip_damaged: also for bytes behind the end; gzip_window: needs a larger
  /// window. (A file that needs one may still pass when `out` was large enough to look back into.) After an
  /// error only start() helps. A file that ends too early gives `more_input` for ever: the caller knows.
  [[nodiscard]] Result<Progress> feed(Bytes& in, MutableBytes& out);

 private:
  [[nodiscard]] bool window_is_to_blame() const;
  [[nodiscard]] UpdateError fail(UpdateError error);

  MutableBytes arena_;
  int window_bits_;
  bool ended_{false};
  UpdateError error_{UpdateError::none};
  backend::Inflate inflate_;
};

}  // namespace airlift::codec
