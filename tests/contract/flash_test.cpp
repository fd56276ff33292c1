// What every Flash does, and what FileFlash and FakeFlash do besides.

#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <system_error>
#include <vector>

#include "airlift_posix/file_flash.hpp"
#include "support/fake_flash.hpp"
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

struct FileFlashMaker {
  TempDirectory directory;
  std::unique_ptr<FileFlash> flash{FileFlash::create(directory / "flash.bin", geometry)};
};

struct FakeFlashMaker {
  std::unique_ptr<FakeFlash> flash{std::make_unique<FakeFlash>(geometry)};
};

template <typename Maker>
class FlashContract : public ::testing::Test {
 protected:
  Maker maker_;
  port::Flash& flash_{*maker_.flash};
};

using Makers = ::testing::Types<FileFlashMaker, FakeFlashMaker>;
TYPED_TEST_SUITE(FlashContract, Makers);

TYPED_TEST(FlashContract, IsErasedWhenNew) {
  EXPECT_THAT(read_all(this->flash_, 0, geometry.size_bytes), Each(geometry.erased_value));
  EXPECT_EQ(this->flash_.geometry().size_bytes, geometry.size_bytes);
  EXPECT_EQ(this->flash_.geometry().sector_bytes, geometry.sector_bytes);
  EXPECT_EQ(this->flash_.geometry().write_align_bytes, geometry.write_align_bytes);
}

TYPED_TEST(FlashContract, ReadsBackWhatWasProgrammedAndChangesNothingElse) {
  ASSERT_TRUE(this->flash_.program(8, view({1, 2, 3, 4, 5, 6, 7, 8})).ok());
  EXPECT_EQ(read_all(this->flash_, 4, 16),
            (ByteVector{255, 255, 255, 255, 1, 2, 3, 4, 5, 6, 7, 8, 255, 255, 255, 255}));
  EXPECT_TRUE(this->flash_.flush().ok());
}

TYPED_TEST(FlashContract, ProgramsBytesOfTheErasedValueWithoutEffect) {
  ASSERT_TRUE(this->flash_.program(0, view({255, 255, 255, 255})).ok());
  EXPECT_TRUE(this->flash_.program(0, view({1, 2, 3, 4})).ok());
}

TYPED_TEST(FlashContract, RefusesToProgramTwiceAndThenWritesNothing) {
  // The byte in the way is the last of a range that is longer than any buffer.
  const ByteVector image(3 * 16384, 0x5A);
  const auto last = static_cast<std::uint32_t>(image.size() - 4);
  ASSERT_TRUE(this->flash_.program(last, view({255, 255, 255, 0})).ok());

  EXPECT_EQ(this->flash_.program(0, view(image)).error(), UpdateError::flash_misuse);
  EXPECT_THAT(read_all(this->flash_, 0, last), Each(geometry.erased_value));
  EXPECT_EQ(this->flash_.program(last, view({0, 0, 0, 0})).error(), UpdateError::flash_misuse);
  EXPECT_EQ(read_all(this->flash_, last, 4), (ByteVector{255, 255, 255, 0}));
}

TYPED_TEST(FlashContract, ErasesOneSectorAndNoOther) {
  const ByteVector image(3 * 16384, 0);
  ASSERT_TRUE(this->flash_.program(0, view(image)).ok());
  ASSERT_TRUE(this->flash_.erase_sector(16384).ok());
  EXPECT_THAT(read_all(this->flash_, 0, 16384), Each(0));
  EXPECT_THAT(read_all(this->flash_, 16384, 16384), Each(geometry.erased_value));
  EXPECT_THAT(read_all(this->flash_, 2 * 16384, 16384), Each(0));
  EXPECT_TRUE(this->flash_.program(16384, view(ByteVector(16384, 7))).ok());
}

TYPED_TEST(FlashContract, ErasesARangeOfSectorsAndNoOther) {
  const ByteVector image(4 * 16384, 0);
  ASSERT_TRUE(this->flash_.program(0, view(image)).ok());
  ASSERT_TRUE(this->flash_.erase(16384, 3 * 16384).ok());
  EXPECT_THAT(read_all(this->flash_, 0, 16384), Each(0));
  EXPECT_THAT(read_all(this->flash_, 16384, 2 * 16384), Each(geometry.erased_value));
  EXPECT_THAT(read_all(this->flash_, 3 * 16384, 16384), Each(0));
  EXPECT_TRUE(this->flash_.erase(16384, 16384).ok());
  EXPECT_EQ(this->flash_.erase(16384, 3 * 16384 - 4).error(), UpdateError::flash_misuse);
  EXPECT_EQ(this->flash_.erase(4, 16384).error(), UpdateError::flash_misuse);
  EXPECT_EQ(this->flash_.erase(16384, 0).error(), UpdateError::flash_misuse);
  EXPECT_EQ(this->flash_.erase(0, geometry.size_bytes + 16384).error(), UpdateError::flash_misuse);
  EXPECT_THAT(read_all(this->flash_, 0, 16384), Each(0));
}

TYPED_TEST(FlashContract, ComparesWithoutChangingAnything) {
  ByteVector image(5 * 16384 + 40);
  for (std::size_t i = 0; i < image.size(); ++i) image[i] = static_cast<std::uint8_t>(i * 7);
  ASSERT_TRUE(this->flash_.program(8, view(image)).ok());
  EXPECT_TRUE(this->flash_.compare(8, view(image)).ok());
  EXPECT_TRUE(this->flash_.compare(8, {}).ok());
  for (const std::size_t place : {std::size_t{0}, std::size_t{16383}, image.size() - 1}) {
    image[place] ^= 1;
    EXPECT_EQ(this->flash_.compare(8, view(image)).error(), UpdateError::flash_write) << place;
    image[place] ^= 1;
  }
  EXPECT_EQ(this->flash_.compare(geometry.size_bytes - 4, view(image)).error(), UpdateError::flash_misuse);
  EXPECT_TRUE(this->flash_.compare(8, view(image)).ok());
}

TYPED_TEST(FlashContract, RefusesWhatIsOutOfRange) {
  const std::uint32_t size = geometry.size_bytes;
  ByteVector bytes(8);
  EXPECT_EQ(this->flash_.read(size - 4, {bytes.data(), 8}).error(), UpdateError::flash_misuse);
  EXPECT_EQ(this->flash_.read(0xFFFFFFFC, {bytes.data(), 8}).error(), UpdateError::flash_misuse);
  EXPECT_EQ(this->flash_.program(size - 4, view(bytes)).error(), UpdateError::flash_misuse);
  EXPECT_EQ(this->flash_.erase_sector(size).error(), UpdateError::flash_misuse);
  EXPECT_TRUE(this->flash_.read(size - 8, {bytes.data(), 8}).ok());
  EXPECT_TRUE(this->flash_.program(size - 8, view(bytes)).ok());
  EXPECT_TRUE(this->flash_.read(size, {}).ok());
}

TYPED_TEST(FlashContract, RefusesWhatIsNotAligned) {
  EXPECT_EQ(this->flash_.program(2, view({0, 0, 0, 0})).error(), UpdateError::flash_misuse);
  EXPECT_EQ(this->flash_.program(4, view({0, 0, 0})).error(), UpdateError::flash_misuse);
  EXPECT_EQ(this->flash_.erase_sector(4096).error(), UpdateError::flash_misuse);
  EXPECT_THAT(read_all(this->flash_, 0, 16384), Each(geometry.erased_value));
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
