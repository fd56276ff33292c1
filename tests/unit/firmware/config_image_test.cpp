// The configuration files of a board: in the filesystem image, or built in.

#include "port/config_image.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <string>

#include "support/fake_flash.hpp"
#include "support/temp_directory.hpp"

namespace airlift::firmware {
namespace {

using testing::FakeFlash;

constexpr std::string_view built_in{R"({"ota": {"0": {}}})"};
constexpr std::uint32_t archive_at{1024};

struct ConfigImages : ::testing::Test {
  /// Puts a tar archive of these onto the flash.
  void put(const std::string& env, const std::string& config) {
    const testing::TempDirectory folder;
    if (!env.empty()) folder.write("env.json", env);
    if (!config.empty()) folder.write("config.json", config);
    ASSERT_EQ(std::system(("cd " + folder.path() + " && tar cf files.tar --format=ustar -- *.json").c_str()),
              0);
    put_archive(testing::read_file(folder.path() + "/files.tar"));
  }
  void put_archive(const std::string& archive) {
    ASSERT_LE(archive.size(), flash.memory.size() - archive_at);
    std::copy(archive.begin(), archive.end(), flash.memory.begin() + archive_at);
    files.open({archive_at, static_cast<std::uint32_t>(archive.size())});
  }

  /// As the start-up gets it; "!" and the error when there is none.
  std::string loaded(std::size_t index) {
    const Result<Span<char>> text = files.load(index);
    if (!text.ok()) return "!" + std::string{describe(text.error()).name};
    EXPECT_EQ(text.value()[text.value().size() - 1], '\0');
    return {text.value().data(), text.value().size() - 1};
  }

  /// As the page gets it, in pieces.
  std::string shown(std::string_view name, std::size_t piece_bytes = 100) {
    std::string text;
    std::vector<std::uint8_t> piece(piece_bytes);
    for (;;) {
      const Result<std::size_t> count =
          files.read(name, static_cast<std::uint32_t>(text.size()), {piece.data(), piece.size()});
      if (!count.ok()) return "!" + std::string{describe(count.error()).name};
      if (count.value() == 0) return text;
      text.append(as_text({piece.data(), count.value()}));
    }
  }

  FakeFlash flash{{64 * 1024, 1024, 4}};
  ConfigImage files{flash, built_in};
};

TEST_F(ConfigImages, WithoutAFilesystemImageTheBuiltInOneCounts) {
  EXPECT_EQ(loaded(0), built_in);
  EXPECT_EQ(loaded(1), "!file_unreadable");
  EXPECT_EQ(shown("env.json"), built_in);
  EXPECT_TRUE(files.file(0)->there);
  EXPECT_EQ(files.file(0)->size_bytes, built_in.size());
  EXPECT_FALSE(files.file(1)->there);
  EXPECT_FALSE(files.file(2));
}

TEST_F(ConfigImages, AFilesystemImageBringsBoth) {
  put("{}", R"({"web": {"0": {}}})");
  EXPECT_EQ(loaded(0), "{}");
  EXPECT_EQ(loaded(1), R"({"web": {"0": {}}})");
  EXPECT_EQ(files.file(1)->size_bytes, 18U);
}

TEST_F(ConfigImages, AForgottenEnvJsonDoesNotPutTheBoardOutOfReach) {
  put("", R"({"web": {"0": {}}})");
  EXPECT_EQ(loaded(0), built_in);
  EXPECT_EQ(loaded(1), R"({"web": {"0": {}}})");
}

TEST_F(ConfigImages, ADamagedArchiveIsSaidToBe) {
  put_archive(std::string(2048, 'x'));
  EXPECT_EQ(loaded(0), "!bad_configuration");
  EXPECT_EQ(loaded(1), "!bad_configuration");
  EXPECT_EQ(shown("env.json"), "!file_unreadable");
}

TEST_F(ConfigImages, AFileThatIsTooLargeIsNotRead) {
  put(std::string(ConfigImage::longest_file_bytes, ' '),
      std::string(ConfigImage::longest_file_bytes + 1, ' '));
  EXPECT_EQ(loaded(0).size(), ConfigImage::longest_file_bytes);
  EXPECT_EQ(loaded(1), "!bad_configuration");
}

TEST_F(ConfigImages, SecretsAreNotShown) {
  put("{}", R"({"ota": {"0": {"passwd" : "short", "port":8266}, "1": {"PASSWD": 12345}},
  "update": {"0": {"auth": "to\"ken", "proxy": "http://me:word@proxy", "url": "http://you@there"}}})");
  const std::string expected =
      R"({"ota": {"0": {"passwd" : "********", "port":8266}, "1": {"PASSWD": "********"}},
  "update": {"0": {"auth": "********", "proxy": "********", "url": "http://you@there"}}})";
  for (const std::size_t piece : {1U, 7U, 100U, 4096U})
    EXPECT_EQ(shown("config.json", piece), expected) << piece;
}

TEST_F(ConfigImages, WhatCannotBeUnderstoodOrHiddenIsNotShown) {
  std::string many = R"({"ota": {"0": {"port": 1)";
  for (int i = 0; i < 17; ++i) many += R"(, "passwd": "x")";
  put(R"({"ota": {"0": {"passwd": "x")", many + "}}}");
  EXPECT_EQ(shown("env.json"), "!file_unreadable");
  EXPECT_EQ(shown("config.json"), "!file_unreadable");
  EXPECT_EQ(shown("other.json"), "!file_unreadable");
}

TEST_F(ConfigImages, NothingCanBeChanged) {
  EXPECT_EQ(files.begin("env.json", 10).error(), UpdateError::storage_failed);
  EXPECT_EQ(files.append({}).error(), UpdateError::storage_failed);
  EXPECT_EQ(files.finish().error(), UpdateError::storage_failed);
  EXPECT_EQ(files.remove("env.json").error(), UpdateError::storage_failed);
}

TEST_F(ConfigImages, AFlashThatCannotBeReadIsSaidSo) {
  put("{}", "{}");
  flash.fail_read(1);
  EXPECT_EQ(loaded(0), "!flash_read");
  flash.fail_read(2);
  EXPECT_EQ(loaded(0), "!flash_read");
}

}  // namespace
}  // namespace airlift::firmware
