#include "airlift/boot/slot_store.hpp"

#include <gtest/gtest.h>

#include "support/slots.hpp"

namespace airlift::boot {
namespace {

using image::Kind;
using testing::FakeFlash;
using testing::Storage;
using testing::test_image;
using testing::test_map;
using testing::test_sector_bytes;

constexpr crypto::KeyId some_key{1, 2, 3, 4, 5, 6, 7, 8};

StagedImage staged(std::string_view content, std::uint64_t bundle_id = 0) {
  StagedImage image;
  image.image = {static_cast<std::uint32_t>(content.size()), crypto::sha256(as_bytes(content))};
  image.version = image::VersionText{content};
  image.bundle_id = bundle_id;
  return image;
}

struct Slots : ::testing::Test {
  [[nodiscard]] const BootRecord::Slots& of(Kind kind) const { return store.record().of(kind); }

  /// `content` is staged, started and confirmed.
  void install(Kind kind, std::string_view content) {
    ASSERT_TRUE(store.give_up_target(kind).ok());
    ASSERT_TRUE(store.stage(kind, staged(content)).ok());
    ASSERT_TRUE(store.count_attempt().ok());
    ASSERT_TRUE(store.confirm().ok());
  }

  Storage storage;
  SlotStore& store{storage.store};
};

TEST(FlashMap, AreasFillTheFlashWithoutOverlap) {
  Storage storage;
  EXPECT_TRUE(check(test_map(), storage.flash).ok());
  std::uint32_t next = 8 * test_sector_bytes;
  for (const Kind kind : {Kind::firmware, Kind::filesystem}) {
    for (const SlotId slot : {SlotId::a, SlotId::b}) {
      const Area area = storage.store.area(kind, slot);
      EXPECT_EQ(area.address, next);
      next = area.end();
    }
  }
  EXPECT_EQ(next, storage.flash.geometry().size_bytes);
  EXPECT_EQ(storage.store.capacity_bytes(Kind::firmware), testing::test_firmware_bytes);
  EXPECT_EQ(storage.store.capacity_bytes(Kind::filesystem), testing::test_filesystem_bytes);
}

TEST(FlashMap, IsRefusedWhenItDoesNotFitTheFlash) {
  FakeFlash flash{testing::test_geometry()};
  const auto error_of = [&](auto change) {
    FlashMap map = test_map();
    change(map);
    return SlotStore{flash, map}.load().error();
  };
  EXPECT_EQ(error_of([](FlashMap&) {}), UpdateError::no_boot_record);
  EXPECT_EQ(error_of([](FlashMap& map) { map.slots[1][1].size_bytes += test_sector_bytes; }),
            UpdateError::flash_misuse);
  EXPECT_EQ(error_of([](FlashMap& map) { map.slots[0][1].address += 4; }), UpdateError::flash_misuse);
  EXPECT_EQ(error_of([](FlashMap& map) { map.history.size_bytes -= 4; }), UpdateError::flash_misuse);
  EXPECT_EQ(error_of([](FlashMap& map) { map.history.address -= test_sector_bytes; }),
            UpdateError::flash_misuse);
  EXPECT_EQ(error_of([](FlashMap& map) { map.slots[1][0].address = 0xFFFFFC00; }), UpdateError::flash_misuse);
  EXPECT_EQ(error_of([](FlashMap& map) { map.history = {}; }), UpdateError::no_boot_record);
}

TEST(FlashMap, IsRefusedForAWriteUnitThatRecordsAreNoMultipleOf) {
  port::FlashGeometry geometry = testing::test_geometry();
  geometry.write_align_bytes = largest_write_unit_bytes;
  FakeFlash fits{geometry};
  EXPECT_TRUE(check(test_map(), fits).ok());
  geometry.write_align_bytes = 2 * largest_write_unit_bytes;
  FakeFlash does_not{geometry};
  EXPECT_EQ(check(test_map(), does_not).error(), UpdateError::flash_misuse);
}

TEST_F(Slots, AConfirmedImageIsActiveAndTheOneBeforeStays) {
  for (unsigned i = 0; i < 5; ++i) {
    const std::string name = "version " + std::to_string(i);
    install(Kind::firmware, name);
    const SlotId expected = i % 2 == 0 ? SlotId::a : SlotId::b;
    EXPECT_EQ(of(Kind::firmware).active, expected);
    EXPECT_EQ(of(Kind::firmware).candidate, SlotId::none);
    EXPECT_EQ(of(Kind::firmware).at(expected).version.view(), name);
    EXPECT_EQ(of(Kind::firmware).at(expected).state, SlotState::good);
    EXPECT_EQ(of(Kind::firmware).at(other(expected)).state, i > 0 ? SlotState::good : SlotState::empty);
    SlotStore reloaded{storage.flash, test_map()};
    ASSERT_TRUE(reloaded.load().ok());
    EXPECT_EQ(encode(reloaded.record()), encode(store.record()));
  }
}

TEST_F(Slots, AStagedImageIsTriedNextAndCountedBefore) {
  install(Kind::firmware, "old");
  ASSERT_TRUE(store.stage(Kind::firmware, staged("new")).ok());
  EXPECT_FALSE(store.record().on_trial());
  EXPECT_TRUE(store.record().has_candidate());
  EXPECT_EQ(of(Kind::firmware).running(), SlotId::a);
  ASSERT_TRUE(store.count_attempt().ok());
  EXPECT_TRUE(store.record().on_trial());
  EXPECT_EQ(of(Kind::firmware).running(), SlotId::b);
  EXPECT_EQ(store.record().attempts, 1);
  ASSERT_TRUE(store.give_back_attempt().ok());
  EXPECT_EQ(store.record().attempts, 0);
  ASSERT_TRUE(store.give_back_attempt().ok());
  EXPECT_EQ(store.record().attempts, 0);
}

TEST_F(Slots, ARejectedImageIsBadForAReasonAndIsNotTriedAgain) {
  install(Kind::firmware, "old");
  ASSERT_TRUE(store.stage(Kind::firmware, staged("new")).ok());
  ASSERT_TRUE(store.count_attempt().ok());
  ASSERT_TRUE(store.note_failure(UpdateError::application_crashed).ok());
  EXPECT_EQ(of(Kind::firmware).at(SlotId::b).reason, UpdateError::application_crashed);
  ASSERT_TRUE(store.reject(UpdateError::application_crashed).ok());
  EXPECT_EQ(of(Kind::firmware).at(SlotId::b).state, SlotState::bad);
  EXPECT_EQ(of(Kind::firmware).at(SlotId::b).reason, UpdateError::application_crashed);
  EXPECT_EQ(of(Kind::firmware).active, SlotId::a);
  EXPECT_FALSE(store.record().has_candidate());
  EXPECT_EQ(store.count_attempt().error(), UpdateError::no_image);
}

TEST_F(Slots, WhatIsRunningOnTrialIsNotGivenUp) {
  install(Kind::firmware, "old");
  ASSERT_TRUE(store.stage(Kind::firmware, staged("new")).ok());
  ASSERT_TRUE(store.count_attempt().ok());
  EXPECT_EQ(store.give_up_target(Kind::firmware).error(), UpdateError::trial_running);
  EXPECT_EQ(store.give_up_target(Kind::filesystem).error(), UpdateError::trial_running);
}

TEST_F(Slots, ANewUploadReplacesWhatWasStagedButNotStarted) {
  install(Kind::firmware, "old");
  ASSERT_TRUE(store.stage(Kind::firmware, staged("new")).ok());
  ASSERT_TRUE(store.give_up_target(Kind::firmware).ok());
  EXPECT_FALSE(store.record().has_candidate());
  EXPECT_EQ(of(Kind::firmware).at(SlotId::b).state, SlotState::empty);
  EXPECT_EQ(of(Kind::firmware).at(SlotId::a).state, SlotState::good);
  const std::size_t changes = storage.flash.changes();
  ASSERT_TRUE(store.give_up_target(Kind::firmware).ok());
  EXPECT_EQ(storage.flash.changes(), changes) << "an empty slot need not be given up";
}

TEST_F(Slots, ABundleWaitsForItsOtherImageAndIsSwitchedWhole) {
  install(Kind::firmware, "old firmware");
  install(Kind::filesystem, "old files");
  ASSERT_TRUE(store.stage(Kind::firmware, staged("new firmware", 5)).ok());
  EXPECT_FALSE(store.record().has_candidate());
  EXPECT_EQ(of(Kind::firmware).at(SlotId::b).state, SlotState::staged);
  ASSERT_TRUE(store.give_up_target(Kind::filesystem).ok());
  ASSERT_TRUE(store.stage(Kind::filesystem, staged("new files", 5)).ok());
  EXPECT_EQ(of(Kind::firmware).candidate, SlotId::b);
  EXPECT_EQ(of(Kind::filesystem).candidate, SlotId::b);
  ASSERT_TRUE(store.count_attempt().ok());
  EXPECT_EQ(store.record().attempts, 1);
  ASSERT_TRUE(store.confirm().ok());
  EXPECT_EQ(of(Kind::firmware).active, SlotId::b);
  EXPECT_EQ(of(Kind::filesystem).active, SlotId::b);
}

TEST_F(Slots, ABundleIsRejectedWhole) {
  install(Kind::firmware, "old firmware");
  install(Kind::filesystem, "old files");
  ASSERT_TRUE(store.stage(Kind::filesystem, staged("new files", 5)).ok());
  ASSERT_TRUE(store.stage(Kind::firmware, staged("new firmware", 5)).ok());
  ASSERT_TRUE(store.count_attempt().ok());
  ASSERT_TRUE(store.reject(UpdateError::not_confirmed).ok());
  EXPECT_EQ(of(Kind::firmware).active, SlotId::a);
  EXPECT_EQ(of(Kind::filesystem).active, SlotId::a);
  EXPECT_EQ(of(Kind::filesystem).at(SlotId::b).state, SlotState::bad);
}

TEST_F(Slots, ImagesOfDifferentBundlesDoNotMeet) {
  ASSERT_TRUE(store.stage(Kind::firmware, staged("firmware", 5)).ok());
  ASSERT_TRUE(store.stage(Kind::filesystem, staged("files", 6)).ok());
  EXPECT_FALSE(store.record().has_candidate());
}

TEST_F(Slots, AConfirmationRaisesTheFloorAndRetiresKeys) {
  StagedImage image = staged("new");
  image.security_counter = 9;
  ASSERT_TRUE(image.retires.add(some_key));
  ASSERT_TRUE(store.stage(Kind::firmware, image).ok());
  ASSERT_TRUE(store.count_attempt().ok());
  EXPECT_EQ(store.record().security_floor, 0U) << "only what is confirmed counts";
  EXPECT_FALSE(store.record().retired.contains(some_key));
  ASSERT_TRUE(store.confirm().ok());
  EXPECT_EQ(store.record().security_floor, 9U);
  EXPECT_TRUE(store.record().retired.contains(some_key));
  install(Kind::firmware, "without a counter");
  EXPECT_EQ(store.record().security_floor, 9U) << "and it never sinks";
}

TEST_F(Slots, HalfABundleDoesNotOutlastTheRulesItWasApprovedUnder) {
  ASSERT_TRUE(store.stage(Kind::filesystem, staged("half", 7)).ok());
  install(Kind::firmware, "changes no rule");
  EXPECT_EQ(of(Kind::filesystem).at(SlotId::a).state, SlotState::staged);
  StagedImage image = staged("raises the floor");
  image.security_counter = 9;
  ASSERT_TRUE(store.give_up_target(Kind::firmware).ok());
  ASSERT_TRUE(store.stage(Kind::firmware, image).ok());
  ASSERT_TRUE(store.count_attempt().ok());
  ASSERT_TRUE(store.confirm().ok());
  EXPECT_EQ(of(Kind::filesystem).at(SlotId::a).state, SlotState::empty);
  EXPECT_EQ(of(Kind::firmware).at(of(Kind::firmware).active).state, SlotState::good);
}

TEST_F(Slots, ADamagedActiveImageFallsBackToAGoodOneOnly) {
  install(Kind::firmware, "old");
  EXPECT_EQ(store.fall_back(Kind::firmware).error(), UpdateError::no_image);
  install(Kind::firmware, "new");
  ASSERT_TRUE(store.fall_back(Kind::firmware).ok());
  EXPECT_EQ(of(Kind::firmware).active, SlotId::a);
  EXPECT_EQ(of(Kind::firmware).at(SlotId::b).state, SlotState::bad);
  EXPECT_EQ(of(Kind::firmware).at(SlotId::b).reason, UpdateError::image_damaged);
}

TEST_F(Slots, NothingChangesWhenTheRecordCannotBeSaved) {
  install(Kind::firmware, "old");
  ASSERT_TRUE(store.stage(Kind::firmware, staged("new")).ok());
  const BootRecordBytes before = encode(store.record());
  storage.flash.fail_change(1, FakeFlash::Fault::power_cut);
  EXPECT_FALSE(store.count_attempt().ok());
  EXPECT_EQ(encode(store.record()), before);
}

TEST_F(Slots, TakesWhatRunsForGoodAndGivesUpWhatWaited) {
  install(Kind::firmware, "first");
  install(Kind::firmware, "second");
  ASSERT_TRUE(store.give_up_target(Kind::firmware).ok());
  ASSERT_TRUE(store.stage(Kind::firmware, staged("third")).ok());
  ASSERT_TRUE(store.count_attempt().ok());
  const StagedImage by_cable = staged("by cable");

  ASSERT_TRUE(store.take_as_good(Kind::firmware, SlotId::b, by_cable.image).ok());

  ASSERT_TRUE(store.load().ok());
  EXPECT_EQ(of(Kind::firmware).active, SlotId::b);
  EXPECT_FALSE(store.record().has_candidate());
  EXPECT_EQ(store.record().attempts, 0);
  EXPECT_EQ(of(Kind::firmware).at(SlotId::b).state, SlotState::good);
  EXPECT_EQ(of(Kind::firmware).at(SlotId::b).image.sha256, by_cable.image.sha256);
  EXPECT_TRUE(of(Kind::firmware).at(SlotId::b).version.empty()) << "nobody knows it";
  EXPECT_EQ(of(Kind::firmware).at(SlotId::a).state, SlotState::empty) << "it was on trial";
  EXPECT_TRUE(store.give_up_target(Kind::firmware).ok()) << "new images are taken";
}

}  // namespace
}  // namespace airlift::boot
