#pragma once
// Makes one gzip stream (RFC 1952), with a window of 32 KiB and without time and name: the same bytes in, the
// same bytes out.

#include <array>
#include <functional>
#include <memory>

#include "airlift/base/span.hpp"

namespace airlift::cli {

class Deflater {
 public:
  using Sink = std::function<void(Bytes)>;

  /// `level` is zlib's: 1 (fast) to 9 (small). Throws std::bad_alloc.
  Deflater(int level, Sink sink);
  ~Deflater();

  /// Compresses more; what is ready goes to the sink.
  void feed(Bytes bytes);
  /// Ends the stream; the rest goes to the sink.
  void finish();

 private:
  struct State;

  void deflate(Bytes bytes, int flush);

  Sink sink_;
  std::unique_ptr<State> state_;
};

}  // namespace airlift::cli
