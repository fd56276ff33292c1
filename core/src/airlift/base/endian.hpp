#pragma once
// Little-endian numbers in byte arrays, the order of every format Airlift stores.

#include <cstdint>

namespace airlift {

[[nodiscard]] constexpr std::uint32_t load_le32(const std::uint8_t* at) {
  return static_cast<std::uint32_t>(at[0]) | static_cast<std::uint32_t>(at[1]) << 8 |
         static_cast<std::uint32_t>(at[2]) << 16 | static_cast<std::uint32_t>(at[3]) << 24;
}

constexpr void store_le32(std::uint8_t* at, std::uint32_t value) {
  at[0] = static_cast<std::uint8_t>(value);
  at[1] = static_cast<std::uint8_t>(value >> 8);
  at[2] = static_cast<std::uint8_t>(value >> 16);
  at[3] = static_cast<std::uint8_t>(value >> 24);
}

[[nodiscard]] constexpr std::uint16_t load_le16(const std::uint8_t* at) {
  return static_cast<std::uint16_t>(at[0] | at[1] << 8);
}

constexpr void store_le16(std::uint8_t* at, std::uint16_t value) {
  at[0] = static_cast<std::uint8_t>(value);
  at[1] = static_cast<std::uint8_t>(value >> 8);
}

[[nodiscard]] constexpr std::uint64_t load_le64(const std::uint8_t* at) {
  return load_le32(at) | static_cast<std::uint64_t>(load_le32(at + 4)) << 32;
}

constexpr void store_le64(std::uint8_t* at, std::uint64_t value) {
  store_le32(at, static_cast<std::uint32_t>(value));
  store_le32(at + 4, static_cast<std::uint32_t>(value >> 32));
}

}  // namespace airlift
