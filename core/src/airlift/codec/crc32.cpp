// Four bytes at a time, as a boot reads many records, with a table of 512 bytes only, as that is RAM on an
// ESP8266. backends/without/crc_table.cpp does without.

#include "airlift/codec/crc32.hpp"

#include <array>

#include "airlift/base/endian.hpp"

namespace airlift::codec {
namespace {

/// What each nibble of the register adds to it 32 bits later: the CRC is linear.
constexpr auto crc32_table = [] {
  std::array<std::array<std::uint32_t, 16>, 8> table{};
  for (std::uint32_t place = 0; place < 8; ++place) {
    for (std::uint32_t nibble = 0; nibble < 16; ++nibble)
      table[place][nibble] = crc32_after(nibble << 4 * place, 32);
  }
  return table;
}();

}  // namespace

std::uint32_t crc32(Bytes bytes) {
  std::uint32_t crc{0xFFFFFFFF};
  for (; bytes.size() >= 4; bytes = bytes.subspan(4)) {
    const std::uint32_t word = crc ^ load_le32(bytes.data());
    const auto& table = crc32_table;
    crc = table[0][word & 15] ^ table[1][word >> 4 & 15] ^ table[2][word >> 8 & 15] ^
          table[3][word >> 12 & 15] ^ table[4][word >> 16 & 15] ^ table[5][word >> 20 & 15] ^
          table[6][word >> 24 & 15] ^ table[7][word >> 28];
  }
  for (const std::uint8_t byte : bytes) crc = crc32_after(crc ^ byte, 8);
  return ~crc;
}

}  // namespace airlift::codec
