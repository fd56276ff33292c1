#pragma once
// The header of an ESP8266 or ESP32 firmware image, to be shown; nothing is decided by it. Format: esptool's
// "Firmware Image Format" page (docs.espressif.com/projects/esptool).

#include <optional>
#include <string_view>

#include "airlift/base/span.hpp"

namespace airlift::image {

/// A view of the first bytes of an image, which outlive it; with the whole image, all segments can be seen.
class EspImage {
 public:
  static constexpr std::uint8_t magic{0xE9};
  static constexpr std::size_t most_segments{16};  ///< esptool's limit

  struct Segment {
    std::uint32_t address{0};  ///< where it is loaded to
    std::uint32_t size_bytes{0};
    std::size_t offset_bytes{0};  ///< of its data in the image
  };

  /// Nothing when this is no ESP image: other magic, no segment or too many, or less than a header.
  [[nodiscard]] static std::optional<EspImage> parse(Bytes image);

  [[nodiscard]] std::size_t segment_count() const;
  [[nodiscard]] std::string_view flash_mode() const;       ///< "qio", "qout", "dio", "dout", ... or "unknown"
  [[nodiscard]] std::string_view flash_size() const;       ///< "4MB", ... or "unknown"
  [[nodiscard]] std::string_view flash_frequency() const;  ///< "40MHz", ... or "unknown"
  [[nodiscard]] std::uint32_t entry() const;
  /// "ESP8266", "ESP32", "ESP32-C3", ... or "unknown".
  [[nodiscard]] std::string_view chip() const;
  /// The segment of this index; nothing when there is none, or its header is not in the bytes that are there.
  [[nodiscard]] std::optional<Segment> segment(std::size_t index) const;

 private:
  explicit EspImage(Bytes image) : image_{image} {}
  [[nodiscard]] bool is_esp8266() const;
  [[nodiscard]] std::size_t header_bytes() const;

  Bytes image_;
};

}  // namespace airlift::image
