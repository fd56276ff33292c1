// What every ResetMemory does, and what the file does besides.

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>

#include "airlift/boot/flash_note.hpp"
#include "airlift_posix/reset_file.hpp"
#include "support/fake_flash.hpp"
#include "support/fake_reset_memory.hpp"
#include "support/temp_directory.hpp"

namespace airlift {
namespace {

using testing::FakeResetMemory;
using testing::TempDirectory;

/// The same memory as another run of the device sees it.
struct FakePlace {
  FakeResetMemory memory;
  FakeResetMemory& open() { return memory; }
};
struct FilePlace {
  TempDirectory directory;
  std::string path{directory.path() + "/resets"};
  posix::ResetFile open() { return posix::ResetFile{path}; }
};
struct FlashPlace {
  testing::FakeFlash flash{{4096, 1024, 4}};
  boot::FlashResetMemory open() { return {flash, {1024, 2048}}; }
};

template <typename Place>
class ResetMemoryContract : public ::testing::Test {
 protected:
  Place place_;
};
using Places = ::testing::Types<FakePlace, FilePlace, FlashPlace>;
TYPED_TEST_SUITE(ResetMemoryContract, Places);

TYPED_TEST(ResetMemoryContract, IsZeroAtFirst) {
  EXPECT_EQ(this->place_.open().read(), 0);
}

TYPED_TEST(ResetMemoryContract, KeepsEachNumberForTheNextRun) {
  for (const int number : {1, 2, 255, 99, 0, 3}) {
    ASSERT_TRUE(this->place_.open().write(static_cast<std::uint8_t>(number)).ok());
    EXPECT_EQ(this->place_.open().read(), number);
  }
}

TEST(ResetFile, IsItsOwnersOnly) {
  FilePlace place;
  ASSERT_TRUE(place.open().write(1).ok());
  struct stat facts {};
  ASSERT_EQ(::stat(place.path.c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 0777U, 0600U);
}

TEST(ResetFile, TakesWhatCannotBeForNothing) {
  for (const char* text : {"", "\n", "abc\n", "256\n", "-01\n", "1 \n"}) {
    FilePlace place;
    std::ofstream{place.path} << text;
    EXPECT_EQ(place.open().read(), 0) << text;
    ASSERT_TRUE(place.open().write(2).ok());
    EXPECT_EQ(place.open().read(), 2) << text;
  }
}

TEST(ResetFile, SaysWhenItCannotBeWritten) {
  const TempDirectory directory;
  EXPECT_EQ(posix::ResetFile{directory.path() + "/missing/resets"}.write(1).error(),
            UpdateError::storage_failed);
}

}  // namespace
}  // namespace airlift
