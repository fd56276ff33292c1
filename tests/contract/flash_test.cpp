// What every Flash does, and what FileFlash and FakeFlash do besides.

#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <system_error>
#include <vector>

#include "airlift_posix/file_flash.hpp"
#include "contract/portable/flash_contract.hpp"
#include "support/fake_flash.hpp"
#include "support/portable_contract.hpp"
#include "support/temp_directory.hpp"

namespace airlift {
namespace {

using posix::FileFlash;
using ::testing::Each;
using testing::FakeFlash;
using ::testing::HasSubstr;
using testing::TempDirectory;

using ByteVector = std::vector<std::uint8_t>;

constexpr port::FlashGeometry geometry{8 * 16384, 16384, 4};

Bytes view(const ByteVector& bytes) {
  return {bytes.data(), bytes.size()};
}

ByteVector read_all(port::Flash& flash, std::uint32_t address, std::size_t count) {
  ByteVector bytes(count);
  EXPECT_TRUE(flash.read(address, {bytes.data(), bytes.size()}).ok());
  return bytes;
}

class FileFlashSubject final : public contract::FlashSubject {
 public:
  [[nodiscard]] port::Flash& flash() override { return *flash_; }
  [[nodiscard]] MutableBytes scratch() override { return scratch_; }

 private:
  TempDirectory directory_;
  std::unique_ptr<FileFlash> flash_{FileFlash::create(directory_ / "flash.bin", geometry)};
  std::array<std::uint8_t, 3 * 16384 + 256> scratch_{};
};

class FakeFlashSubject final : public contract::FlashSubject {
 public:
  [[nodiscard]] port::Flash& flash() override { return flash_; }
  [[nodiscard]] MutableBytes scratch() override { return scratch_; }

