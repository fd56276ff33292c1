#include "airlift/codec/ustar.hpp"

#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>

#include "support/temp_directory.hpp"

namespace airlift::codec {
namespace {

using State = UstarFinder::State;

/// The archive that `tar` makes of some files.
std::string archive(const std::string& options) {
  const testing::TempDirectory folder;
  folder.write("env.json", "{}");
  folder.write("config.json", std::string(1500, ' ') + "{\"ota\":1}");
  folder.write("empty", "");
  const std::string path = folder.path() + "/files.tar";
  const std::string command =
      "cd " + folder.path() + " && tar " + options + " -cf files.tar config.json empty ./env.json";
  EXPECT_EQ(std::system(command.c_str()), 0);
  std::ifstream file{path, std::ios::binary};
  return {std::istreambuf_iterator<char>{file}, {}};
}

UstarFinder run(std::string_view name, std::string_view archive) {
  UstarFinder finder{name, static_cast<std::uint32_t>(archive.size())};
  while (finder.state() == State::searching) {
    std::array<std::uint8_t, UstarFinder::block_bytes> block{};
    const std::string_view bytes = archive.substr(finder.next_offset(), block.size());
    std::copy(bytes.begin(), bytes.end(), block.begin());
    finder.feed(block);
  }
  return finder;
}

/// The file's bytes; "-" when it is missing, "!" when the archive is damaged.
std::string content(std::string_view name, std::string_view archive) {
  const UstarFinder finder = run(name, archive);
  if (finder.state() == State::missing) return "-";
  if (finder.state() == State::damaged) return "!";
  return std::string{archive.substr(finder.offset(), finder.size_bytes())};
}

TEST(Ustar, FindsWhatTarHasWritten) {
  for (const char* format : {"--format=ustar", "--format=gnu", "--format=pax"}) {
    const std::string tar = archive(format);
    EXPECT_EQ(content("env.json", tar), "{}") << format;
    EXPECT_EQ(content("./config.json", tar).size(), 1509U) << format;
    EXPECT_EQ(content("empty", tar), "") << format;
    EXPECT_EQ(content("other.json", tar), "-") << format;
    EXPECT_EQ(content("env.jso", tar), "-") << format;
  }
}

TEST(Ustar, RefusesAHeaderThatIsDamaged) {
  const std::string tar = archive("--format=ustar");
  constexpr std::size_t behind_the_checksum{155};
  for (std::size_t at = 0; at < UstarFinder::block_bytes; ++at) {
    if (at == behind_the_checksum) continue;
    std::string damaged = tar;
    damaged[at] = static_cast<char>(damaged[at] ^ 1);
    EXPECT_EQ(content("env.json", damaged), "!") << at;
  }
}

TEST(Ustar, RefusesWhatEndsTooEarly) {
  const std::string tar = archive("--format=ustar");
  const std::size_t end = run("env.json", tar).offset() + 2;
  for (std::size_t size = 0; size < end; size += 7) {
    EXPECT_EQ(content("env.json", tar.substr(0, size)), "!") << size;
  }
  EXPECT_EQ(content("env.json", tar.substr(0, end)), "{}");
}

TEST(Ustar, RefusesAFileLargerThanTheArchive) {
  std::string tar = archive("--format=ustar");
  const auto set_size = [&tar](std::string_view digits) {
    digits.copy(tar.data() + 124, 12);
    unsigned sum{8 * ' '};
    for (std::size_t i = 0; i < 512; ++i)
      sum += i >= 148 && i < 156 ? 0U : static_cast<unsigned char>(tar[i]);
    std::snprintf(tar.data() + 148, 8, "%06o", sum);
  };
  set_size("00000002745 ");
  EXPECT_EQ(content("config.json", tar).size(), 1509U);
  for (const char* size : {"37777777777 ", "77777777777 ", "00000100000 ", "            ", "0000000274x "}) {
    set_size(size);
    EXPECT_EQ(content("config.json", tar), "!") << size;
    EXPECT_EQ(content("env.json", tar), "!") << size;
  }
}

TEST(Ustar, TakesNothingElseForAnArchive) {
  EXPECT_EQ(content("env.json", ""), "!");
  EXPECT_EQ(content("env.json", std::string(2048, '\xff')), "!");
  EXPECT_EQ(content("env.json", std::string(1024, '\0')), "-") << "an empty one";
}

}  // namespace
}  // namespace airlift::codec
