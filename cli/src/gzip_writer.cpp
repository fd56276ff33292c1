#include "gzip_writer.hpp"

#include "deflater.hpp"

namespace airlift::cli {

void compress(ImageFile& file, std::uint32_t size_bytes, OutputFile& output, Meter& meter) {
  constexpr int smallest{9};
  Deflater deflater{smallest, [&output](Bytes bytes) { output.write(bytes); }};
  meter.begin(size_bytes);
  file.read(0, size_bytes, [&](Bytes bytes) {
    deflater.feed(bytes);
    meter.advance(bytes.size());
  });
  deflater.finish();
}

}  // namespace airlift::cli
