#pragma once

#include <cstdint>

class IPAddress {
 public:
  IPAddress() = default;
  IPAddress(std::uint8_t a, std::uint8_t b, std::uint8_t c, std::uint8_t d) : bytes_{a, b, c, d} {}
  std::uint8_t operator[](int index) const { return bytes_[index]; }
  std::uint8_t& operator[](int index) { return bytes_[index]; }

 private:
  std::uint8_t bytes_[4]{};
};
