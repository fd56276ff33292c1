#include "airlift/boot/flash_map.hpp"

#include <gtest/gtest.h>

#include "airlift/boot/slot_store.hpp"
#include "support/fake_flash.hpp"
#include "support/slots.hpp"

namespace airlift::boot {
namespace {

using testing::FakeFlash;
using testing::test_image;

TEST(UniformMap, StartsWhereItIsToldAndTakesWhatItIsTold) {
  UniformLayout layout;
  layout.sector_bytes = 4096;
  layout.firmware_bytes = 10000;
  layout.address = 8192;
  layout.record_sectors = 3;
  layout.history_sectors = 2;
  const FlashMap map = uniform_map(layout);
  EXPECT_EQ(map.record.address, 8192U);
  EXPECT_EQ(map.history.address, 5U * 4096);
  EXPECT_EQ(map.slots[0][0].address, 7U * 4096);
  EXPECT_EQ(map.slots[0][0].size_bytes, 4U * 4096) << "three for the image, one for the header";
  EXPECT_EQ(map.slots[1][0].size_bytes, 0U);
  EXPECT_EQ(end_of(map), 15U * 4096);
}

TEST(Map, DoesNotLetAnImageBeginJustAnywhere) {
  FlashMap map = testing::test_map();
  const FakeFlash flash{testing::test_geometry()};
  EXPECT_TRUE(check(map, flash).ok());
  map.image_offset_bytes = slot_header_bytes - 4;
  EXPECT_EQ(check(map, flash).error(), UpdateError::flash_misuse);
  map.image_offset_bytes = slot_header_bytes + 2;
  EXPECT_EQ(check(map, flash).error(), UpdateError::flash_misuse);
}

/// A device whose images begin at the second sector of their slots.
TEST(Map, LetsAnImageBeginAtASector) {
  FlashMap map = testing::test_map();
  map.image_offset_bytes = 2 * testing::test_sector_bytes;
  FakeFlash flash{testing::test_geometry()};
  SlotStore store{flash, map};
  History history{flash, map.history};
  ASSERT_EQ(store.load().error(), UpdateError::no_boot_record);
  const std::uint32_t room = map.slots[0][0].size_bytes - map.image_offset_bytes;
  EXPECT_EQ(store.capacity_bytes(image::Kind::firmware), room);

  std::array<std::uint8_t, 512> block{};
  update::Updater updater{store, history, {block}};
  const std::string image = test_image(room);
  ASSERT_TRUE(updater.begin(testing::announcement_of(image)).ok());
  testing::feed(updater, image);
  ASSERT_EQ(updater.error(), UpdateError::none);
  const auto at = flash.memory.begin() + map.slots[0][0].address + map.image_offset_bytes;
  EXPECT_TRUE(std::equal(image.begin(), image.end(), at,
                         [](char a, std::uint8_t b) { return static_cast<std::uint8_t>(a) == b; }));
  const Result<BootPlan> plan = prepare_boot(store, default_attempts, block);
  ASSERT_TRUE(plan.ok());
  EXPECT_EQ(plan.value().firmware, SlotId::a);
}

}  // namespace
}  // namespace airlift::boot
