#include "airlift/boot/record_store.hpp"

#include <gtest/gtest.h>

#include "support/fake_flash.hpp"

namespace airlift::boot {
namespace {

using testing::FakeFlash;

constexpr std::uint32_t sector_bytes{1024};
constexpr Area area{0, 4 * sector_bytes};

BootRecord record_with(std::uint8_t attempts) {
  BootRecord record;
  record.attempts = attempts;
  return record;
}

struct Records : ::testing::Test {
  /// What a restart finds: its attempts, or -1.
  int found() {
    RecordStore fresh{flash, area};
    BootRecord record;
    return fresh.load(record).ok() ? record.attempts : -1;
  }

  Status save(std::uint8_t attempts) {
    BootRecord record = record_with(attempts);
    return store.save(record);
  }

  FakeFlash flash{{8 * sector_bytes, sector_bytes, 4}};
  RecordStore store{flash, area};
};

TEST_F(Records, AnErasedFlashHasNone) {
  BootRecord record;
  EXPECT_EQ(store.load(record).error(), UpdateError::no_boot_record);
}

TEST_F(Records, TheLastSavedIsFound) {
  for (std::uint8_t i = 1; i < 20; ++i) {
    ASSERT_TRUE(save(i).ok());
    EXPECT_EQ(found(), i);
  }
}

TEST_F(Records, WearIsSpreadOverAllCopies) {
  for (std::uint8_t i = 0; i < 8; ++i) ASSERT_TRUE(save(i).ok());
  EXPECT_EQ(flash.erases, 8U);
  for (std::uint32_t copy = 0; copy < 4; ++copy) EXPECT_EQ(flash.memory[copy * sector_bytes], 'A');
}

TEST_F(Records, WhatTheRecordNamesIsOnTheMediumFirst) {
  flash.fail_change(1, FakeFlash::Fault::refuse);
  EXPECT_EQ(save(1).error(), UpdateError::flash_write);
  EXPECT_EQ(flash.flushes, 1U);
  EXPECT_EQ(flash.erases + flash.programs, 0U);
}

TEST_F(Records, ACutAtAnyChangeLeavesTheOldOrTheNew) {
  for (std::size_t cut = 1; cut <= 4; ++cut) {
    ASSERT_TRUE(save(1).ok());
    flash.fail_change(cut, FakeFlash::Fault::power_cut);
    EXPECT_EQ(save(2).error(), UpdateError::flash_write) << cut;
    flash.restore_power();
    EXPECT_TRUE(found() == 1 || (cut == 4 && found() == 2)) << "cut at change " << cut;
  }
}

TEST_F(Records, ASectorThatCannotBeWrittenCostsItsCopyOnly) {
  ASSERT_TRUE(save(1).ok());
  for (const auto nth : {2U, 3U}) {  // erase, program
    flash.fail_change(nth, FakeFlash::Fault::tear);
    ASSERT_TRUE(save(2).ok());
    EXPECT_EQ(found(), 2);
    ASSERT_TRUE(save(1).ok());
  }
}

TEST_F(Records, ACopyThatMayNotBeOnTheMediumIsTakenBack) {
  ASSERT_TRUE(save(1).ok());
  flash.fail_change(4, FakeFlash::Fault::refuse);  // complete, but the flush behind it fails
  ASSERT_TRUE(save(2).ok());
  EXPECT_EQ(found(), 2);
  EXPECT_EQ(flash.memory[1 * sector_bytes], 0xFF) << "the one that failed";
  EXPECT_EQ(flash.memory[2 * sector_bytes], 'A') << "the next one took it";
}

TEST_F(Records, TheNewestWinsWhenTheSequenceWraps) {
  BootRecord record = record_with(1);
  record.sequence = 0xFFFFFFFF;
  ASSERT_TRUE(flash.program(sector_bytes, encode(record)).ok());
  EXPECT_EQ(found(), 1);
  BootRecord loaded;
  ASSERT_TRUE(store.load(loaded).ok());
  ASSERT_TRUE(save(2).ok());
  EXPECT_EQ(found(), 2);
  ASSERT_TRUE(save(3).ok());
  EXPECT_EQ(found(), 3);
}

TEST_F(Records, OneUnreadableCopyDoesNotHideTheOthers) {
  ASSERT_TRUE(save(1).ok());
  flash.fail_read(2);
  EXPECT_EQ(found(), 1);
  flash.fail_read(1);
  EXPECT_EQ(found(), -1);
  flash.fail_read(1);
  RecordStore fresh{flash, area};
  BootRecord record;
  EXPECT_EQ(fresh.load(record).error(), UpdateError::flash_read) << "which is not: there is none";
}

TEST_F(Records, NeedRoomForThreeCopies) {
  RecordStore two{flash, {0, 2 * sector_bytes}};
  BootRecord record;
  EXPECT_EQ(two.load(record).error(), UpdateError::flash_misuse);
}

TEST(RecordStore, ACopyMayTakeSeveralSmallSectors) {
  FakeFlash flash{{64 * 128, 128, 4}};
  RecordStore store{flash, {128, 20 * 128}};  // three copies of six sectors, two left over
  BootRecord record = record_with(7);
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(store.save(record).ok());
  EXPECT_EQ(flash.erases, 30U);
  EXPECT_EQ(flash.memory[0], 0xFF);
  EXPECT_EQ(flash.memory[128 + 18 * 128], 0xFF);
  RecordStore fresh{flash, {128, 20 * 128}};
  ASSERT_TRUE(fresh.load(record).ok());
  EXPECT_EQ(record.attempts, 7);
}

}  // namespace
}  // namespace airlift::boot
