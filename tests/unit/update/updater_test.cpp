#include "airlift/update/updater.hpp"

#include <gtest/gtest.h>

#include "support/slots.hpp"

namespace airlift::update {
namespace {

using testing::announcement_of;
using testing::FakeFlash;
using testing::feed;
using testing::Storage;
using testing::test_image;
using testing::test_sector_bytes;
using testing::test_slots;

TEST(Updater, InstallsImagesOfEverySizeAroundTheSectorBoundaries) {
  for (const std::uint32_t size : {1U, 4U, test_sector_bytes - 1, test_sector_bytes, test_sector_bytes + 1,
                                   3 * test_sector_bytes, test_slots.firmware_bytes}) {
    Storage storage;
    ASSERT_EQ(storage.install(test_image(size)), UpdateError::none) << size;
    EXPECT_EQ(storage.active_image(), test_image(size));
  }
}

TEST(Updater, TheCutOfTheBytesMakesNoDifference) {
  const std::string image = test_image(1111);
  for (const std::size_t piece : {1U, 2U, 13U, test_sector_bytes - 1, test_sector_bytes, 5000U}) {
    Storage storage;
    ASSERT_TRUE(storage.updater.begin(announcement_of(image)).ok());
    feed(storage.updater, image, piece);
    EXPECT_EQ(storage.updater.phase(), Updater::Phase::done);
    EXPECT_EQ(storage.active_image(), image) << "pieces of " << piece;
  }
}

TEST(Updater, RefusesWhatDoesNotFitBeforeAnythingIsWritten) {
  Storage storage;
  const std::size_t before = storage.flash.changes();
  EXPECT_EQ(storage.install(test_image(test_slots.firmware_bytes + 1)), UpdateError::no_space);
  EXPECT_EQ(storage.install(test_image(test_slots.filesystem_bytes + 1), image::Kind::filesystem),
            UpdateError::no_space);
  EXPECT_EQ(storage.install(""), UpdateError::bad_size);
  EXPECT_EQ(storage.flash.changes(), before);
  EXPECT_EQ(storage.updater.room().size(), 0U);
}

TEST(Updater, AWrongMd5KeepsTheOldImage) {
  Storage storage;
  ASSERT_EQ(storage.install(test_image(500, 1)), UpdateError::none);
  Announcement announcement = announcement_of(test_image(500, 2));
  announcement.md5[15] ^= 1;
  ASSERT_TRUE(storage.updater.begin(announcement).ok());
  feed(storage.updater, test_image(500, 2));
  EXPECT_EQ(storage.updater.error(), UpdateError::digest_mismatch);
  EXPECT_EQ(storage.active_image(), test_image(500, 1));
}

TEST(Updater, OneStepChangesOneSectorAtMost) {
  Storage storage;
  const std::string image = test_image(5 * test_sector_bytes + 10);
  ASSERT_TRUE(storage.updater.begin(announcement_of(image)).ok());
  std::string_view rest{image};
  while (storage.updater.phase() != Updater::Phase::committing) {
    const MutableBytes room = storage.updater.room();
    const std::size_t count = std::min(room.size(), rest.size());
    std::copy_n(rest.begin(), count, room.begin());
    if (count > 0) storage.updater.took(count);
    rest.remove_prefix(count);
    const std::size_t erases = storage.flash.erases;
    const std::size_t programs = storage.flash.programs;
    const std::size_t reads = storage.flash.reads;
    storage.updater.step();
    EXPECT_LE(storage.flash.erases - erases, 1U);
    EXPECT_LE(storage.flash.programs - programs, 1U);
    EXPECT_LE(storage.flash.reads - reads, 1U);
  }
}

TEST(Updater, FlashFaultsEndInTheirErrorAndKeepTheOldImage) {
  for (std::size_t change = 1; change <= 6; ++change) {  // three sectors: erase and program each
    Storage storage;
    ASSERT_EQ(storage.install(test_image(700, 1)), UpdateError::none);
    storage.flash.fail_change(change, FakeFlash::Fault::tear);
    EXPECT_EQ(storage.install(test_image(700, 2)),
              change % 2 == 1 ? UpdateError::flash_erase : UpdateError::flash_write);
    EXPECT_EQ(storage.active_image(), test_image(700, 1));
    EXPECT_EQ(storage.install(test_image(700, 2)), UpdateError::none);
  }
}

TEST(Updater, AReadErrorWhileVerifyingKeepsTheOldImage) {
  Storage storage;
  ASSERT_EQ(storage.install(test_image(700, 1)), UpdateError::none);
  storage.flash.fail_read(2);
  EXPECT_EQ(storage.install(test_image(700, 2)), UpdateError::flash_read);
  EXPECT_EQ(storage.active_image(), test_image(700, 1));
}

TEST(Updater, ACellThatDoesNotKeepItsValueIsNoticed) {
  Storage storage;
  const std::string image = test_image(700, 2);
  ASSERT_TRUE(storage.updater.begin(announcement_of(image)).ok());
  const std::uint32_t address = storage.store.area(image::Kind::firmware, boot::SlotId::a).address;
  std::string_view rest{image};
  while (storage.updater.phase() != Updater::Phase::failed &&
         storage.updater.phase() != Updater::Phase::done) {
    const MutableBytes room = storage.updater.room();
    const std::size_t count = std::min(room.size(), rest.size());
    std::copy_n(rest.begin(), count, room.begin());
    if (count > 0) storage.updater.took(count);
    rest.remove_prefix(count);
    storage.updater.step();
    if (storage.updater.phase() == Updater::Phase::verifying) storage.flash.memory[address + 100] ^= 0x10;
  }
  EXPECT_EQ(storage.updater.error(), UpdateError::flash_write);
  EXPECT_EQ(storage.store.record().of(image::Kind::firmware).active, boot::SlotId::none);
}

TEST(Updater, AbortKeepsTheOldImageAndABeginStartsAnew) {
  Storage storage;
  ASSERT_EQ(storage.install(test_image(700, 1)), UpdateError::none);
  ASSERT_TRUE(storage.updater.begin(announcement_of(test_image(700, 2))).ok());
  storage.updater.took(100);
  storage.updater.abort();
  EXPECT_EQ(storage.updater.room().size(), 0U);
  EXPECT_EQ(storage.active_image(), test_image(700, 1));
  EXPECT_EQ(storage.install(test_image(800, 3)), UpdateError::none);
  EXPECT_EQ(storage.active_image(), test_image(800, 3));
}

}  // namespace
}  // namespace airlift::update
