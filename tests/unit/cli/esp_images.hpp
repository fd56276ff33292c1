#pragma once
// ESP8266 and ESP32 images for tests, put together byte by byte.

#include <string>
#include <vector>

#include "airlift/base/endian.hpp"

namespace airlift::testing {

struct TestSegment {
  std::uint32_t address;
  std::string data;
};

inline void append_le32(std::string& text, std::uint32_t value) {
  std::uint8_t bytes[4];
  store_le32(bytes, value);
  text.append(reinterpret_cast<const char*>(bytes), 4);
}

/// Segments, padding and checksum behind `header`.
inline std::string esp_image(std::string header, const std::vector<TestSegment>& segments) {
  std::string image = std::move(header);
  image[1] = static_cast<char>(segments.size());
  std::uint8_t checksum{0xEF};
  for (const TestSegment& segment : segments) {
    append_le32(image, segment.address);
    append_le32(image, static_cast<std::uint32_t>(segment.data.size()));
    image += segment.data;
    for (const char byte : segment.data) checksum ^= static_cast<std::uint8_t>(byte);
  }
  image.resize(image.size() / 16 * 16 + 15);
  image.push_back(static_cast<char>(checksum));
  return image;
}

/// dout, 4MB, 40MHz
inline std::string esp8266_image(const std::vector<TestSegment>& segments) {
  std::string header{"\xE9\0\x03\x40", 4};
  append_le32(header, 0x4010F000);
  return esp_image(header, segments);
}

enum class AppendedHash { no, yes };

/// dio, 4MB, 80MHz, ESP32-C3
inline std::string esp32_image(const std::vector<TestSegment>& segments, AppendedHash hash) {
  std::string header{"\xE9\0\x02\x2F", 4};
  append_le32(header, 0x40380000);
  header += std::string{"\xEE\0\0\0\x05", 5};
  header.resize(23);
  header.push_back(hash == AppendedHash::yes ? 1 : 0);
  std::string image = esp_image(header, segments);
  if (hash == AppendedHash::yes) image += std::string(32, 'h');
  return image;
}

}  // namespace airlift::testing
