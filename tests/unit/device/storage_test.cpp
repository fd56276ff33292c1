// The state directory and the files images are brought into.

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "image_files.hpp"
#include "state_directory.hpp"
#include "support/fake_system.hpp"
#include "support/temp_directory.hpp"

namespace airlift::device {
namespace {

using testing::MemoryLog;
using testing::read_file;
using testing::TempDirectory;

constexpr std::uint32_t slot_bytes{8 * sector_bytes};

unsigned mode_of(const std::string& path) {
  struct stat info {};
  return ::stat(path.c_str(), &info) == 0 ? info.st_mode & 07777U : 0;
}

class State : public ::testing::Test {
 protected:
  void init(std::string_view firmware) {
    auto state = StateDirectory::open_or_create(path, slot_bytes, firmware.size());
    install_firmware(state.store(), directory.write("firmware", firmware));
  }
  static std::optional<ExtractedImage> extract(StateDirectory& state, MemoryLog& log) {
    return extract_image(state.store(), image::Kind::firmware, state.run_directory() + "/application", 0700,
                         log);
  }

  TempDirectory directory;
  std::string path{directory / "state"};
  MemoryLog log;
};

TEST_F(State, InitMakesPrivateFilesAndTheFirmwareComesOutAgain) {
  init("#!/bin/sh\nexit 0\n");
  EXPECT_EQ(mode_of(path), 0700U);
  EXPECT_EQ(mode_of(path + "/flash.img"), 0600U);
  auto state = StateDirectory::open(path);
  EXPECT_EQ(mode_of(state.run_directory()), 0700U);
  const auto image = extract(state, log);
  ASSERT_TRUE(image);
  EXPECT_EQ(read_file(image->path), "#!/bin/sh\nexit 0\n");
  EXPECT_EQ(mode_of(image->path), 0700U);
  EXPECT_EQ(image->slot, boot::SlotId::a);
  EXPECT_EQ(image->sha256, "306c6ca7407560340797866e077e053627ad409277d1b9da58106fce4cf717cb");
}

TEST_F(State, InitAgainInstallsAnewAsTheCableDoes) {
  init("one");
  init("two");
  auto state = StateDirectory::open(path);
  EXPECT_EQ(read_file(extract(state, log)->path), "two");
}

TEST_F(State, ADamagedActiveSlotFallsBackToTheOther) {
  init("one");
  init("two");
  {
    std::fstream flash{path + "/flash.img", std::ios::in | std::ios::out | std::ios::binary};
    flash.seekp(2 * sector_bytes + slot_bytes);
    flash.put('X');
  }
  auto state = StateDirectory::open(path);
  const auto image = extract(state, log);
  ASSERT_TRUE(image);
  EXPECT_EQ(read_file(image->path), "one");
  EXPECT_EQ(image->slot, boot::SlotId::a);
  EXPECT_TRUE(log.contains("slot B holds no whole firmware"));
}

TEST_F(State, NoWholeImageAtAllLeavesNoFile) {
  init("one");
  {
    std::fstream flash{path + "/flash.img", std::ios::in | std::ios::out | std::ios::binary};
    flash.seekp(2 * sector_bytes);
    flash.put('X');
  }
  auto state = StateDirectory::open(path);
  EXPECT_FALSE(extract(state, log));
  EXPECT_TRUE(std::filesystem::is_empty(state.run_directory()));
}

TEST_F(State, WhatDoesNotFitIsRefusedWithBothNumbers) {
  try {
    init(std::string(slot_bytes + 1, 'x'));
    FAIL();
  } catch (const std::runtime_error& error) {
    const std::string text{error.what()};
    EXPECT_NE(text.find(std::to_string(slot_bytes + 1)), std::string::npos) << text;
    EXPECT_NE(text.find(std::to_string(slot_bytes)), std::string::npos) << text;
  }
  EXPECT_THROW((void)StateDirectory::open(path), std::runtime_error);
}

TEST_F(State, SlotSizesAreRoundedUpAndChosenFromTheImage) {
  const auto size = [this](std::string_view name, std::uint32_t wanted, std::uint64_t image) {
    return StateDirectory::open_or_create(directory / name, wanted, image)
        .store()
        .slot_bytes(image::Kind::firmware);
  };
  EXPECT_EQ(size("a", 4097, 0), 8192U);
  EXPECT_EQ(size("b", 0, 100), default_slot_bytes);
  EXPECT_EQ(size("c", 0, default_slot_bytes), 2 * default_slot_bytes);
  EXPECT_THROW(size("d", 0, 3'000'000'000), std::runtime_error);
  EXPECT_THROW(size("a", 4096, 0), std::runtime_error);
  EXPECT_EQ(size("a", 0, 0), 8192U);
}

TEST_F(State, OpenNeedsAnInitialisedDirectoryThatNobodyElseUses) {
  EXPECT_THROW((void)StateDirectory::open(path), std::runtime_error);
  init("one");
  const auto first = StateDirectory::open(path);
  EXPECT_THROW((void)StateDirectory::open(path), std::system_error);
}

TEST_F(State, AForeignFlashFileIsRefused) {
  std::filesystem::create_directory(path);
  std::ofstream{path + "/flash.img"} << std::string(4096, 'x');
  EXPECT_THROW((void)StateDirectory::open(path), std::runtime_error);
}

}  // namespace
}  // namespace airlift::device
