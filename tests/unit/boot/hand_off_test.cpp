#include "airlift/boot/hand_off.hpp"

#include <gtest/gtest.h>

namespace airlift::boot {
namespace {

BootPlan some_plan() {
  BootPlan plan;
  plan.firmware = SlotId::b;
  plan.filesystem = SlotId::a;
  plan.on_trial = true;
  plan.attempt = 2;
  plan.rolled_back = UpdateError::image_damaged;
  plan.kept = UpdateError::trial_interrupted;
  plan.recovered = true;
  return plan;
}

TEST(HandOff, GivesBackThePlan) {
  const BootPlan plan = decode_hand_off(encode(some_plan())).value();
  EXPECT_EQ(plan.firmware, SlotId::b);
  EXPECT_EQ(plan.filesystem, SlotId::a);
  EXPECT_TRUE(plan.on_trial);
  EXPECT_EQ(plan.attempt, 2);
  EXPECT_EQ(plan.rolled_back, UpdateError::image_damaged);
  EXPECT_EQ(plan.kept, UpdateError::trial_interrupted);
  EXPECT_TRUE(plan.recovered);
  EXPECT_FALSE(plan.fell_back);
  EXPECT_TRUE(decode_hand_off(encode([] {
                BootPlan other;
                other.fell_back = true;
                return other;
              }()))
                  .value()
                  .fell_back);
}

TEST(HandOff, ABitThatIsWrongMakesItNone) {
  for (std::size_t bit = 0; bit < 8 * hand_off_bytes; ++bit) {
    HandOffBytes bytes = encode(some_plan());
    bytes[bit / 8] ^= static_cast<std::uint8_t>(1 << bit % 8);
    EXPECT_EQ(decode_hand_off(bytes).error(), UpdateError::no_boot_record) << bit;
  }
}

TEST(HandOff, MemoryThatWasNeverWrittenHoldsNone) {
  for (const std::uint8_t value : {std::uint8_t{0x00}, std::uint8_t{0xFF}}) {
    HandOffBytes bytes{};
    bytes.fill(value);
    EXPECT_FALSE(decode_hand_off(bytes).ok());
  }
  const HandOffBytes bytes = encode(some_plan());
  EXPECT_FALSE(decode_hand_off(Bytes{bytes}.first(hand_off_bytes - 1)).ok());
}

}  // namespace
}  // namespace airlift::boot
