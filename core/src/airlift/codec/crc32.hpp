#pragma once
// CRC-32 as Ethernet and zlib compute it (polynomial 0xEDB88320), for records in flash. Four lines of our own
// because core has no zlib on a microcontroller; a unit test holds it against zlib's.

#include "airlift/base/span.hpp"

namespace airlift::codec {

[[nodiscard]] constexpr std::uint32_t crc32(Bytes bytes) {
  std::uint32_t crc{0xFFFFFFFF};
  for (const std::uint8_t byte : bytes) {
    crc ^= byte;
    for (int bit = 0; bit < 8; ++bit) crc = crc >> 1 ^ (crc & 1 ? 0xEDB88320U : 0U);
  }
  return ~crc;
}

}  // namespace airlift::codec
