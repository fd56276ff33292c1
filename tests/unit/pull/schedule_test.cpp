#include "airlift/pull/schedule.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <random>
#include <string>

namespace airlift::pull {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

/// Of 1000 draws, and the two ends: none outside, both ends met, and the middle not missed.
void expect_spread(const std::function<milliseconds(std::uint32_t)>& wait, milliseconds least,
                   milliseconds most) {
  EXPECT_EQ(wait(0), least);
  EXPECT_EQ(wait(0xFFFFFFFF), most);
  std::mt19937 generator{7};
  int lower_half{0};
  for (int i = 0; i < 1000; ++i) {
    const milliseconds one = wait(static_cast<std::uint32_t>(generator()));
    ASSERT_GE(one, least);
    ASSERT_LE(one, most);
    if (one < (least + most) / 2) ++lower_half;
  }
  EXPECT_GT(lower_half, 400);
  EXPECT_LT(lower_half, 600);
}

TEST(Schedule, SpreadsTheFirstCheck) {
  expect_spread([](std::uint32_t draw) { return first_wait(minutes{10}, draw); }, minutes{0}, minutes{1});
  expect_spread([](std::uint32_t draw) { return first_wait(hours{24}, draw); }, minutes{0}, minutes{5});
}

TEST(Schedule, SpreadsTheNextOnes) {
  expect_spread([](std::uint32_t draw) { return regular_wait(hours{1}, draw); }, minutes{54}, minutes{66});
  static constexpr milliseconds year = hours{24 * 366};
  expect_spread([](std::uint32_t draw) { return regular_wait(year, draw); }, year - year / 10,
                year + year / 10);
}

TEST(Schedule, BacksOffUpToTheInterval) {
  const auto about = [](std::uint32_t failures, milliseconds wait) {
    expect_spread([=](std::uint32_t draw) { return wait_after_failure(failures, hours{1}, draw); },
                  wait - wait / 10, wait + wait / 10);
  };
  about(1, minutes{1});
  about(2, minutes{2});
  about(3, minutes{4});
  about(6, minutes{32});
  about(7, hours{1});
  about(1000, hours{1});
  EXPECT_EQ(wait_after_failure(1, seconds{10}, 0), seconds{9});
}

TEST(Schedule, ReadsRetryAfter) {
  constexpr std::uint64_t now{784111777};  // Sun, 06 Nov 1994 08:49:37 GMT
  EXPECT_EQ(parse_retry_after("120", now), seconds{120});
  EXPECT_EQ(parse_retry_after("0", now), seconds{0});
  EXPECT_EQ(parse_retry_after("86400", now), seconds{86400});
  EXPECT_EQ(parse_retry_after("86401", now), seconds{86400});
  EXPECT_EQ(parse_retry_after("99999999999999999999999", now), seconds{86400});
  EXPECT_EQ(parse_retry_after("Sun, 06 Nov 1994 08:51:37 GMT", now), seconds{120});
  EXPECT_EQ(parse_retry_after("Sun, 06 Nov 2094 08:51:37 GMT", now), seconds{86400});
  EXPECT_EQ(parse_retry_after("Sun, 06 Nov 1994 08:49:36 GMT", now), seconds{0});
  EXPECT_EQ(parse_retry_after("Sun, 06 Nov 1994 08:51:37 GMT", 0), seconds{0});
  for (const std::string_view text : {"", "-1", "1.5", "1s", " 1", "soon", "0x10"})
    EXPECT_EQ(parse_retry_after(text, now), seconds{0}) << text;
}

TEST(Schedule, KnowsTheQuietHours) {
  const auto left = [](std::string_view quiet, seconds time) {
    const auto parsed = parse_quiet_hours(quiet);
    EXPECT_TRUE(parsed) << quiet;
    return quiet_left(parsed.value_or(QuietHours{}), time);
  };
  EXPECT_EQ(left("22:00-06:00", hours{21} + minutes{59}), seconds{0});
  EXPECT_EQ(left("22:00-06:00", hours{22}), hours{8});
  EXPECT_EQ(left("22:00-06:00", hours{0}), hours{6});
  EXPECT_EQ(left("22:00-06:00", hours{6} - seconds{1}), seconds{1});
  EXPECT_EQ(left("22:00-06:00", hours{6}), seconds{0});
  EXPECT_EQ(left("08:30 - 17:00", hours{8}), seconds{0});
  EXPECT_EQ(left("08:30 - 17:00", hours{9}), hours{8});
  EXPECT_EQ(left("08:30 - 17:00", hours{17}), seconds{0});
  EXPECT_EQ(left("00:00-23:59:59", hours{12}), hours{12} - seconds{1});
  EXPECT_EQ(left("12:00-12:00", hours{12}), seconds{0});
}

TEST(Schedule, RefusesOtherQuietHours) {
  for (const std::string_view text : {"", "-", "22:00", "22:00-", "-06:00", "22-6", "24:00-06:00",
                                      "22:00-24:00", "22:00-06:00-07:00", "22:00,06:00", "10h-20h"})
    EXPECT_FALSE(parse_quiet_hours(text)) << text;
}

TEST(Schedule, SpreadsWhatWaitedForTheEndOfTheQuietHours) {
  expect_spread(delay_after_quiet, minutes{0}, minutes{5});
}

}  // namespace
}  // namespace airlift::pull
