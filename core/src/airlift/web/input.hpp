#pragma once
// The bytes that come over a connection, with those that were read beyond what was wanted then.

#include <algorithm>

#include "airlift/http/limits.hpp"
#include "airlift/port/network.hpp"

namespace airlift::web {

class Input {
 public:
  using Read = port::Stream::Read;

  void begin(port::Stream& stream) {
    stream_ = &stream;
    from_ = to_ = 0;
  }

  /// What has been read and not been consumed.
  [[nodiscard]] Bytes buffered() const { return Bytes{buffer_}.subspan(from_, to_ - from_); }
  void consume(std::size_t count) { from_ += count; }
  void drop() { from_ = to_ = 0; }

  /// Reads into the buffer when it is empty. Outcomes: as Stream::read(), the count being what is buffered.
  [[nodiscard]] Result<Read> fill() {
    if (from_ < to_) return Read{to_ - from_, false};
    const Result<Read> read = stream_->read(buffer_);
    from_ = 0;
    to_ = read.ok() ? read.value().count : 0;
    return read;
  }

  /// Takes bytes from the buffer first, else straight from the connection. Outcomes: as Stream::read().
  [[nodiscard]] Result<Read> read(MutableBytes into) {
    if (from_ == to_) return stream_->read(into);
    const std::size_t count = std::min(into.size(), to_ - from_);
    std::copy_n(buffer_.begin() + static_cast<std::ptrdiff_t>(from_), count, into.begin());
    consume(count);
    return Read{count, false};
  }

 private:
  port::Stream* stream_{nullptr};
  std::array<std::uint8_t, http::input_bytes> buffer_{};
  std::size_t from_{0};
  std::size_t to_{0};
};

}  // namespace airlift::web
