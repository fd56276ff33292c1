// For devices that are short of flash: bit by bit, several times as slow. A boot reads some KB of records.

#include "airlift/codec/crc32.hpp"

namespace airlift::codec {

std::uint32_t crc32(Bytes bytes) {
  std::uint32_t crc{0xFFFFFFFF};
  for (const std::uint8_t byte : bytes) crc = crc32_after(crc ^ byte, 8);
  return ~crc;
}

}  // namespace airlift::codec
