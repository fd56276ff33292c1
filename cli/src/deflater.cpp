#include "deflater.hpp"

#define ZLIB_CONST  // input is not changed
#include <zlib.h>

#include <new>
#include <utility>

namespace airlift::cli {

struct Deflater::State {
  z_stream stream{};
  std::array<std::uint8_t, 16384> room{};
};

Deflater::Deflater(int level, Sink sink) : sink_{std::move(sink)}, state_{std::make_unique<State>()} {
  // Without a header given, zlib writes one without time and name (zlib.h, deflateSetHeader).
  constexpr int gzip_format{16};
  constexpr int window_bits{15};
  constexpr int usual_memory{8};
  const int outcome = deflateInit2(&state_->stream, level, Z_DEFLATED, gzip_format + window_bits,
                                   usual_memory, Z_DEFAULT_STRATEGY);
  if (outcome != Z_OK) throw std::bad_alloc{};
}

Deflater::~Deflater() {
  deflateEnd(&state_->stream);
}

void Deflater::feed(Bytes bytes) {
  deflate(bytes, Z_NO_FLUSH);
}

void Deflater::finish() {
  deflate({}, Z_FINISH);
}

void Deflater::deflate(Bytes bytes, int flush) {
  auto& [stream, room] = *state_;
  stream.next_in = bytes.data();
  stream.avail_in = static_cast<uInt>(bytes.size());
  do {
    stream.next_out = room.data();
    stream.avail_out = static_cast<uInt>(room.size());
    ::deflate(&stream, flush);  // has no error but misuse
    sink_(Bytes{room}.first(room.size() - stream.avail_out));
  } while (stream.avail_out == 0);
}

}  // namespace airlift::cli
