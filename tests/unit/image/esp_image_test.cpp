#include "airlift/image/esp_image.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace airlift::image {
namespace {

using Buffer = std::vector<std::uint8_t>;

Bytes view(const Buffer& buffer) {
  return {buffer.data(), buffer.size()};
}

void append_le32(Buffer& to, std::uint32_t value) {
  for (int shift = 0; shift < 32; shift += 8) to.push_back(static_cast<std::uint8_t>(value >> shift));
}

/// A header of the ESP8266 (entry in its IRAM) or of an ESP32, as esptool writes it.
Buffer header(std::uint8_t segments, std::uint8_t mode, std::uint8_t flash, std::uint32_t entry) {
  Buffer image{0xE9, segments, mode, flash};
  append_le32(image, entry);
  return image;
}

constexpr std::uint32_t esp8266_entry{0x4010f480};
constexpr std::uint32_t esp32_entry{0x40080a14};

Buffer esp32_header(std::uint8_t segments, std::uint8_t chip) {
  Buffer image = header(segments, 2, 0x2F, esp32_entry);
  image.insert(image.end(), {0xEE, 0, 0, 0, chip, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1});
  return image;
}

void append_segment(Buffer& to, std::uint32_t address, std::uint32_t size) {
  append_le32(to, address);
  append_le32(to, size);
  to.insert(to.end(), size, 0xAA);
}

TEST(EspImage, ShowsAnEsp8266s) {
  Buffer bytes = header(2, 0, 0x4F, esp8266_entry);
  append_segment(bytes, 0x4010f000, 100);
  append_segment(bytes, 0x3ffe8000, 20);
  const std::optional<EspImage> image = EspImage::parse(view(bytes));
  ASSERT_TRUE(image.has_value());
  EXPECT_EQ(image->chip(), "ESP8266");
  EXPECT_EQ(image->flash_mode(), "qio");
  EXPECT_EQ(image->flash_size(), "4MB");
  EXPECT_EQ(image->flash_frequency(), "80MHz");
  EXPECT_EQ(image->entry(), esp8266_entry);
  ASSERT_EQ(image->segment_count(), 2U);
  EXPECT_EQ(image->segment(0)->address, 0x4010f000U);
  EXPECT_EQ(image->segment(0)->size_bytes, 100U);
  EXPECT_EQ(image->segment(0)->offset_bytes, 16U);
  EXPECT_EQ(image->segment(1)->address, 0x3ffe8000U);
  EXPECT_EQ(image->segment(1)->offset_bytes, 124U);
  EXPECT_FALSE(image->segment(2).has_value());
}

TEST(EspImage, ShowsAnEsp32s) {
  Buffer bytes = esp32_header(1, 5);
  append_segment(bytes, 0x3c0a0020, 64);
  const std::optional<EspImage> image = EspImage::parse(view(bytes));
  ASSERT_TRUE(image.has_value());
  EXPECT_EQ(image->chip(), "ESP32-C3");
  EXPECT_EQ(image->flash_mode(), "dio");
  EXPECT_EQ(image->flash_size(), "4MB");
  EXPECT_EQ(image->flash_frequency(), "80MHz");
  EXPECT_EQ(image->entry(), esp32_entry);
  EXPECT_EQ(image->segment(0)->address, 0x3c0a0020U);
  EXPECT_EQ(image->segment(0)->offset_bytes, 32U);
}

TEST(EspImage, SaysUnknownOfWhatItDoesNotKnow) {
  const Buffer newer = esp32_header(1, 16);
  EXPECT_EQ(EspImage::parse(view(newer))->chip(), "ESP32-H2");
  EXPECT_EQ(EspImage::parse(view(newer))->flash_frequency(), "unknown")
      << "each newer chip has its own table";
  const Buffer future = esp32_header(1, 99);
  EXPECT_EQ(EspImage::parse(view(future))->chip(), "unknown");
  const Buffer odd = header(1, 9, 0x75, esp8266_entry);
  EXPECT_EQ(EspImage::parse(view(odd))->flash_mode(), "unknown");
  EXPECT_EQ(EspImage::parse(view(odd))->flash_size(), "unknown");
  EXPECT_EQ(EspImage::parse(view(odd))->flash_frequency(), "unknown");
}

TEST(EspImage, IsNothingElse) {
  EXPECT_FALSE(EspImage::parse({}).has_value());
  EXPECT_FALSE(EspImage::parse(as_bytes("\x7F"
                                        "ELF............................"))
                   .has_value());
  const Buffer esp8266 = header(1, 0, 0, esp8266_entry);
  for (std::size_t size = 0; size < 8; ++size)
    EXPECT_FALSE(EspImage::parse(view(esp8266).first(size)).has_value());
  EXPECT_TRUE(EspImage::parse(view(esp8266)).has_value());
  const Buffer esp32 = esp32_header(1, 0);
  for (std::size_t size = 0; size < 24; ++size)
    EXPECT_FALSE(EspImage::parse(view(esp32).first(size)).has_value());
  EXPECT_TRUE(EspImage::parse(view(esp32)).has_value());
  EXPECT_FALSE(EspImage::parse(view(header(0, 0, 0, esp8266_entry))).has_value());
  EXPECT_FALSE(EspImage::parse(view(header(17, 0, 0, esp8266_entry))).has_value());
  EXPECT_TRUE(EspImage::parse(view(header(16, 0, 0, esp8266_entry))).has_value());
}

TEST(EspImage, ShowsSegmentsAsFarAsThereAreBytes) {
  Buffer bytes = header(3, 0, 0, esp8266_entry);
  append_segment(bytes, 1, 50);
  append_le32(bytes, 2);
  append_le32(bytes, 0xFFFFFFFF);  // reaches far behind the end
  const std::optional<EspImage> image = EspImage::parse(view(bytes));
  ASSERT_TRUE(image.has_value());
  EXPECT_EQ(image->segment(1)->size_bytes, 0xFFFFFFFF);
  EXPECT_FALSE(image->segment(2).has_value());
  const Buffer cut(bytes.begin(), bytes.end() - 1);
  EXPECT_TRUE(EspImage::parse(view(cut))->segment(0).has_value());
  EXPECT_FALSE(EspImage::parse(view(cut))->segment(1).has_value());
}

}  // namespace
}  // namespace airlift::image
