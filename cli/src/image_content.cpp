#include "image_content.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "airlift/base/endian.hpp"
#include "airlift/codec/gzip.hpp"
#include "airlift/codec/text.hpp"
#include "airlift/image/esp_image.hpp"

namespace airlift::cli {
namespace {

struct ContentText {
  Content content;
  std::string_view name;
  std::string_view description;
};

constexpr std::array content_texts{
    ContentText{Content::unknown, "unknown", "unknown content"},
    ContentText{Content::esp_image, "esp_image", "ESP image"},
    ContentText{Content::elf, "elf", "ELF program"},
    ContentText{Content::script, "script", "script"},
    ContentText{Content::littlefs, "littlefs", "littlefs filesystem"},
    ContentText{Content::spiffs, "spiffs", "SPIFFS filesystem"},
    ContentText{Content::fat, "fat", "FAT filesystem"},
    ContentText{Content::gzip, "gzip", "gzip file"},
    ContentText{Content::empty_flash, "empty_flash", "erased flash (0xFF)"},
};

const ContentText& text_of(Content content) {
  for (const ContentText& text : content_texts) {
    if (text.content == content) return text;
  }
  return content_texts.front();
}

constexpr unsigned le16(Bytes bytes, std::size_t offset) {
  return bytes[offset] | static_cast<unsigned>(bytes[offset + 1]) << 8;
}

bool has(Bytes bytes, std::size_t offset, std::string_view text) {
  return bytes.size() >= offset + text.size() && as_text(bytes.subspan(offset, text.size())) == text;
}

std::string elf_detail(Bytes start) {
  struct Machine {
    unsigned number;
    std::string_view name;
  };
  // System V ABI, gABI 4.1, chapter 4: e_machine. Little-endian machines only; others show their number.
  constexpr std::array machines{Machine{3, "x86"},     Machine{40, "ARM"},    Machine{62, "x86-64"},
                                Machine{94, "Xtensa"}, Machine{183, "ARM64"}, Machine{243, "RISC-V"}};
  constexpr std::size_t machine_offset{18};
  if (start.size() < machine_offset + 2) return {};
  const unsigned number = le16(start, machine_offset);
  for (const Machine& machine : machines) {
    if (machine.number == number) return std::string{machine.name};
  }
  return fmt::format("machine {}", number);
}

/// `#!/bin/sh -e` -> "/bin/sh -e"
std::string script_detail(Bytes start) {
  std::string_view line = as_text(start).substr(2);
  line = line.substr(0, std::min(line.find('\n'), std::size_t{80}));
  return codec::all_printable(line) ? std::string{line} : std::string{};
}

std::string blocks(std::uint64_t bytes, std::uint64_t count) {
  return fmt::format("{} blocks of {} bytes", count, bytes);
}

/// The superblock of littlefs 2 (littlefs SPEC.md): its name at 8, then version, block size, block count
/// at 20.
std::string littlefs_detail(Bytes start) {
  constexpr std::size_t fields{20};
  if (start.size() < fields + 12) return {};
  return blocks(load_le32(start.data() + fields + 4), load_le32(start.data() + fields + 8));
}

/// SPIFFS' magic: the last but one entry of the first block's lookup page (spiffs_nucleus.h,
/// SPIFFS_MAGIC_PADDR). The ESP32 core mixes the number of blocks into it, the ESP8266 core does not. Page
/// and block sizes are theirs.
bool is_spiffs(Bytes start, std::uint64_t size_bytes, std::uint64_t block_bytes) {
  constexpr unsigned page_bytes{256};
  constexpr std::size_t magic_offset{page_bytes - 4};
  constexpr unsigned magic{(0x20140529U ^ page_bytes) & 0xFFFF};
  if (start.size() < page_bytes || size_bytes % block_bytes != 0) return false;
  const unsigned found = le16(start, magic_offset);
  return found == magic || found == ((magic ^ (size_bytes / block_bytes)) & 0xFFFF);
}

bool is_fat(Bytes start) {
  constexpr std::size_t signature{510};  // and a jump at the start: Microsoft's FAT specification 1.03
  const bool jump = has(start, 0, "\xEB") || has(start, 0, "\xE9");
  return jump && start.size() >= signature + 2 && le16(start, signature) == 0xAA55;
}

bool is_erased(Bytes start) {
  return std::all_of(start.begin(), start.end(), [](std::uint8_t byte) { return byte == 0xFF; });
}

}  // namespace

ContentGuess guess_content(Bytes start, std::uint64_t size_bytes) {
  constexpr std::uint64_t esp32_block{4096};
  constexpr std::uint64_t esp8266_block{8192};
  if (codec::is_gzip(start)) return {Content::gzip, {}};
  if (has(start, 0,
          "\x7F"
          "ELF"))
    return {Content::elf, elf_detail(start)};
  if (has(start, 0, "#!")) return {Content::script, script_detail(start)};
  if (has(start, 8, "littlefs")) return {Content::littlefs, littlefs_detail(start)};
  if (is_fat(start)) return {Content::fat, {}};
  if (image::EspImage::parse(start)) return {Content::esp_image, {}};
  for (const std::uint64_t block : {esp8266_block, esp32_block}) {
    if (is_spiffs(start, size_bytes, block)) return {Content::spiffs, {}};
  }
  if (is_erased(start)) return {Content::empty_flash, {}};
  return {};
}

std::string_view name_of(Content content) {
  return text_of(content).name;
}

std::string_view describe(Content content) {
  return text_of(content).description;
}

}  // namespace airlift::cli
