#include "newest_image.hpp"

#include <gtest/gtest.h>

#include <fstream>

#include "support/temp_directory.hpp"

namespace airlift::testing {
namespace {

namespace fs = std::filesystem;
using cli::newest_image;
using wire::Command;

class NewestImage : public ::testing::Test {
 protected:
  /// `age` in minutes.
  void make(const std::string& name, int age) const {
    const fs::path path = root / name;
    fs::create_directories(path.parent_path());
    std::ofstream{path} << "image";
    fs::last_write_time(path, now - std::chrono::minutes{age});
  }
  [[nodiscard]] std::string newest(Command command) const {
    const auto path = newest_image(root, command);
    return path ? fs::relative(*path, root).string() : "";
  }

  TempDirectory directory;
  fs::path root{directory.path()};
  fs::file_time_type now{fs::file_time_type::clock::now()};
};

TEST_F(NewestImage, TheNewestSketchInAnyFolder) {
  make("old.ino.bin", 20);
  make("esp8266.esp8266.d1_mini/new.ino.bin", 10);
  make("esp32/oldest.ino.bin", 30);
  EXPECT_EQ(newest(Command::firmware), "esp8266.esp8266.d1_mini/new.ino.bin");
}

TEST_F(NewestImage, OtherFilesOfABuildAreNoSketches) {
  make("a.ino.bin", 20);
  for (const auto* name : {"a.ino.bootloader.bin", "a.ino.partitions.bin", "a.ino.merged.bin", "a.ino.elf",
                           "boot_app0.bin", "a.littlefs.bin", "a.ino.bin.signed"}) {
    make(name, 0);
  }
  fs::create_directory(root / "folder.ino.bin");
  EXPECT_EQ(newest(Command::firmware), "a.ino.bin");
}

TEST_F(NewestImage, Filesystems) {
  make("a.ino.bin", 0);
  EXPECT_EQ(newest(Command::filesystem), "");
  make("a.spiffs.bin", 30);
  EXPECT_EQ(newest(Command::filesystem), "a.spiffs.bin");
  make("a.littlefs.bin", 20);
  EXPECT_EQ(newest(Command::filesystem), "a.littlefs.bin");
  make("sub/a.mklittlefs.bin", 10);
  EXPECT_EQ(newest(Command::filesystem), "sub/a.mklittlefs.bin");
}

TEST_F(NewestImage, NoFolderNoImage) {
  EXPECT_FALSE(newest_image(root / "none", Command::firmware));
  EXPECT_EQ(newest(Command::firmware), "");
}

}  // namespace
}  // namespace airlift::testing
