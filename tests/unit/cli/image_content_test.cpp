// What files look like.
#include "image_content.hpp"

#include <gmock/gmock.h>

#include "esp_images.hpp"

namespace airlift::testing {
namespace {

using cli::Content;

cli::ContentGuess guess(std::string_view start, std::uint64_t size_bytes = 1 << 20) {
  return cli::guess_content(as_bytes(start), size_bytes);
}

std::string with(std::size_t size, std::size_t offset, std::string_view text) {
  std::string content(size, '\xFF');
  return content.replace(offset, text.size(), text);
}

TEST(ImageContent, Programs) {
  EXPECT_EQ(guess(esp32_image({{1, "x"}}, AppendedHash::no)).content, Content::esp_image);
  EXPECT_EQ(guess("\x1F\x8B\x08").content, Content::gzip);
  std::string elf{
      "\x7F"
      "ELF\x02\x01\x01"};
  elf.resize(18);
  EXPECT_EQ(guess(elf + std::string{"\x3E\0", 2}).content, Content::elf);
  EXPECT_EQ(guess(elf + std::string{"\x3E\0", 2}).detail, "x86-64");
  EXPECT_EQ(guess(elf + std::string{"\x10\x27", 2}).detail, "machine 10000");
  EXPECT_EQ(guess(elf).detail, "");
}

TEST(ImageContent, ScriptsNameTheirInterpreter) {
  EXPECT_EQ(guess("#!/bin/sh -e\necho").content, Content::script);
  EXPECT_EQ(guess("#!/bin/sh -e\necho").detail, "/bin/sh -e");
  EXPECT_EQ(guess("#!/bin/sh").detail, "/bin/sh");
  EXPECT_EQ(guess("#!\x1B[31m\n").detail, "");  // what a terminal would obey
  EXPECT_EQ(guess("#!" + std::string(500, 'a')).detail.size(), 80U);
}

// littlefs SPEC.md: the magic at 8; version, block size and count 4 bytes behind its end.
TEST(ImageContent, Littlefs) {
  std::string content = with(512, 8, "littlefs");
  std::string superblock;
  append_le32(superblock, 0x00020000);
  append_le32(superblock, 4096);
  append_le32(superblock, 256);
  content.replace(20, superblock.size(), superblock);
  EXPECT_EQ(guess(content).content, Content::littlefs);
  EXPECT_EQ(guess(content).detail, "256 blocks of 4096 bytes");
  EXPECT_EQ(guess(content.substr(0, 16)).detail, "");
}

// 0x20140529 ^ 256 (^ 64 blocks), as spiffs_nucleus.h has it for the two cores.
TEST(ImageContent, Spiffs) {
  EXPECT_EQ(guess(with(512, 252, "\x29\x04"), 8192 * 32).content, Content::spiffs);
  EXPECT_EQ(guess(with(512, 252, "\x69\x04"), 4096 * 64).content, Content::spiffs);
  EXPECT_EQ(guess(with(512, 252, "\x69\x04"), 4096 * 65).content, Content::unknown);
  EXPECT_EQ(guess(with(512, 252, "\x29\x04"), 8192 * 32 + 1).content, Content::unknown);
}

TEST(ImageContent, OtherThings) {
  EXPECT_EQ(guess(with(512, 0, "\xEB").replace(510, 2, "\x55\xAA")).content, Content::fat);
  EXPECT_EQ(guess(std::string(512, '\xFF')).content, Content::empty_flash);
  EXPECT_EQ(guess("x").content, Content::unknown);
  EXPECT_EQ(guess(std::string(512, '\0')).content, Content::unknown);
}

TEST(ImageContent, NamesAreDistinct) {
  EXPECT_EQ(name_of(Content::esp_image), "esp_image");
  EXPECT_EQ(describe(Content::littlefs), "littlefs filesystem");
  EXPECT_NE(name_of(Content::empty_flash), name_of(Content::unknown));
}

}  // namespace
}  // namespace airlift::testing
