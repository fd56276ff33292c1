#include "airlift/boot/boot_sequence.hpp"

#include <gtest/gtest.h>

#include "support/slots.hpp"

namespace airlift::boot {
namespace {

using image::Kind;
using testing::FakeFlash;
using testing::Storage;
using testing::test_image;
using testing::test_map;

const std::string old_image = test_image(900, 1);
const std::string new_image = test_image(1500, 2);

struct Boot : ::testing::Test {
  /// What a restart starts; the test fails when it cannot even decide.
  BootPlan boot(std::uint8_t most_attempts = default_attempts) {
    const Result<BootPlan> plan = storage.boot(most_attempts);
    EXPECT_TRUE(plan.ok()) << describe(plan.error()).name;
    return plan.value();
  }

  void damage(Kind kind, SlotId slot) {
    storage.flash.memory[storage.store.area(kind, slot).address + slot_header_bytes + 10] ^= 1;
  }

  void lose_all_records() {
    const Area area = test_map().record;
    std::fill_n(storage.flash.memory.begin() + area.address, area.size_bytes, std::uint8_t{0xA5});
  }

  Storage storage;
};

TEST_F(Boot, OfAnEmptyFlashHasNothing) {
  EXPECT_EQ(storage.boot().error(), UpdateError::no_boot_record);
}

TEST_F(Boot, StartsTheActiveImageWithoutWriting) {
  ASSERT_EQ(storage.install(old_image), UpdateError::none);
  const std::size_t changes = storage.flash.changes();
  const BootPlan plan = boot();
  EXPECT_EQ(plan.firmware, SlotId::a);
  EXPECT_EQ(plan.filesystem, SlotId::none);
  EXPECT_FALSE(plan.on_trial);
  EXPECT_EQ(storage.flash.changes(), changes);
}

TEST_F(Boot, CountsEachAttemptThenRollsBack) {
  ASSERT_EQ(storage.install(old_image), UpdateError::none);
  ASSERT_EQ(storage.upload(new_image), UpdateError::none);
  for (std::uint8_t attempt = 1; attempt <= 3; ++attempt) {
    const BootPlan plan = boot(3);
    EXPECT_TRUE(plan.on_trial);
    EXPECT_EQ(plan.firmware, SlotId::b);
    EXPECT_EQ(plan.attempt, attempt);
    SlotStore reloaded{storage.flash, test_map()};
    ASSERT_TRUE(reloaded.load().ok());
    EXPECT_EQ(reloaded.record().attempts, attempt) << "counted before the start";
  }
  const BootPlan plan = boot(3);
  EXPECT_FALSE(plan.on_trial);
  EXPECT_EQ(plan.firmware, SlotId::a);
  EXPECT_EQ(plan.rolled_back, UpdateError::trial_interrupted);
  EXPECT_EQ(boot(3).rolled_back, UpdateError::none) << "told once";
}

TEST_F(Boot, ABootLoaderTriesAsOftenAsWhoInstalledWanted) {
  ASSERT_EQ(storage.install(old_image), UpdateError::none);
  storage.updater.set_attempts(2);
  ASSERT_EQ(storage.upload(new_image), UpdateError::none);
  EXPECT_TRUE(boot(as_installed).on_trial);
  EXPECT_TRUE(boot(as_installed).on_trial);
  EXPECT_EQ(boot(as_installed).rolled_back, UpdateError::trial_interrupted);
}

TEST_F(Boot, ABootLoaderWithoutARecordTriesAsOftenAsByDefault) {
  ASSERT_EQ(storage.install(old_image), UpdateError::none);
  const Area& records = test_map().record;
  ASSERT_TRUE(storage.flash.erase(records.address, records.end()).ok());
  for (std::uint8_t attempt = 1; attempt <= default_attempts; ++attempt) {
    EXPECT_EQ(boot(as_installed).attempt, attempt);
  }
  EXPECT_FALSE(boot(as_installed).on_trial);
}

TEST_F(Boot, TellsTheReasonThatWasNoted) {
  ASSERT_EQ(storage.install(old_image), UpdateError::none);
  ASSERT_EQ(storage.upload(new_image), UpdateError::none);
  ASSERT_TRUE(boot(1).on_trial);
  ASSERT_TRUE(storage.store.note_failure(UpdateError::watchdog_missed).ok());
  EXPECT_EQ(boot(1).rolled_back, UpdateError::watchdog_missed);
  EXPECT_EQ(storage.store.record().of(Kind::firmware).at(SlotId::b).reason, UpdateError::watchdog_missed);
}

TEST_F(Boot, ADamagedCandidateIsNotTried) {
  ASSERT_EQ(storage.install(old_image), UpdateError::none);
  ASSERT_EQ(storage.upload(new_image), UpdateError::none);
  damage(Kind::firmware, SlotId::b);
  const BootPlan plan = boot();
  EXPECT_EQ(plan.firmware, SlotId::a);
  EXPECT_EQ(plan.rolled_back, UpdateError::image_damaged);
}

TEST_F(Boot, ADamagedActiveImageFallsBackToTheOneBefore) {
  ASSERT_EQ(storage.install(old_image), UpdateError::none);
  ASSERT_EQ(storage.install(new_image), UpdateError::none);
  damage(Kind::firmware, SlotId::b);
  const BootPlan plan = boot();
  EXPECT_TRUE(plan.fell_back);
  EXPECT_EQ(plan.firmware, SlotId::a);
  EXPECT_FALSE(boot().fell_back);
}

TEST_F(Boot, WhenNothingElseIsThereTheCandidateStaysAndCanBeReplaced) {
  ASSERT_EQ(storage.install(old_image), UpdateError::none);
  ASSERT_EQ(storage.upload(new_image), UpdateError::none);
  damage(Kind::firmware, SlotId::a);
  EXPECT_TRUE(boot(1).on_trial);
  const BootPlan plan = boot(1);
  EXPECT_FALSE(plan.on_trial);
  EXPECT_EQ(plan.firmware, SlotId::b);
  EXPECT_EQ(plan.kept, UpdateError::trial_interrupted);
  EXPECT_EQ(boot(1).kept, UpdateError::none) << "told once";
  EXPECT_EQ(boot(1).firmware, SlotId::b);
  ASSERT_EQ(storage.install(test_image(800, 5)), UpdateError::none) << "it must not keep new images out";
  EXPECT_EQ(storage.active_image(), test_image(800, 5));
}

TEST_F(Boot, WhatIsKeptUnconfirmedRaisesNothing) {
  ASSERT_TRUE(storage.store.give_up_target(Kind::firmware).ok());
  ASSERT_EQ(storage.upload(new_image), UpdateError::none);
  StagedImage again;
  again.image = storage.store.record().of(Kind::firmware).at(SlotId::a).image;
  again.security_counter = 9;
  ASSERT_TRUE(again.retires.add({1}));
  ASSERT_TRUE(storage.store.stage(Kind::firmware, again).ok());
  EXPECT_TRUE(boot(1).on_trial);
  EXPECT_EQ(boot(1).firmware, SlotId::a);
  EXPECT_EQ(storage.store.record().of(Kind::firmware).active, SlotId::a);
  EXPECT_EQ(storage.store.record().security_floor, 0U);
  EXPECT_EQ(storage.store.record().retired.count, 0U);
  EXPECT_TRUE(storage.history.settle(storage.store.record()).ok());
  EXPECT_EQ(storage.history.recent().entries[0].result, UpdateResult::installed) << "never confirmed";
}

TEST_F(Boot, WithNothingWholeStartsNothingButCanBeUpdated) {
  ASSERT_EQ(storage.install(old_image), UpdateError::none);
  damage(Kind::firmware, SlotId::a);
  EXPECT_EQ(boot().firmware, SlotId::none);
  ASSERT_EQ(storage.upload(new_image), UpdateError::none);
  EXPECT_EQ(boot().firmware, SlotId::b);
}

TEST_F(Boot, ATrialThatCannotGoOnDoesNotKeepNewImagesOut) {
  ASSERT_EQ(storage.install(old_image), UpdateError::none);
  ASSERT_EQ(storage.upload(new_image), UpdateError::none);
  ASSERT_TRUE(boot().on_trial);
  damage(Kind::firmware, SlotId::a);
  damage(Kind::firmware, SlotId::b);
  const BootPlan plan = boot();
  EXPECT_EQ(plan.firmware, SlotId::none);
  EXPECT_EQ(plan.rolled_back, UpdateError::image_damaged);
  EXPECT_EQ(storage.install(new_image), UpdateError::none);
  EXPECT_EQ(storage.active_image(), new_image);
}

TEST_F(Boot, AnAttemptThatCannotBeCountedIsNotMade) {
  ASSERT_EQ(storage.install(old_image), UpdateError::none);
  ASSERT_EQ(storage.upload(new_image), UpdateError::none);
  storage.flash.fail_change(1, FakeFlash::Fault::refuse);
  const BootPlan plan = boot();
  EXPECT_FALSE(plan.on_trial);
  EXPECT_EQ(plan.firmware, SlotId::a);
  EXPECT_EQ(boot().firmware, SlotId::b) << "the next time it can";
}

TEST_F(Boot, ALostFilesystemImageDoesNotStopTheFirmware) {
  ASSERT_EQ(storage.install(old_image), UpdateError::none);
  ASSERT_EQ(storage.install(test_image(300, 3), Kind::filesystem), UpdateError::none);
  EXPECT_EQ(boot().filesystem, SlotId::a);
  damage(Kind::filesystem, SlotId::a);
  EXPECT_EQ(boot().firmware, SlotId::a);
  EXPECT_EQ(boot().filesystem, SlotId::none);
}

TEST_F(Boot, AFilesystemImageAloneIsOnTrialToo) {
  ASSERT_EQ(storage.install(old_image), UpdateError::none);
  ASSERT_EQ(storage.install(test_image(300, 3), Kind::filesystem), UpdateError::none);
  ASSERT_EQ(storage.upload(test_image(400, 4), Kind::filesystem), UpdateError::none);
  EXPECT_EQ(boot(1).filesystem, SlotId::b);
  EXPECT_TRUE(storage.store.record().on_trial());
  const BootPlan plan = boot(1);
  EXPECT_EQ(plan.filesystem, SlotId::a);
  EXPECT_EQ(plan.firmware, SlotId::a);
}

TEST_F(Boot, WhenEveryRecordIsLostTheHeadersTellAndNothingIsTrustedBlindly) {
  ASSERT_EQ(storage.install(old_image), UpdateError::none);
  ASSERT_EQ(storage.install(new_image), UpdateError::none);
  lose_all_records();
  const BootPlan plan = boot(1);
  EXPECT_TRUE(plan.on_trial);
  EXPECT_TRUE(plan.recovered);
  EXPECT_EQ(plan.firmware, SlotId::b) << "the newer one";
  EXPECT_EQ(boot(1).firmware, SlotId::a) << "which was not confirmed";
}

TEST_F(Boot, TheRecordMayBeLostMoreThanOnce) {
  for (unsigned i = 0; i < 9; ++i) ASSERT_EQ(storage.install(test_image(500, i)), UpdateError::none);
  for (unsigned i = 10; i < 14; ++i) {
    lose_all_records();
    ASSERT_TRUE(boot().on_trial);
    ASSERT_TRUE(storage.store.confirm().ok());
    ASSERT_EQ(storage.install(test_image(600, i)), UpdateError::none);
    EXPECT_EQ(storage.active_image(), test_image(600, i));
    lose_all_records();
    ASSERT_TRUE(boot().on_trial);
    ASSERT_TRUE(storage.store.confirm().ok());
    EXPECT_EQ(storage.active_image(), test_image(600, i)) << "the newest header, also after an earlier loss";
  }
}

TEST_F(Boot, AFirstImageThatCannotBeCountedStartsWithoutATrial) {
  ASSERT_EQ(storage.upload(new_image), UpdateError::none);
  storage.flash.fail_change(1, FakeFlash::Fault::refuse);
  const BootPlan plan = boot();
  EXPECT_EQ(plan.firmware, SlotId::a);
  EXPECT_FALSE(plan.on_trial);
  EXPECT_TRUE(boot().on_trial);
}

TEST_F(Boot, OneRecordLeftIsEnough) {
  ASSERT_EQ(storage.install(old_image), UpdateError::none);
  const std::uint32_t sequence = storage.store.record().sequence;
  const Area area = test_map().record;
  for (std::uint32_t at = area.address; at < area.end(); at += testing::test_sector_bytes) {
    BootRecordBytes bytes{};
    std::copy_n(&storage.flash.memory[at], bytes.size(), bytes.begin());
    BootRecord copy;
    if (decode(bytes, copy).ok() && copy.sequence == sequence) continue;
    std::fill_n(storage.flash.memory.begin() + at, testing::test_sector_bytes, std::uint8_t{0});
  }
  EXPECT_EQ(boot().firmware, SlotId::a);
}

TEST_F(Boot, HalfAnImageIsNeverAdopted) {
  ASSERT_TRUE(storage.updater.begin(testing::announcement_of(new_image)).ok());
  const MutableBytes room = storage.updater.room();
  std::copy_n(new_image.begin(), 700, room.begin());
  lose_all_records();
  EXPECT_EQ(storage.boot().error(), UpdateError::no_boot_record);
}

}  // namespace
}  // namespace airlift::boot
