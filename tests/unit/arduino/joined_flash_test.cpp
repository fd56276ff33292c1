// One flash out of several: what every Flash does, across the joints, too.

#include "airlift/arduino/joined_flash.hpp"

#include <gtest/gtest.h>

#include "contract/portable/flash_contract.hpp"
#include "support/fake_flash.hpp"
#include "support/portable_contract.hpp"

namespace airlift::arduino {
namespace {

using testing::FakeFlash;

/// The last sectors lie in two parts.
class JoinedFlashSubject final : public contract::FlashSubject {
 public:
  JoinedFlashSubject() { EXPECT_TRUE(flash_.add(first_) && flash_.add(second_)); }
  [[nodiscard]] port::Flash& flash() override { return flash_; }
  [[nodiscard]] MutableBytes scratch() override { return scratch_; }

 private:
  FakeFlash first_{{4 * 4096, 4096, 4}};
  FakeFlash second_{{3 * 4096, 4096, 8}};
  JoinedFlash flash_;
  std::array<std::uint8_t, 3 * 4096 + 256> scratch_{};
};

[[maybe_unused]] const bool added{
    testing::add_contract<JoinedFlashSubject>("JoinedFlash", contract::flash_cases)};

TEST(JoinedFlash, SectorsKeepTheirSizes) {
  FakeFlash small{{2 * 1024, 1024, 4}};
  FakeFlash large{{2 * 4096, 4096, 4}};
  JoinedFlash flash;
  ASSERT_TRUE(flash.add(small));
  ASSERT_TRUE(flash.add(large));
  EXPECT_EQ(flash.start_of_last(), 2048U);
  EXPECT_EQ(flash.sector_at(1500).address, 1024U);
  EXPECT_EQ(flash.sector_at(1500).size_bytes, 1024U);
  EXPECT_EQ(flash.sector_at(2048 + 5000).address, 2048U + 4096U);
  EXPECT_EQ(flash.sector_at(2048 + 5000).size_bytes, 4096U);
  EXPECT_EQ(flash.geometry().size_bytes, 2048U + 8192U);
  EXPECT_EQ(flash.geometry().sector_bytes, 4096U);
}

TEST(JoinedFlash, APartThatComesTwiceIsTheSameMemory) {
  FakeFlash part{{4096, 4096, 4}};
  JoinedFlash flash;
  ASSERT_TRUE(flash.add(part));
  ASSERT_TRUE(flash.add(part));
  ASSERT_TRUE(flash.program(4096, as_bytes("same")).ok());
  std::array<std::uint8_t, 4> read{};
  ASSERT_TRUE(flash.read(0, read).ok());
  EXPECT_EQ(as_text(Bytes{read}), "same");
}

TEST(JoinedFlash, TakesNoPartWithAnotherErasedValueAndNoMoreThanItHoldsPlacesFor) {
  FakeFlash part{{4096, 4096, 4}};
  FakeFlash other{{4096, 4096, 4, 0x00}};
  JoinedFlash flash;
  ASSERT_TRUE(flash.add(part));
  EXPECT_FALSE(flash.add(other));
  for (std::size_t i = 1; i < JoinedFlash::most_parts; ++i) EXPECT_TRUE(flash.add(part));
  EXPECT_FALSE(flash.add(part));
  flash.clear();
  EXPECT_TRUE(flash.add(other));
  EXPECT_EQ(flash.geometry().erased_value, 0x00);
}

TEST(JoinedFlash, TellsWhatAPartTells) {
  FakeFlash first{{4096, 4096, 4}};
  FakeFlash second{{4096, 4096, 4}};
  JoinedFlash flash;
  ASSERT_TRUE(flash.add(first));
  ASSERT_TRUE(flash.add(second));
  second.fail_change(1, FakeFlash::Fault::refuse);
  EXPECT_EQ(flash.flush().error(), UpdateError::flash_write);
  second.fail_change(1, FakeFlash::Fault::refuse);
  EXPECT_EQ(flash.erase_sector(4096).error(), UpdateError::flash_erase);
  std::array<std::uint8_t, 8> across{};
  second.fail_read(1);
  EXPECT_EQ(flash.read(4092, across).error(), UpdateError::flash_read);
}

}  // namespace
}  // namespace airlift::arduino
