#pragma once
// What an image is, whatever container it came in: its kind, its size and digest, its version.

#include <cstdint>
#include <string_view>

#include "airlift/base/fixed_string.hpp"
#include "airlift/crypto/hash.hpp"

namespace airlift::image {

enum class Kind : std::uint8_t { firmware, filesystem };

inline constexpr std::size_t kinds{2};

[[nodiscard]] constexpr std::string_view name_of(Kind kind) {
  return kind == Kind::firmware ? "firmware" : "filesystem image";
}

/// As the manifest states it: printable ASCII; empty: unknown.
using VersionText = FixedString<31>;

/// A stored image: its size and the SHA-256 of its bytes. Size 0: none.
struct Identity {
  std::uint32_t size_bytes{0};
  crypto::Sha256Digest sha256{};
  [[nodiscard]] bool empty() const { return size_bytes == 0; }
};

}  // namespace airlift::image
