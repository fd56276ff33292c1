#pragma once
// What kind of thing an image is, by its first bytes: for people, nothing is decided by it.

#include <string>

#include "airlift/base/span.hpp"

namespace airlift::cli {

enum class Content : std::uint8_t {
  unknown,
  esp_image,
  elf,
  script,
  littlefs,
  spiffs,
  fat,
  gzip,
  empty_flash
};

struct ContentGuess {
  Content content{Content::unknown};
  std::string detail;  ///< "x86-64", "/bin/sh", "4096 bytes × 256 blocks"; may be empty
};

/// So many first bytes tell, or all when there are fewer.
inline constexpr std::size_t guess_bytes{512};

[[nodiscard]] ContentGuess guess_content(Bytes start, std::uint64_t size_bytes);

/// For JSON: "esp_image", "unknown"
[[nodiscard]] std::string_view name_of(Content content);
/// For people: "ESP image", "unknown content"
[[nodiscard]] std::string_view describe(Content content);

}  // namespace airlift::cli
