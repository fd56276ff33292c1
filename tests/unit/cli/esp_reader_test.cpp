// ESP images as they stream by.
#include "esp_reader.hpp"

#include <gmock/gmock.h>

#include "esp_images.hpp"

namespace airlift::testing {
namespace {

using cli::EspPart;
using cli::EspReader;

std::vector<EspPart> parts_of(std::string_view image, std::size_t piece_bytes = 16384) {
  EspReader reader;
  for (std::size_t at = 0; at < image.size(); at += piece_bytes) {
    reader.feed(as_bytes(image.substr(at, piece_bytes)));
  }
  return reader.parts();
}

const std::vector<TestSegment> three{{0x3C000020, std::string(100, 'a')},
                                     {0x40380000, std::string(7, 'b')},
                                     {0x42000020, std::string(5000, 'c')}};

TEST(EspReader, Esp32HeaderAndSegments) {
  const std::string image = esp32_image(three, AppendedHash::yes);
  const auto parts = parts_of(image);
  ASSERT_EQ(parts.size(), 1U);
  const EspPart& part = parts.front();
  EXPECT_EQ(part.chip, "ESP32-C3");
  EXPECT_EQ(part.flash_mode, "dio");
  EXPECT_EQ(part.flash_size, "4MB");
  EXPECT_EQ(part.flash_frequency, "80MHz");
  EXPECT_EQ(part.entry, 0x40380000U);
  EXPECT_EQ(part.segment_count, 3U);
  ASSERT_EQ(part.segments.size(), 3U);
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(part.segments[i].address, three[i].address);
    EXPECT_EQ(part.segments[i].size_bytes, three[i].data.size());
    EXPECT_EQ(image.substr(part.segments[i].offset_bytes, three[i].data.size()), three[i].data);
  }
  EXPECT_EQ(part.end, EspPart::End::whole);
  EXPECT_EQ(part.end_bytes, image.size());
}

TEST(EspReader, WithoutAppendedHashItEndsWithTheChecksum) {
  const std::string image = esp32_image(three, AppendedHash::no);
  EXPECT_EQ(parts_of(image + "more").front().end_bytes, image.size());
}

TEST(EspReader, PiecesOfAnySizeTellTheSame) {
  const std::string image = esp32_image(three, AppendedHash::yes);
  for (std::size_t piece = 1; piece < 70; ++piece) {
    const auto parts = parts_of(image, piece);
    ASSERT_EQ(parts.size(), 1U) << piece;
    EXPECT_EQ(parts.front().segments.size(), 3U) << piece;
    EXPECT_EQ(parts.front().end, EspPart::End::whole) << piece;
  }
}

// esp8266/Arduino 3.x, tools/elf2bin.py: boot loader, 0xAA up to 4096, application.
TEST(EspReader, Esp8266BootLoaderAndApplication) {
  std::string image = esp8266_image({{0x4010F000, std::string(3000, 'e')}});
  image.resize(4096, '\xAA');
  image += esp8266_image({{0x40201010, std::string(9000, 'f')}, {0x40100000, "x"}, {0x3FFE8000, ""}});
  for (const std::size_t piece : {1U, 4096U, 100'000U}) {
    const auto parts = parts_of(image, piece);
    ASSERT_EQ(parts.size(), 2U);
    EXPECT_EQ(parts[0].chip, "ESP8266");
    EXPECT_EQ(parts[0].flash_mode, "dout");
    EXPECT_EQ(parts[0].flash_size, "4MB");
    EXPECT_EQ(parts[0].flash_frequency, "40MHz");
    EXPECT_EQ(parts[0].segments.size(), 1U);
    EXPECT_EQ(parts[1].offset_bytes, 4096U);
    EXPECT_EQ(parts[1].segments.size(), 3U);
    EXPECT_EQ(parts[1].segments[1].size_bytes, 1U);
    EXPECT_EQ(parts[1].end, EspPart::End::whole);
    EXPECT_EQ(parts[1].end_bytes, image.size());
  }
}

TEST(EspReader, AnEsp8266SegmentShorterThanAnEsp32Header) {
  const auto parts = parts_of(esp8266_image({{0x40100000, "abc"}, {0x40100100, "de"}}));
  ASSERT_EQ(parts.size(), 1U);
  EXPECT_EQ(parts.front().segments.size(), 2U);
  EXPECT_EQ(parts.front().end, EspPart::End::whole);
}

TEST(EspReader, CutShortItSaysHowFarItGoes) {
  const std::string image = esp32_image(three, AppendedHash::yes);
  for (std::size_t size = 32; size < image.size(); ++size) {
    const auto parts = parts_of(std::string_view{image}.substr(0, size));
    ASSERT_EQ(parts.size(), 1U) << size;
    EXPECT_EQ(parts.front().end, EspPart::End::cut_short) << size;
  }
  EXPECT_EQ(parts_of(image.substr(0, 132 + 15)).front().segments.size(), 2U);
}

TEST(EspReader, AChangedByteBreaksTheChecksum) {
  std::string image = esp32_image(three, AppendedHash::yes);
  image[3000] ^= 1;
  EXPECT_EQ(parts_of(image).front().end, EspPart::End::checksum_wrong);
}

TEST(EspReader, OtherFilesHaveNoParts) {
  EXPECT_TRUE(parts_of("").empty());
  EXPECT_TRUE(parts_of("\xE9").empty());
  EXPECT_TRUE(parts_of(std::string(10'000, '\xE9')).empty());  // 233 segments
  EXPECT_TRUE(parts_of("#!/bin/sh\necho an application of a Linux device\n").empty());
}

}  // namespace
}  // namespace airlift::testing
