#include "gzip_writer.hpp"

#define ZLIB_CONST  // input is not changed
#include <zlib.h>

#include <new>

namespace airlift::cli {
namespace {

class Deflater {
 public:
  explicit Deflater(OutputFile& output) : output_{output} {
    // Without a header given, zlib writes one without time and name (zlib.h, deflateSetHeader).
    constexpr int gzip_format{16};
    constexpr int window_bits{15};
    constexpr int usual_memory{8};
    const int outcome = deflateInit2(&stream_, Z_BEST_COMPRESSION, Z_DEFLATED, gzip_format + window_bits,
                                     usual_memory, Z_DEFAULT_STRATEGY);
    if (outcome != Z_OK) throw std::bad_alloc{};
  }
  ~Deflater() { deflateEnd(&stream_); }
  Deflater(const Deflater&) = delete;
  Deflater& operator=(const Deflater&) = delete;

  void feed(Bytes bytes, int flush) {
    stream_.next_in = bytes.data();
    stream_.avail_in = static_cast<uInt>(bytes.size());
    do {
      stream_.next_out = room_.data();
      stream_.avail_out = static_cast<uInt>(room_.size());
      deflate(&stream_, flush);  // has no error but misuse
      output_.write(Bytes{room_}.first(room_.size() - stream_.avail_out));
    } while (stream_.avail_out == 0);
  }

 private:
  OutputFile& output_;
  z_stream stream_{};
  std::array<std::uint8_t, 16384> room_{};
};

}  // namespace

void compress(ImageFile& file, std::uint32_t size_bytes, OutputFile& output, Meter& meter) {
  Deflater deflater{output};
  meter.begin(size_bytes);
  file.read(0, size_bytes, [&](Bytes bytes) {
    deflater.feed(bytes, Z_NO_FLUSH);
    meter.advance(bytes.size());
  });
  deflater.feed({}, Z_FINISH);
}

}  // namespace airlift::cli
