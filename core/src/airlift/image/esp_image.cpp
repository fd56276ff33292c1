#include "airlift/image/esp_image.hpp"

#include "airlift/base/endian.hpp"

namespace airlift::image {
namespace {

// Both headers begin alike; the ESP32's goes on for 16 bytes (esptool's "Extended File Header").
enum At : std::size_t { at_segments = 1, at_mode = 2, at_flash = 3, at_entry = 4, at_chip = 12 };
constexpr std::size_t esp8266_header_bytes{8};
constexpr std::size_t esp32_header_bytes{24};
constexpr std::size_t segment_header_bytes{8};

// Only the ESP8266 has instruction RAM here, and every image's entry is in instruction RAM.
constexpr std::uint32_t esp8266_iram_begin{0x40100000};
constexpr std::uint32_t esp8266_iram_end{0x40110000};

constexpr std::string_view unknown{"unknown"};

struct Name {
  std::uint16_t value;
  std::string_view name;
};

// esptool/targets/*.py: IMAGE_CHIP_ID, FLASH_SIZES, FLASH_FREQUENCY.
constexpr Name chips[]{{0, "ESP32"},      {2, "ESP32-S2"},  {5, "ESP32-C3"},  {9, "ESP32-S3"},
                       {12, "ESP32-C2"},  {13, "ESP32-C6"}, {16, "ESP32-H2"}, {18, "ESP32-P4"},
                       {20, "ESP32-C61"}, {23, "ESP32-C5"}};
constexpr Name modes[]{{0, "qio"}, {1, "qout"}, {2, "dio"}, {3, "dout"}};
constexpr Name esp8266_sizes[]{{0, "512KB"},  {1, "256KB"},  {2, "1MB"}, {3, "2MB"}, {4, "4MB"},
                               {5, "2MB-c1"}, {6, "4MB-c1"}, {8, "8MB"}, {9, "16MB"}};
constexpr Name esp32_sizes[]{{0, "1MB"},  {1, "2MB"},  {2, "4MB"},  {3, "8MB"},
                             {4, "16MB"}, {5, "32MB"}, {6, "64MB"}, {7, "128MB"}};
constexpr Name frequencies[]{{0, "40MHz"}, {1, "26MHz"}, {2, "20MHz"}, {15, "80MHz"}};

template <std::size_t N>
std::string_view name_in(const Name (&table)[N], unsigned value) {
  for (const Name& row : table) {
    if (row.value == value) return row.name;
  }
  return unknown;
}

}  // namespace

std::optional<EspImage> EspImage::parse(Bytes bytes) {
  if (bytes.size() < esp8266_header_bytes || bytes[0] != magic) return std::nullopt;
  if (bytes[at_segments] == 0 || bytes[at_segments] > most_segments) return std::nullopt;
  const EspImage image{bytes};
  if (bytes.size() < image.header_bytes()) return std::nullopt;
  return image;
}

std::size_t EspImage::segment_count() const {
  return image_[at_segments];
}

std::string_view EspImage::flash_mode() const {
  return name_in(modes, image_[at_mode]);
}

std::string_view EspImage::flash_size() const {
  const unsigned value = image_[at_flash] >> 4;
  return is_esp8266() ? name_in(esp8266_sizes, value) : name_in(esp32_sizes, value);
}

// The newer chips number their frequencies each in its own way.
std::string_view EspImage::flash_frequency() const {
  constexpr std::uint16_t last_alike{9};
  const bool alike = is_esp8266() || load_le16(image_.data() + at_chip) <= last_alike;
  return alike ? name_in(frequencies, image_[at_flash] & 15U) : unknown;
}

std::uint32_t EspImage::entry() const {
  return load_le32(image_.data() + at_entry);
}

std::string_view EspImage::chip() const {
  return is_esp8266() ? "ESP8266" : name_in(chips, load_le16(image_.data() + at_chip));
}

std::optional<EspImage::Segment> EspImage::segment(std::size_t index) const {
  if (index >= segment_count()) return std::nullopt;
  for (Bytes rest = image_.subspan(header_bytes());; --index) {
    if (rest.size() < segment_header_bytes) return std::nullopt;
    const Segment segment{load_le32(rest.data()), load_le32(rest.data() + 4),
                          image_.size() - rest.size() + segment_header_bytes};
    if (index == 0) return segment;
    if (segment.size_bytes > rest.size() - segment_header_bytes) return std::nullopt;
    rest = rest.subspan(segment_header_bytes + segment.size_bytes);
  }
}

bool EspImage::is_esp8266() const {
  return entry() >= esp8266_iram_begin && entry() < esp8266_iram_end;
}

std::size_t EspImage::header_bytes() const {
  return is_esp8266() ? esp8266_header_bytes : esp32_header_bytes;
}

}  // namespace airlift::image
