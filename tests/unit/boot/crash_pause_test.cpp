#include "airlift/boot/crash_pause.hpp"

#include <gtest/gtest.h>

namespace airlift::boot {
namespace {

TEST(CrashPause, ComesAfterTheThirdCrashAndGrowsToAMinute) {
  constexpr int expected_s[]{0, 0, 0, 1, 2, 4, 8, 16, 32, 60, 60};
  for (std::uint8_t crashes = 0; crashes < std::size(expected_s); ++crashes) {
    EXPECT_EQ(crash_pause(crashes), seconds{expected_s[crashes]}) << int{crashes};
  }
  EXPECT_EQ(crash_pause(255), seconds{60});
}

}  // namespace
}  // namespace airlift::boot
