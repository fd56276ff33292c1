#include "airlift/pull/running_image.hpp"

#include <gtest/gtest.h>

#include "support/slots.hpp"

namespace airlift::pull {
namespace {

using testing::test_image;

struct RunningImageTest : ::testing::Test {
  int steps() {
    int count{0};
    for (; !running.known() && count < 100; ++count) running.step();
    return count;
  }
  testing::Storage storage;
  RunningImage running{storage.store};
};

TEST_F(RunningImageTest, IsDigestedBlockByBlock) {
  const std::string image = test_image(5000);
  ASSERT_EQ(storage.install(image), UpdateError::none);
  EXPECT_FALSE(running.known());
  EXPECT_FALSE(running.md5());
  EXPECT_EQ(steps(), 6);
  EXPECT_EQ(running.md5(), crypto::md5(as_bytes(image)));
  EXPECT_EQ(running.identity().size_bytes, 5000U);
  running.step();
  EXPECT_TRUE(running.known());
}

TEST_F(RunningImageTest, IsNothingOnANewDevice) {
  EXPECT_EQ(steps(), 1);
  EXPECT_FALSE(running.md5());
  EXPECT_TRUE(running.identity().empty());
}

TEST_F(RunningImageTest, IsDigestedAgainWhenAnotherRuns) {
  ASSERT_EQ(storage.install(test_image(3000, 1)), UpdateError::none);
  steps();
  const std::string other = test_image(2000, 2);
  ASSERT_EQ(storage.install(other), UpdateError::none);
  EXPECT_FALSE(running.known());
  running.step();
  ASSERT_EQ(storage.install(test_image(3000, 3)), UpdateError::none);
  ASSERT_EQ(storage.install(other), UpdateError::none);
  steps();
  EXPECT_EQ(running.md5(), crypto::md5(as_bytes(other)));
}

TEST_F(RunningImageTest, IsNotToldWhenItIsDamaged) {
  ASSERT_EQ(storage.install(test_image(3000)), UpdateError::none);
  const boot::SlotId active = storage.store.record().of(image::Kind::firmware).active;
  storage.flash.memory[storage.store.area(image::Kind::firmware, active).address + boot::slot_header_bytes] ^=
      1;
  steps();
  EXPECT_TRUE(running.known());
  EXPECT_FALSE(running.md5());
}

}  // namespace
}  // namespace airlift::pull
