#pragma once
// What a stored image file tells about itself, and which of two is the newer one.
// docs/design/update-server.md.

#include <optional>
#include <string_view>

#include "airlift/image/manifest.hpp"

namespace airlift::server {

struct ImageFacts {
  std::uint64_t size_bytes{0};
  crypto::Sha256Digest sha256{};            ///< of the whole file
  std::optional<image::Manifest> manifest;  ///< whoever signed it: nothing is verified here
  std::int64_t file_time_s{0};

  /// Empty: unknown.
  [[nodiscard]] std::string_view version() const {
    return manifest ? manifest->version.view() : std::string_view{};
  }
};

/// Reads the whole file from its start. Outcomes: the facts; file_unreadable, with errno (0: it became
/// shorter).
[[nodiscard]] Result<ImageFacts> read_facts(int fd);

/// With a manifest before without; then the higher version, the later build time, the later file time.
[[nodiscard]] bool is_newer(const ImageFacts& a, const ImageFacts& b);

}  // namespace airlift::server
