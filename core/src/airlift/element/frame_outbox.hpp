#pragma once
// The one frame that is on its way out, perhaps partly sent.

#include "airlift/port/network.hpp"
#include "airlift/wire/frame.hpp"

namespace airlift::element {

class FrameOutbox {
 public:
  [[nodiscard]] bool empty() const { return sent_ == size_; }
  void clear() { sent_ = size_ = 0; }

  /// Only when empty(): where a frame is written to, and that it is there.
  [[nodiscard]] wire::FrameBytes& frame() {
    assert(empty());
    return frame_;
  }
  void put(std::size_t size) {
    sent_ = 0;
    size_ = size;
  }

  /// Sends what the network takes now. False: the connection is lost.
  [[nodiscard]] bool flush(port::Stream& stream) {
    if (empty()) return true;
    const Result<std::size_t> written = stream.write(Bytes{frame_}.subspan(sent_, size_ - sent_));
    if (written.ok()) sent_ += written.value();
    return written.ok();
  }

 private:
  wire::FrameBytes frame_{};
  std::size_t size_{0};
  std::size_t sent_{0};
};

}  // namespace airlift::element
