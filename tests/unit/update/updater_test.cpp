#include "airlift/update/updater.hpp"

#include <gtest/gtest.h>

#include "support/slots.hpp"

namespace airlift::update {
namespace {

using boot::SlotId;
using boot::SlotState;
using image::Kind;
using testing::announcement_of;
using testing::FakeFlash;
using testing::feed;
using testing::Storage;
using testing::test_firmware_bytes;
using testing::test_image;
using testing::test_sector_bytes;

constexpr auto tail_bytes = static_cast<std::uint32_t>(image::longest_trailer_bytes);

TEST(Updater, InstallsImagesOfEverySizeAroundTheBoundaries) {
  for (const std::uint32_t size : {1U, 4U, tail_bytes - 1, tail_bytes, tail_bytes + 1, test_sector_bytes - 1,
                                   test_sector_bytes, test_sector_bytes + 1, test_sector_bytes + tail_bytes,
                                   3 * test_sector_bytes, test_firmware_bytes - 1, test_firmware_bytes}) {
    Storage storage;
    ASSERT_EQ(storage.install(test_image(size)), UpdateError::none) << size;
    EXPECT_EQ(storage.active_image(), test_image(size));
  }
}

TEST(Updater, TheCutOfTheBytesMakesNoDifference) {
  const std::string image = test_image(2111);
  for (const std::size_t piece : {1U, 2U, 13U, test_sector_bytes - 1, test_sector_bytes, 5000U}) {
    Storage storage;
    ASSERT_TRUE(storage.updater.begin(announcement_of(image)).ok());
    feed(storage.updater, image, piece);
    EXPECT_EQ(storage.updater.phase(), Updater::Phase::done);
    EXPECT_EQ(storage.image_in(Kind::firmware, SlotId::a), image) << "pieces of " << piece;
  }
}

TEST(Updater, RefusesWhatDoesNotFitBeforeAnythingIsWritten) {
  Storage storage;
  EXPECT_EQ(storage.upload(test_image(test_firmware_bytes + tail_bytes + 1)), UpdateError::no_space);
  EXPECT_EQ(storage.upload(test_image(testing::test_filesystem_bytes + tail_bytes + 1), Kind::filesystem),
            UpdateError::no_space);
  EXPECT_EQ(storage.upload(""), UpdateError::bad_size);
  EXPECT_EQ(storage.flash.changes(), 0U);
  EXPECT_EQ(storage.updater.room().size(), 0U);
}

TEST(Updater, AnImageTooLargeByLessThanATrailerIsFoundOutOnTheWay) {
  Storage storage;
  ASSERT_EQ(storage.install(test_image(500, 1)), UpdateError::none);
  EXPECT_EQ(storage.upload(test_image(test_firmware_bytes + 1)), UpdateError::no_space);
  EXPECT_EQ(storage.active_image(), test_image(500, 1));
  EXPECT_FALSE(storage.store.record().has_candidate());
}

TEST(Updater, AWrongMd5KeepsTheOldImage) {
  Storage storage;
  ASSERT_EQ(storage.install(test_image(500, 1)), UpdateError::none);
  Announcement announcement = announcement_of(test_image(500, 2));
  (*announcement.md5)[15] ^= 1;
  ASSERT_TRUE(storage.updater.begin(announcement).ok());
  feed(storage.updater, test_image(500, 2));
  EXPECT_EQ(storage.updater.error(), UpdateError::digest_mismatch);
  EXPECT_EQ(storage.active_image(), test_image(500, 1));
  EXPECT_FALSE(storage.store.record().has_candidate());
}

TEST(Updater, WithoutAnAnnouncedMd5NoneIsHeldAgainst) {
  Storage storage;
  Announcement announcement = announcement_of(test_image(500));
  announcement.md5.reset();
  ASSERT_TRUE(storage.updater.begin(announcement).ok());
  feed(storage.updater, test_image(500));
  EXPECT_EQ(storage.updater.phase(), Updater::Phase::done);
}

TEST(Updater, TheSlotIsGivenUpBeforeItIsWritten) {
  Storage storage;
  ASSERT_EQ(storage.install(test_image(500, 1)), UpdateError::none);
  ASSERT_EQ(storage.install(test_image(500, 2)), UpdateError::none);
  ASSERT_TRUE(storage.updater.begin(announcement_of(test_image(500, 3))).ok());
  const boot::BootRecord::Slots& slots = storage.store.record().of(Kind::firmware);
  EXPECT_EQ(slots.at(SlotId::a).state, SlotState::empty);
  EXPECT_EQ(slots.at(SlotId::b).state, SlotState::good);
  EXPECT_EQ(slots.active, SlotId::b);
}

TEST(Updater, TakesNothingWhileAnImageIsOnTrial) {
  Storage storage;
  ASSERT_EQ(storage.install(test_image(500, 1)), UpdateError::none);
  ASSERT_EQ(storage.upload(test_image(500, 2)), UpdateError::none);
  ASSERT_TRUE(storage.boot().ok());
  EXPECT_EQ(storage.updater.check(Kind::filesystem, 100).error(), UpdateError::trial_running);
  EXPECT_EQ(storage.upload(test_image(500, 3)), UpdateError::trial_running);
  ASSERT_TRUE(storage.store.confirm().ok());
  EXPECT_EQ(storage.upload(test_image(500, 3)), UpdateError::none);
}

TEST(Updater, OneStepChangesOneBlockAtMost) {
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
    storage.updater.step();
    EXPECT_LE(storage.flash.erases - erases, 2U)
        << "an image begins behind the header, so a block may enter two";
    EXPECT_LE(storage.flash.programs - programs, 1U);
  }
}

TEST(Updater, FlashFaultsEndInTheirErrorAndKeepTheOldImage) {
  const std::string new_image = test_image(2500, 2);
  bool got_through{false};
  for (std::size_t change = 1; !got_through; ++change) {
    ASSERT_LT(change, 100U);
    for (const auto fault : {FakeFlash::Fault::refuse, FakeFlash::Fault::tear}) {
      Storage storage;
      ASSERT_EQ(storage.install(test_image(700, 1)), UpdateError::none);
      ASSERT_EQ(storage.install(test_image(700, 3)), UpdateError::none);
      storage.flash.fail_change(change, fault);
      const UpdateError error = storage.upload(new_image);
      got_through = storage.flash.changes() > 0 && error == UpdateError::none;
      EXPECT_TRUE(got_through || error == UpdateError::flash_erase || error == UpdateError::flash_write);
      EXPECT_EQ(storage.active_image(), test_image(700, 3));
      EXPECT_EQ(storage.store.record().has_candidate(), got_through);
      storage.flash.restore_power();
      EXPECT_EQ(storage.install(new_image), UpdateError::none) << "after a fault at change " << change;
    }
  }
}

TEST(Updater, ACellThatDoesNotKeepItsValueIsNoticed) {
  Storage storage;
  const std::string image = test_image(700, 2);
  ASSERT_TRUE(storage.updater.begin(announcement_of(image)).ok());
  storage.flash.stuck_bits = 0xFF;
  feed(storage.updater, image);
  EXPECT_EQ(storage.updater.error(), UpdateError::flash_write);
  EXPECT_FALSE(storage.store.record().has_candidate());
}

TEST(Updater, AReadErrorKeepsTheOldImage) {
  Storage storage;
  ASSERT_EQ(storage.install(test_image(700, 1)), UpdateError::none);
  ASSERT_TRUE(storage.updater.begin(announcement_of(test_image(700, 2))).ok());
  storage.flash.fail_read(1);
  feed(storage.updater, test_image(700, 2));
  EXPECT_EQ(storage.updater.error(), UpdateError::flash_read);
  EXPECT_EQ(storage.active_image(), test_image(700, 1));
}

TEST(Updater, AbortKeepsTheOldImageAndABeginStartsAnew) {
  Storage storage;
  ASSERT_EQ(storage.install(test_image(700, 1)), UpdateError::none);
  ASSERT_TRUE(storage.updater.begin(announcement_of(test_image(700, 2))).ok());
  storage.updater.took(100);
  storage.updater.abort(UpdateError::connection_lost);
  EXPECT_EQ(storage.updater.room().size(), 0U);
  EXPECT_EQ(storage.active_image(), test_image(700, 1));
  EXPECT_EQ(storage.history.recent().entries[0].cause, UpdateError::connection_lost);
  EXPECT_EQ(storage.install(test_image(800, 3)), UpdateError::none);
  EXPECT_EQ(storage.active_image(), test_image(800, 3));
}

TEST(Updater, AJournalThatCannotBeWrittenRefusesNothing) {
  Storage storage;
  const boot::Area journal = testing::test_map().history;
  ASSERT_TRUE(storage.updater.begin(announcement_of(test_image(700))).ok());
  storage.flash.broken_from = journal.address;
  storage.flash.broken_to = journal.end();
  feed(storage.updater, test_image(700));
  EXPECT_EQ(storage.updater.phase(), Updater::Phase::done);
}

}  // namespace
}  // namespace airlift::update
