#include "airlift/codec/crc32.hpp"

#include <gtest/gtest.h>
#include <zlib.h>

#include <random>
#include <vector>

namespace airlift::codec {
namespace {

TEST(Crc32, GivesTheCheckValueOfTheCatalogue) {
  // CRC-32/ISO-HDLC, "check" of the CRC catalogue.
  EXPECT_EQ(crc32(as_bytes("123456789")), 0xCBF43926U);
  EXPECT_EQ(crc32({}), 0U);
}

TEST(Crc32, AgreesWithZlib) {
  std::mt19937 random{1};
  for (std::size_t size = 0; size < 300; ++size) {
    std::vector<std::uint8_t> bytes(size);
    for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(random());
    EXPECT_EQ(crc32({bytes.data(), size}), ::crc32(0, bytes.data(), static_cast<uInt>(size))) << size;
  }
}

}  // namespace
}  // namespace airlift::codec
