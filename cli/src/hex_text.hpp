#pragma once
// Bytes as hex for people and programs.

#include <string>

#include "airlift/codec/text.hpp"

namespace airlift::cli {

template <std::size_t N>
[[nodiscard]] std::string hex(const std::array<std::uint8_t, N>& bytes) {
  return std::string{codec::view(codec::to_hex(bytes))};
}

}  // namespace airlift::cli
