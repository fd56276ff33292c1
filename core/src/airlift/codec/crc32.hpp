#pragma once
// CRC-32 as Ethernet and zlib compute it (polynomial 0xEDB88320), for records in flash. Of our own because
// core has no zlib on a microcontroller; a unit test holds it against zlib's.

#include "airlift/base/span.hpp"

namespace airlift::codec {

/// The register after so many more zero bits.
[[nodiscard]] constexpr std::uint32_t crc32_after(std::uint32_t crc, int bits) {
  for (int bit = 0; bit < bits; ++bit) crc = crc >> 1 ^ (crc & 1 ? 0xEDB88320U : 0U);
  return crc;
}

[[nodiscard]] std::uint32_t crc32(Bytes bytes);

}  // namespace airlift::codec
