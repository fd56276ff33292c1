#include "airlift/boot/history.hpp"

#include <gtest/gtest.h>

#include "airlift/base/endian.hpp"
#include "support/slots.hpp"

namespace airlift::boot {
namespace {

using testing::FakeFlash;
using testing::Storage;
using testing::test_image;

constexpr std::uint32_t sector_bytes{1024};  // six entries
constexpr Area area{sector_bytes, 4 * sector_bytes};

HistoryEntry entry_with(std::string_view version) {
  HistoryEntry entry;
  entry.to_version = image::VersionText{version};
  return entry;
}

struct Journal : ::testing::Test {
  [[nodiscard]] RecentUpdates after_restart() {
    History fresh{flash, area};
    fresh.load();
    return fresh.recent();
  }

  void add(std::string_view version) {
    HistoryEntry entry = entry_with(version);
    ASSERT_TRUE(history.add(entry).ok());
  }

  FakeFlash flash{{6 * sector_bytes, sector_bytes, 4}};
  History history{flash, area};
};

TEST(HistoryEntry, HasTheDocumentedBytesAndReadsThemBack) {
  HistoryEntry entry = entry_with("2.0");
  entry.sequence = 5;
  entry.number = 3;
  entry.kind = image::Kind::filesystem;
  entry.result = UpdateResult::rolled_back;
  entry.cause = UpdateError::not_confirmed;
  entry.slot = SlotId::b;
  entry.time_s = 1'800'000'000;
  entry.from = {1};
  entry.to = {2};
  entry.from_version = image::VersionText{"1.0.0"};
  entry.source = SourceText{"upload 192.0.2.1"};
  const HistoryEntryBytes bytes = encode(entry);
  EXPECT_EQ(as_text(Bytes{bytes}.first(2)), "AH");
  EXPECT_EQ(bytes[3], 1);
  EXPECT_EQ(load_le32(&bytes[4]), 5U);
  EXPECT_EQ(load_le32(&bytes[8]), 3U);
  EXPECT_EQ(bytes[12], 3);
  EXPECT_EQ(bytes[13], 70);
  EXPECT_EQ(bytes[14], 5);
  EXPECT_EQ(bytes[15], 3);
  EXPECT_EQ(load_le64(&bytes[16]), 1'800'000'000U);
  EXPECT_EQ(bytes[24], 1);
  EXPECT_EQ(bytes[32], 2);
  EXPECT_EQ(as_text({&bytes[40], 5}), "1.0.0");
  EXPECT_EQ(as_text({&bytes[72], 3}), "2.0");
  EXPECT_EQ(as_text({&bytes[105], bytes[104]}), "upload 192.0.2.1");
  EXPECT_EQ(bytes[152], 1);
  const Result<HistoryEntry> read = decode(bytes);
  ASSERT_TRUE(read.ok());
  EXPECT_EQ(encode(read.value()), bytes);
}

TEST(HistoryEntry, RefusesEverySingleFlippedBit) {
  const HistoryEntryBytes good = encode(entry_with("2.0"));
  for (std::size_t bit = 0; bit < 8 * good.size(); ++bit) {
    HistoryEntryBytes bad = good;
    bad[bit / 8] = static_cast<std::uint8_t>(bad[bit / 8] ^ 1 << bit % 8);
    EXPECT_FALSE(decode(bad).ok()) << "bit " << bit;
  }
}

TEST_F(Journal, KeepsTheLastSixteenNewestFirst) {
  history.load();
  for (int i = 1; i <= 100; ++i) add(std::to_string(i));
  const RecentUpdates updates = after_restart();
  ASSERT_EQ(updates.count, 16U);
  for (std::size_t i = 0; i < 16; ++i) {
    EXPECT_EQ(updates.entries[i].to_version.view(), std::to_string(100 - i));
    EXPECT_EQ(updates.entries[i].number, 100 - i);
  }
}

TEST_F(Journal, KeepsSixteenUpdatesOfThreeEntriesWhereThereIsRoomForThem) {
  constexpr Area large{0, 12 * sector_bytes};
  FakeFlash roomy{{12 * sector_bytes, sector_bytes, 4}};
  History journal{roomy, large};
  journal.load();
  for (int i = 1; i <= 50; ++i) {
    HistoryEntry entry = entry_with(std::to_string(i));
    ASSERT_TRUE(journal.add(entry).ok());
    ASSERT_TRUE(journal.amend(entry).ok());
    entry.result = UpdateResult::confirmed;
    ASSERT_TRUE(journal.amend(entry).ok());
  }
  const RecentUpdates updates = journal.recent();
  ASSERT_EQ(updates.count, 16U);
  for (const HistoryEntry& update : updates.view()) EXPECT_EQ(update.result, UpdateResult::confirmed);
}

TEST_F(Journal, GoesOnAfterARestart) {
  for (int i = 1; i <= 40; ++i) {
    History again{flash, area};
    again.load();
    HistoryEntry entry = entry_with(std::to_string(i));
    ASSERT_TRUE(again.add(entry).ok());
    EXPECT_EQ(entry.number, static_cast<std::uint32_t>(i));
  }
  EXPECT_EQ(after_restart().entries[0].to_version.view(), "40");
}

TEST_F(Journal, ATornEntryCostsItselfOnly) {
  history.load();
  add("1");
  flash.fail_change(1, FakeFlash::Fault::power_cut);
  HistoryEntry torn = entry_with("2");
  EXPECT_FALSE(history.add(torn).ok());
  flash.restore_power();
  History again{flash, area};
  again.load();
  HistoryEntry next = entry_with("3");
  ASSERT_TRUE(again.add(next).ok());
  const RecentUpdates updates = after_restart();
  ASSERT_EQ(updates.count, 2U);
  EXPECT_EQ(updates.entries[0].to_version.view(), "3");
  EXPECT_EQ(updates.entries[1].to_version.view(), "1");
}

TEST_F(Journal, PassesOverASectorThatCannotBeWritten) {
  history.load();
  add("1");
  flash.fail_change(1, FakeFlash::Fault::refuse);
  add("2");  // went to the next sector
  EXPECT_EQ(after_restart().entries[0].to_version.view(), "2");
}

TEST_F(Journal, WithoutAnAreaKeepsNothing) {
  History none{flash, {}};
  none.load();
  HistoryEntry entry = entry_with("1");
  EXPECT_TRUE(none.add(entry).ok());
  EXPECT_EQ(none.recent().count, 0U);
  EXPECT_EQ(flash.changes(), 0U);
}

TEST_F(Journal, NeverReadsOrWritesOutsideItsArea) {
  std::fill(flash.memory.begin(), flash.memory.begin() + sector_bytes, std::uint8_t{0x55});
  std::fill(flash.memory.end() - sector_bytes, flash.memory.end(), std::uint8_t{0x55});
  history.load();
  for (int i = 0; i < 60; ++i) add("x");
  EXPECT_EQ(std::count(flash.memory.begin(), flash.memory.begin() + sector_bytes, 0x55), sector_bytes);
  EXPECT_EQ(std::count(flash.memory.end() - sector_bytes, flash.memory.end(), 0x55), sector_bytes);
}

TEST_F(Journal, TakesSeveralSectorsForAnEntryWhereTheyAreSmall) {
  constexpr std::uint32_t small{128};
  constexpr std::uint32_t free{2 * small};
  FakeFlash fine{{40 * small, small, 4}};
  const Area inside{free, 37 * small};  // 18 pages of two sectors, and one that is left over
  History journal{fine, inside};
  journal.load();
  for (int i = 0; i < 60; ++i) {
    HistoryEntry entry = entry_with(std::to_string(i));
    ASSERT_TRUE(journal.add(entry).ok());
  }
  History fresh{fine, inside};
  fresh.load();
  const RecentUpdates updates = fresh.recent();
  ASSERT_EQ(updates.count, RecentUpdates::most);
  EXPECT_EQ(updates.entries[0].to_version.view(), "59");
  EXPECT_EQ(updates.entries[15].to_version.view(), "44");
  EXPECT_EQ(std::count(fine.memory.begin(), fine.memory.begin() + free, 0xFF), free);
  EXPECT_EQ(std::count(fine.memory.end() - 2 * small, fine.memory.end(), 0xFF), 2 * small);
}

TEST_F(Journal, StaysInItsAreaWhenItWasNeverLoaded) {
  std::fill(flash.memory.begin(), flash.memory.begin() + sector_bytes, std::uint8_t{0x55});
  add("x");
  EXPECT_EQ(std::count(flash.memory.begin(), flash.memory.begin() + sector_bytes, 0x55), sector_bytes);
}

TEST_F(Journal, KeepsNothingInAnAreaThatIsTooSmallForAnEntry) {
  FakeFlash fine{{4 * 128, 128, 4}};
  History journal{fine, {128, 128}};
  journal.load();
  HistoryEntry entry = entry_with("1");
  EXPECT_TRUE(journal.add(entry).ok());
  EXPECT_EQ(fine.changes(), 0U);
}

struct Settling : ::testing::Test {
  [[nodiscard]] HistoryEntry newest() {
    EXPECT_TRUE(storage.history.settle(storage.store.record()).ok());
    const RecentUpdates updates = storage.history.recent();
    return updates.count == 0 ? HistoryEntry{} : updates.entries[0];
  }
  Storage storage;
};

TEST_F(Settling, AConfirmedImageIsNotedOnce) {
  ASSERT_EQ(storage.install(test_image(500, 1)), UpdateError::none);
  EXPECT_EQ(newest().result, UpdateResult::confirmed);
  const std::size_t changes = storage.flash.changes();
  EXPECT_EQ(newest().result, UpdateResult::confirmed);
  EXPECT_EQ(storage.flash.changes(), changes);
}

TEST_F(Settling, AnImageOnTrialIsOpenUntilItIsDecided) {
  ASSERT_EQ(storage.install(test_image(500, 1)), UpdateError::none);
  ASSERT_EQ(storage.upload(test_image(500, 2)), UpdateError::none);
  EXPECT_EQ(newest().result, UpdateResult::installed);
  ASSERT_TRUE(storage.boot(1).ok());
  EXPECT_EQ(newest().result, UpdateResult::installed);
  ASSERT_TRUE(storage.store.note_failure(UpdateError::application_exited).ok());
  ASSERT_TRUE(storage.boot(1).ok());
  EXPECT_EQ(newest().result, UpdateResult::rolled_back);
  EXPECT_EQ(newest().cause, UpdateError::application_exited);
}

TEST_F(Settling, TheSameImageAgainIsNotTakenForItsElder) {
  ASSERT_EQ(storage.install(test_image(500, 1)), UpdateError::none);
  EXPECT_EQ(newest().result, UpdateResult::confirmed);
  ASSERT_EQ(storage.upload(test_image(500, 1)), UpdateError::none);
  EXPECT_EQ(newest().result, UpdateResult::installed);
}

TEST_F(Settling, AnImageReplacedBeforeItStartedIsGivenUp) {
  ASSERT_EQ(storage.upload(test_image(500, 1)), UpdateError::none);
  ASSERT_EQ(storage.upload(test_image(500, 2)), UpdateError::none);
  EXPECT_EQ(newest().result, UpdateResult::installed);
  const RecentUpdates updates = storage.history.recent();
  ASSERT_EQ(updates.count, 2U);
  EXPECT_EQ(updates.entries[1].result, UpdateResult::rolled_back);
  EXPECT_EQ(updates.entries[1].cause, UpdateError::cancelled);
}

TEST_F(Settling, AFailedUploadIsNotedWithItsCause) {
  update::Announcement announcement = testing::announcement_of(test_image(500, 2));
  announcement.source = SourceText{"upload 192.0.2.1"};
  announcement.time_s = 42;
  (*announcement.md5)[0] ^= 1;
  ASSERT_TRUE(storage.updater.begin(announcement).ok());
  testing::feed(storage.updater, test_image(500, 2));
  const HistoryEntry entry = newest();
  EXPECT_EQ(entry.result, UpdateResult::failed);
  EXPECT_EQ(entry.cause, UpdateError::digest_mismatch);
  EXPECT_EQ(entry.source.view(), "upload 192.0.2.1");
  EXPECT_EQ(entry.time_s, 42U);
}

}  // namespace
}  // namespace airlift::boot
