#pragma once
// Files that shrink, and their gzip, packed by zlib. Link ZLIB::ZLIB.

#include <gtest/gtest.h>
#include <zlib.h>

#include <string>
#include <string_view>

namespace airlift::testing {

/// Text that shrinks.
[[nodiscard]] inline std::string compressible(std::size_t size_bytes) {
  std::string text;
  for (unsigned i = 0; text.size() < size_bytes; ++i) text += "line " + std::to_string(i * i) + "\n";
  text.resize(size_bytes);
  return text;
}

[[nodiscard]] inline std::string gzip(std::string_view data) {
  z_stream stream{};
  EXPECT_EQ(deflateInit2(&stream, 9, Z_DEFLATED, 16 + 15, 8, Z_DEFAULT_STRATEGY), Z_OK);
  std::string packed(deflateBound(&stream, data.size()) + 64, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(data.data()));
  stream.avail_in = static_cast<uInt>(data.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  return packed;
}

}  // namespace airlift::testing
