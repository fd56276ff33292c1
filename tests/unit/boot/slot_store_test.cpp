#include "airlift/boot/slot_store.hpp"

#include <gtest/gtest.h>

#include "airlift/boot/image_reader.hpp"
#include "support/slots.hpp"

namespace airlift::boot {
namespace {

using testing::FakeFlash;
using testing::Storage;
using testing::test_image;
using testing::test_sector_bytes;

TEST(SlotStore, AreasFillTheFlashWithoutOverlap) {
  Storage storage;
  std::uint32_t next = 2 * test_sector_bytes;
  for (const image::Kind kind : {image::Kind::firmware, image::Kind::filesystem}) {
    for (const SlotId slot : {SlotId::a, SlotId::b}) {
      const SlotArea area = storage.store.area(kind, slot);
      EXPECT_EQ(area.address, next);
      next += area.size_bytes;
    }
  }
  EXPECT_EQ(next, storage.flash.geometry().size_bytes);
}

TEST(SlotStore, RefusesAFlashThatIsTooSmall) {
  port::FlashGeometry geometry = testing::test_geometry();
  geometry.size_bytes -= test_sector_bytes;
  FakeFlash flash{geometry};
  SlotStore store{flash, testing::test_slots};
  EXPECT_EQ(store.load().error(), UpdateError::flash_misuse);
}

TEST(SlotStore, AnErasedFlashHasNoRecord) {
  FakeFlash flash{testing::test_geometry()};
  SlotStore store{flash, testing::test_slots};
  EXPECT_EQ(store.load().error(), UpdateError::no_boot_record);
  EXPECT_EQ(store.record().of(image::Kind::firmware).active, SlotId::none);
}

TEST(SlotStore, CommitsAlternateSlotsAndSurviveAReload) {
  Storage storage;
  for (unsigned i = 0; i < 5; ++i) {
    const std::string image = test_image(600 + i, i);
    ASSERT_EQ(storage.install(image), UpdateError::none);
    SlotStore reloaded{storage.flash, testing::test_slots};
    ASSERT_TRUE(reloaded.load().ok());
    EXPECT_EQ(reloaded.record().of(image::Kind::firmware).active, i % 2 == 0 ? SlotId::a : SlotId::b);
    EXPECT_EQ(storage.active_image(), image);
  }
}

TEST(SlotStore, ACommitOfOneKindKeepsTheOther) {
  Storage storage;
  ASSERT_EQ(storage.install(test_image(700, 1)), UpdateError::none);
  ASSERT_EQ(storage.install(test_image(300, 2), image::Kind::filesystem), UpdateError::none);
  EXPECT_EQ(storage.active_image(), test_image(700, 1));
  EXPECT_EQ(storage.active_image(image::Kind::filesystem), test_image(300, 2));
}

TEST(SlotStore, TheNewestRecordWinsWhenTheSequenceWraps) {
  FakeFlash flash{testing::test_geometry()};
  BootRecord record;
  record.sequence = 0xFFFFFFFF;
  record.of(image::Kind::firmware).active = SlotId::a;
  ASSERT_TRUE(flash.program(0, encode(record)).ok());
  record.sequence = 0;
  record.of(image::Kind::firmware).active = SlotId::b;
  ASSERT_TRUE(flash.program(test_sector_bytes, encode(record)).ok());
  SlotStore store{flash, testing::test_slots};
  ASSERT_TRUE(store.load().ok());
  EXPECT_EQ(store.record().of(image::Kind::firmware).active, SlotId::b);
}

/// Every flash change of an update, the commit included, is the last one before the power goes.
TEST(SlotStore, APowerCutAtAnyChangeLeavesTheOldOrTheNewImage) {
  const std::string old_image = test_image(900, 1);
  const std::string new_image = test_image(1200, 2);
  bool update_got_through{false};
  for (const auto fault : {FakeFlash::Fault::power_cut, FakeFlash::Fault::tear, FakeFlash::Fault::refuse}) {
    update_got_through = false;
    for (std::size_t cut = 1; !update_got_through; ++cut) {
      ASSERT_LT(cut, 100U);
      Storage storage;
      ASSERT_EQ(storage.install(old_image), UpdateError::none);
      storage.flash.fail_change(cut, fault);
      update_got_through = storage.install(new_image) == UpdateError::none;
      storage.flash.restore_power();

      ASSERT_TRUE(storage.store.load().ok()) << "cut at change " << cut;
      const std::string now = storage.active_image();
      // The last change of a commit is a flush: its failure is reported although the record may stand
      // already.
      EXPECT_TRUE(now == old_image || now == new_image) << "cut at change " << cut;
      if (update_got_through) {
        EXPECT_EQ(now, new_image);
      }
      EXPECT_EQ(storage.install(new_image), UpdateError::none) << "after a cut at change " << cut;
      EXPECT_EQ(storage.active_image(), new_image);
    }
  }
}

TEST(SlotStore, TheImageIsOnTheMediumBeforeARecordNamesIt) {
  Storage storage;
  storage.flash.fail_change(1, FakeFlash::Fault::refuse);
  const image::Identity image{1, crypto::sha256(as_bytes("x"))};
  EXPECT_EQ(storage.store.commit(image::Kind::firmware, image).error(), UpdateError::flash_write);
  EXPECT_EQ(storage.flash.flushes, 1U);
  EXPECT_EQ(storage.flash.erases + storage.flash.programs, 0U);
  EXPECT_EQ(storage.store.record().of(image::Kind::firmware).active, SlotId::none);
}

std::string read_all(ImageReader& reader, std::size_t piece_bytes) {
  std::string all;
  std::vector<std::uint8_t> piece(piece_bytes);
  for (;;) {
    const Result<std::size_t> count = reader.next({piece.data(), piece.size()});
    if (!count.ok() || count.value() == 0) return all;
    all.append(as_text({piece.data(), count.value()}));
  }
}

TEST(ImageReader, ReadsInAnyPieces) {
  Storage storage;
  const std::string image = test_image(1000);
  ASSERT_EQ(storage.install(image), UpdateError::none);
  for (const std::size_t piece : {1U, 7U, 256U, 5000U}) {
    ImageReader reader{storage.store, image::Kind::firmware, SlotId::a};
    EXPECT_EQ(read_all(reader, piece), image);
    EXPECT_TRUE(reader.verify().ok());
  }
}

TEST(ImageReader, NoticesADamagedImage) {
  Storage storage;
  ASSERT_EQ(storage.install(test_image(1000)), UpdateError::none);
  storage.flash.memory[storage.store.area(image::Kind::firmware, SlotId::a).address + 999] ^= 1;
  ImageReader reader{storage.store, image::Kind::firmware, SlotId::a};
  EXPECT_EQ(read_all(reader, 256).size(), 1000U);
  EXPECT_EQ(reader.verify().error(), UpdateError::no_image);
}

TEST(ImageReader, AnEmptySlotHasNoImage) {
  Storage storage;
  std::array<std::uint8_t, 16> piece{};
  for (const SlotId slot : {SlotId::a, SlotId::b, SlotId::none}) {
    ImageReader reader{storage.store, image::Kind::firmware, slot};
    EXPECT_EQ(reader.next(piece).error(), UpdateError::no_image);
    EXPECT_EQ(reader.verify().error(), UpdateError::no_image);
  }
}

TEST(ImageReader, NeverReadsBeyondTheSlotWhateverTheRecordSays) {
  FakeFlash flash{testing::test_geometry()};
  BootRecord record;
  record.of(image::Kind::firmware).active = SlotId::a;
  record.of(image::Kind::firmware).images[0].size_bytes = testing::test_slots.firmware_bytes + 1;
  ASSERT_TRUE(flash.program(0, encode(record)).ok());
  SlotStore store{flash, testing::test_slots};
  ASSERT_TRUE(store.load().ok());
  ImageReader reader{store, image::Kind::firmware, SlotId::a};
  std::array<std::uint8_t, 16> piece{};
  EXPECT_EQ(reader.next(piece).error(), UpdateError::no_image);
}

}  // namespace
}  // namespace airlift::boot
