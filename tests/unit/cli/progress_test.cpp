#include "progress.hpp"

#include <gmock/gmock.h>

namespace airlift::testing {
namespace {

using cli::Progress;
using ::testing::StartsWith;

constexpr std::uint32_t mebibyte{1024 * 1024};

TEST(Progress, SizesAndDurationsForPeople) {
  EXPECT_EQ(cli::size_text(512), "512 bytes");
  EXPECT_EQ(cli::size_text(14541), "14.2 KiB");
  EXPECT_EQ(cli::size_text(mebibyte), "1.0 MiB");
  EXPECT_EQ(cli::duration_text(milliseconds{412}), "0.41 s");
  EXPECT_EQ(cli::duration_text(milliseconds{12345}), "12.3 s");
  EXPECT_EQ(cli::duration_text(milliseconds{125000}), "2:05 min");
}

TEST(Progress, HundredPercentOnlyWhenDone) {
  EXPECT_EQ((Progress{mebibyte - 1, mebibyte, {}}.percent()), 99U);
  EXPECT_EQ((Progress{mebibyte, mebibyte, {}}.percent()), 100U);
  EXPECT_EQ((Progress{0xFFFFFFFE, 0xFFFFFFFF, {}}.percent()), 99U);
}

TEST(Progress, RateAndTimeLeft) {
  const Progress half{mebibyte / 2, mebibyte, seconds{2}};
  EXPECT_EQ(cli::progress_text(half), "512.0 KiB of 1.0 MiB, 256.0 KiB/s, 2 s left");
  EXPECT_EQ(cli::progress_text({mebibyte, mebibyte, seconds{4}}), "1.0 MiB of 1.0 MiB, 256.0 KiB/s");
}

TEST(Progress, NoRateBeforeItMeansSomething) {
  EXPECT_EQ(cli::progress_text({1024, mebibyte, milliseconds{1}}), "1.0 KiB of 1.0 MiB");
  EXPECT_EQ(cli::progress_text({0, mebibyte, seconds{5}}), "0 bytes of 1.0 MiB");
}

TEST(Progress, BarFillsTheLineButNotItsLastColumn) {
  const Progress half{mebibyte / 2, mebibyte, milliseconds{0}};
  EXPECT_EQ(cli::progress_bar(half, 50), " 50 % [=========>          ] 512.0 KiB of 1.0 MiB");
  for (int columns = 0; columns < 200; ++columns) {
    EXPECT_LT(cli::progress_bar(half, columns).size(), static_cast<std::size_t>(std::max(columns, 1)))
        << columns;
  }
}

TEST(Progress, BarIsEmptyAtFirstAndFullAtLast) {
  EXPECT_THAT(cli::progress_bar({0, mebibyte, {}}, 44), StartsWith("  0 % [          "));
  EXPECT_THAT(cli::progress_bar({mebibyte, mebibyte, {}}, 44), StartsWith("100 % [=========="));
}

}  // namespace
}  // namespace airlift::testing
