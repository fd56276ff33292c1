// The state directory and the files images are brought into.

#include <gmock/gmock.h>
#include <sys/stat.h>

#include "airlift/boot/boot_sequence.hpp"
#include "airlift_posix/install_image.hpp"
#include "image_files.hpp"
#include "state_directory.hpp"
#include "support/temp_directory.hpp"

namespace airlift::device {
namespace {

using ::testing::HasSubstr;
using testing::read_file;
using testing::TempDirectory;

constexpr std::uint32_t slot_bytes{8 * sector_bytes};
constexpr std::uint32_t first_slot_at{8 * sector_bytes};  // behind boot record and history
constexpr std::uint32_t slot_stride{slot_bytes + sector_bytes};

unsigned mode_of(const std::string& path) {
  struct stat info {};
  return ::stat(path.c_str(), &info) == 0 ? info.st_mode & 07777U : 0;
}

/// What `action` throws.
template <typename Action>
std::string error_of(Action action) {
  try {
    action();
  } catch (const std::exception& error) {
    return error.what();
  }
  return "nothing was thrown";
}

class State : public ::testing::Test {
 protected:
  void init(std::string_view firmware) {
    auto state = StateDirectory::open_or_create(path, slot_bytes, firmware.size());
    posix::install_image(state.store(), state.history(), image::Kind::firmware,
                         directory.write("firmware", firmware), "a board", "init");
  }
  /// What a device would start.
  static boot::BootPlan boot(StateDirectory& state) {
    std::array<std::uint8_t, 4096> buffer{};
    const auto plan = boot::prepare_boot(state.store(), boot::default_attempts, buffer);
    return plan.ok() ? plan.value() : boot::BootPlan{};
  }
  static std::string extracted(StateDirectory& state, boot::SlotId slot) {
    const std::string file = state.run_directory() + "/application";
    const Status done = extract_image(state.store(), image::Kind::firmware, slot, file, 0700);
    return done.ok() ? read_file(file) : std::string{describe(done.error()).name};
  }
  void spoil(std::uint32_t address) const {
    std::fstream flash{path + "/flash.img", std::ios::in | std::ios::out | std::ios::binary};
    flash.seekp(address);
    flash.put('X');
  }