 private:
  FakeFlash flash_{geometry};
  std::array<std::uint8_t, 3 * 16384 + 256> scratch_{};
};

[[maybe_unused]] const bool file_flash_added{
    testing::add_contract<FileFlashSubject>("FlashContract/FileFlash", contract::flash_cases)};
[[maybe_unused]] const bool fake_flash_added{
    testing::add_contract<FakeFlashSubject>("FlashContract/FakeFlash", contract::flash_cases)};

template <typename Subject>
class NewFlash : public ::testing::Test {
 protected:
  Subject subject_;
};
using Subjects = ::testing::Types<FileFlashSubject, FakeFlashSubject>;
TYPED_TEST_SUITE(NewFlash, Subjects);

TYPED_TEST(NewFlash, IsErasedAndAsWasAskedFor) {
  port::Flash& flash = this->subject_.flash();
  EXPECT_THAT(read_all(flash, 0, geometry.size_bytes), Each(geometry.erased_value));
  EXPECT_EQ(flash.geometry().size_bytes, geometry.size_bytes);
  EXPECT_EQ(flash.geometry().sector_bytes, geometry.sector_bytes);
  EXPECT_EQ(flash.geometry().write_align_bytes, geometry.write_align_bytes);
}

std::string error_of(const std::function<void()>& action) {
  try {
    action();
  } catch (const std::system_error& error) {
    return error.what();
  }
  return "no error";
}

TEST(FileFlash, KeepsItsContentWhenOpenedAgain) {
  const TempDirectory directory;
  const std::string path = directory / "flash.bin";
  ASSERT_TRUE(FileFlash::create(path, geometry)->program(16, view({1, 2, 3, 4})).ok());
  const auto flash = FileFlash::open(path, geometry.sector_bytes, geometry.write_align_bytes);
  EXPECT_EQ(flash->geometry().size_bytes, geometry.size_bytes);
  EXPECT_EQ(read_all(*flash, 16, 4), (ByteVector{1, 2, 3, 4}));
}

TEST(FileFlash, IsForItsOwnerOnlyAndLeavesNoOtherFile) {
  const TempDirectory directory;
  const auto flash = FileFlash::create(directory / "flash.bin", geometry);
  struct stat info {};
  ASSERT_EQ(stat((directory / "flash.bin").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600U);
  EXPECT_EQ(info.st_size, geometry.size_bytes);
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator{directory.path()}, {}), 1);
}

TEST(FileFlash, IsUsedByOneAtATime) {
  const TempDirectory directory;
  const std::string path = directory / "flash.bin";
  auto first = FileFlash::create(path, geometry);
  EXPECT_THAT(error_of([&] { (void)FileFlash::open(path, 16384, 4); }),
              HasSubstr("in use by another process"));
  first.reset();
  EXPECT_NO_THROW((void)FileFlash::open(path, 16384, 4));
}

TEST(FileFlash, DoesNotReplaceAnExistingFile) {
  const TempDirectory directory;
  const std::string path = directory / "flash.bin";
  std::ofstream{path} << "precious";
  EXPECT_THAT(error_of([&] { (void)FileFlash::create(path, geometry); }), HasSubstr("File exists"));
  EXPECT_EQ(std::filesystem::file_size(path), 8U);
}

TEST(FileFlash, RefusesWhatCannotBeAFlash) {
  const TempDirectory directory;
  const std::string path = directory / "flash.bin";
  EXPECT_THAT(error_of([&] { (void)FileFlash::open(path, 16384, 4); }), HasSubstr("No such file"));
  std::ofstream{path} << "short";
  EXPECT_THAT(error_of([&] { (void)FileFlash::open(path, 16384, 4); }), HasSubstr("not a flash file"));
  std::filesystem::resize_file(path, std::uintmax_t{1} << 32);
  EXPECT_THAT(error_of([&] { (void)FileFlash::open(path, 16384, 4); }), HasSubstr("not a flash file"));
  EXPECT_THAT(error_of([&] {
                (void)FileFlash::create(directory / "b", {100, 64, 4});
              }),
              HasSubstr("multiple"));
}

TEST(FileFlash, ReachesTheLastSectorOfTheLargestFlash) {
  const TempDirectory directory;
  const std::string path = directory / "flash.bin";
  std::ofstream{path};
  std::filesystem::resize_file(path, (std::uintmax_t{1} << 32) - 4096);  // sparse: takes no room
  const auto flash = FileFlash::open(path, 4096, 4);
  const std::uint32_t last = flash->geometry().size_bytes - 4096;
  ASSERT_TRUE(flash->erase_sector(last).ok());
  ASSERT_TRUE(flash->program(last, view(ByteVector(4096, 9))).ok());
  EXPECT_THAT(read_all(*flash, last, 4096), Each(9));
  EXPECT_EQ(std::filesystem::file_size(path), (std::uintmax_t{1} << 32) - 4096);
}

TEST(FileFlash, ReportsWhatTheDiskDoesNotGive) {
  const TempDirectory directory;
  const std::string path = directory / "flash.bin";
  const auto flash = FileFlash::create(path, geometry);
  std::filesystem::resize_file(path, 16384);
  ByteVector bytes(4);
  EXPECT_EQ(flash->read(16382, {bytes.data(), 4}).error(), UpdateError::flash_read);
  EXPECT_EQ(flash->program(16384, view(bytes)).error(), UpdateError::flash_write);
}

TEST(FakeFlash, RefusesTheChangeThatItIsToldTo) {
  FakeFlash flash{geometry};
  flash.fail_change(2, FakeFlash::Fault::refuse);
  EXPECT_TRUE(flash.program(0, view({1, 2, 3, 4})).ok());
  EXPECT_EQ(flash.program(4, view({1, 2, 3, 4})).error(), UpdateError::flash_write);
  EXPECT_TRUE(flash.program(4, view({5, 6, 7, 8})).ok());
  flash.fail_change(1, FakeFlash::Fault::refuse);
  EXPECT_EQ(flash.erase_sector(0).error(), UpdateError::flash_erase);
  flash.fail_change(1, FakeFlash::Fault::refuse);
  EXPECT_EQ(flash.flush().error(), UpdateError::flash_write);
  flash.fail_read(1);
  ByteVector bytes(8);
  EXPECT_EQ(flash.read(0, {bytes.data(), 8}).error(), UpdateError::flash_read);
  EXPECT_EQ(read_all(flash, 0, 8), (ByteVector{1, 2, 3, 4, 5, 6, 7, 8}));
  EXPECT_EQ(flash.changes(), 5U);
}

TEST(FakeFlash, TearsAChange) {
  FakeFlash flash{geometry};
  flash.fail_change(1, FakeFlash::Fault::tear);
  EXPECT_EQ(flash.program(0, view({1, 2, 3, 4})).error(), UpdateError::flash_write);
  EXPECT_EQ(read_all(flash, 0, 4), (ByteVector{1, 2, 255, 255}));
  flash.fail_change(1, FakeFlash::Fault::tear);
  EXPECT_EQ(flash.program(8, view({1, 2, 3, 4})).error(), UpdateError::flash_write);
  EXPECT_EQ(read_all(flash, 8, 4), (ByteVector{1, 2, 255, 255}));
}

TEST(FakeFlash, IsDeadAfterAPowerCutUntilPowerIsBack) {
  FakeFlash flash{geometry};
  ASSERT_TRUE(flash.program(16380, view({1, 2, 3, 4})).ok());
  flash.fail_change(1, FakeFlash::Fault::power_cut);
  EXPECT_EQ(flash.erase_sector(0).error(), UpdateError::flash_erase);
  ByteVector bytes(4);
  EXPECT_EQ(flash.read(0, {bytes.data(), 4}).error(), UpdateError::flash_read);
  EXPECT_EQ(flash.program(0, view({1, 2, 3, 4})).error(), UpdateError::flash_write);
  flash.restore_power();
  EXPECT_EQ(read_all(flash, 0, 4), (ByteVector{255, 255, 255, 255}));
  EXPECT_EQ(read_all(flash, 16380, 4), (ByteVector{1, 2, 3, 4}));
}

}  // namespace
}  // namespace airlift