  TempDirectory directory;
  std::string path{directory / "state"};
};

TEST_F(State, InitMakesPrivateFilesAndTheFirmwareComesOutAgain) {
  init("#!/bin/sh\nexit 0\n");
  EXPECT_EQ(mode_of(path), 0700U);
  EXPECT_EQ(mode_of(path + "/flash.img"), 0600U);
  auto state = StateDirectory::open(path);
  EXPECT_EQ(mode_of(state.run_directory()), 0700U);
  const boot::BootPlan plan = boot(state);
  EXPECT_EQ(plan.firmware, boot::SlotId::a);
  EXPECT_FALSE(plan.on_trial);
  EXPECT_EQ(extracted(state, plan.firmware), "#!/bin/sh\nexit 0\n");
  EXPECT_EQ(mode_of(state.run_directory() + "/application"), 0700U);
}

TEST_F(State, InitAgainInstallsAnewAsTheCableDoes) {
  init("one");
  init("two");
  auto state = StateDirectory::open(path);
  const boot::BootPlan plan = boot(state);
  EXPECT_FALSE(plan.on_trial);
  EXPECT_EQ(extracted(state, plan.firmware), "two");
  EXPECT_EQ(extracted(state, boot::SlotId::a), "one");
}

TEST_F(State, InitTakesThePlaceOfWhatIsOnTrial) {
  init("one");
  {
    auto state = StateDirectory::open(path);
    EXPECT_TRUE(state.store().load().ok());
    EXPECT_TRUE(state.store().stage(image::Kind::firmware, {{3, {}}, {}, 0, 0, {}}).ok());
    EXPECT_TRUE(state.store().count_attempt().ok());
  }
  init("two");
  auto state = StateDirectory::open(path);
  EXPECT_EQ(extracted(state, boot(state).firmware), "two");
  EXPECT_FALSE(state.store().record().on_trial());
}

TEST_F(State, ADamagedActiveSlotFallsBackToTheOther) {
  init("one");
  init("two");
  spoil(first_slot_at + slot_stride + boot::slot_header_bytes);
  auto state = StateDirectory::open(path);
  const boot::BootPlan plan = boot(state);
  EXPECT_TRUE(plan.fell_back);
  EXPECT_EQ(extracted(state, plan.firmware), "one");
}

TEST_F(State, WhatIsNotWholeIsNotExtracted) {
  init("one");
  {
    auto state = StateDirectory::open(path);
    EXPECT_EQ(extracted(state, boot(state).firmware), "one");
  }
  spoil(first_slot_at + boot::slot_header_bytes);
  auto state = StateDirectory::open(path);
  EXPECT_EQ(boot(state).firmware, boot::SlotId::none);
  EXPECT_EQ(extracted(state, boot::SlotId::a), "image_damaged");
  EXPECT_EQ(extracted(state, boot::SlotId::b), "no_image");
  EXPECT_EQ(extracted(state, boot::SlotId::none), "no_image");
  EXPECT_TRUE(std::filesystem::is_empty(state.run_directory()));
}

TEST_F(State, WhatDoesNotFitIsRefusedWithBothNumbers) {
  const std::size_t size = slot_stride + 1000;
  const std::string error = error_of([&] { init(std::string(size, 'x')); });
  EXPECT_THAT(error, HasSubstr(std::to_string(size) + " bytes"));
  EXPECT_THAT(error, HasSubstr("holds " + std::to_string(slot_stride - boot::slot_header_bytes)));
  auto state = StateDirectory::open(path);
  EXPECT_EQ(boot(state).firmware, boot::SlotId::none);
}

TEST_F(State, AnEmptyFirmwareIsRefused) {
  EXPECT_THAT(error_of([&] { init(""); }), HasSubstr("firmware: "));
}

TEST_F(State, SlotSizesAreRoundedUpAndChosenFromTheImage) {
  const auto size = [this](std::string_view name, std::uint32_t wanted, std::uint64_t image) {
    const std::uint32_t capacity = StateDirectory::open_or_create(directory / name, wanted, image)
                                       .store()
                                       .capacity_bytes(image::Kind::firmware);
    return capacity - (sector_bytes - static_cast<std::uint32_t>(boot::slot_header_bytes));
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

TEST_F(State, LookingNeedsNoLockAndMakesNothing) {
  EXPECT_THROW((void)StateDirectory::open_read_only(path), std::runtime_error);
  init("one");
  EXPECT_FALSE(StateDirectory::in_use(path));
  auto before = StateDirectory::open_read_only(path);
  EXPECT_FALSE(std::filesystem::exists(before.run_directory()));
  const auto device = StateDirectory::open(path);
  EXPECT_TRUE(StateDirectory::in_use(path));
  auto during = StateDirectory::open_read_only(path);
  EXPECT_TRUE(during.store().load().ok());
  EXPECT_EQ(during.store().confirm().error(), UpdateError::none);
  EXPECT_FALSE(during.store().fall_back(image::Kind::firmware).ok());
}

TEST_F(State, AForeignFlashFileIsRefused) {
  std::filesystem::create_directory(path);
  for (const std::size_t size : {4096U, 9 * 4096U, 12 * 4096U, 17 * 4096U, 16 * 4096U + 1}) {
    std::ofstream{path + "/flash.img"} << std::string(size, 'x');
    EXPECT_THROW((void)StateDirectory::open(path), std::runtime_error) << size;
  }
}

TEST_F(State, TheLayoutOfTheFirstVersionIsRefusedWithWhatToDo) {
  std::filesystem::create_directory(path);
  for (const std::size_t record_at : {0U, sector_bytes}) {
    std::string flash(18 * sector_bytes, '\xff');
    flash.replace(record_at, 8, std::string_view{"ALBR\x01\0\0\0", 8});
    std::ofstream{path + "/flash.img", std::ios::binary} << flash;
    const std::string error = error_of([&] { (void)StateDirectory::open(path); });
    EXPECT_THAT(error, HasSubstr("older Airlift"));
    EXPECT_THAT(error, HasSubstr("airlift-device init --state " + path));
    EXPECT_EQ(error_of([&] { (void)StateDirectory::open_or_create(path, 0, 0); }), error);
  }
}

}  // namespace
}  // namespace airlift::device
