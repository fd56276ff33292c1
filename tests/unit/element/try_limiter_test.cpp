#include "airlift/element/try_limiter.hpp"

#include <gtest/gtest.h>

#include "support/fake_datagram_socket.hpp"

namespace airlift::element {
namespace {

using testing::test_endpoint;

const port::IpAddress source = test_endpoint(1, 0).address;
const port::IpAddress other_source = test_endpoint(2, 0).address;
constexpr Instant start{seconds{1000}};

port::IpAddress numbered(std::uint8_t n) {
  return test_endpoint(n, 0).address;
}

TEST(TryLimiter, TheDelayGrowsFromTheThirdFailureToAMinute) {
  TryLimiter limiter;
  Instant now = start;
  for (const long expected : {0, 0, 1, 2, 4, 8, 16, 32, 60, 60, 60}) {
    limiter.failed(source, now);
    EXPECT_EQ(limiter.wait_for(source, now), seconds{expected});
    now += seconds{expected};
    EXPECT_EQ(limiter.wait_for(source, now), milliseconds{0});
  }
}

TEST(TryLimiter, OtherSourcesDoNotWait) {
  TryLimiter limiter;
  for (int i = 0; i < 5; ++i) limiter.failed(source, start);
  EXPECT_GT(limiter.wait_for(source, start), milliseconds{0});
  EXPECT_EQ(limiter.wait_for(other_source, start), milliseconds{0});
}

TEST(TryLimiter, SuccessAndTimeForget) {
  TryLimiter limiter;
  for (int i = 0; i < 5; ++i) limiter.failed(source, start);
  limiter.succeeded(source);
  EXPECT_EQ(limiter.wait_for(source, start), milliseconds{0});
  for (int i = 0; i < 5; ++i) limiter.failed(source, start);
  const Instant later = start + TryLimiter::forget_after;
  limiter.failed(source, later);
  EXPECT_EQ(limiter.wait_for(source, later), milliseconds{0});
}

TEST(TryLimiter, ManySourcesShareOneMoreEntry) {
  TryLimiter limiter;
  for (std::uint8_t n = 1; n <= TryLimiter::remembered; ++n) limiter.failed(numbered(n), start);
  EXPECT_EQ(limiter.wait_for(numbered(100), start), milliseconds{0});
  for (std::uint8_t n = 100; n < 104; ++n) limiter.failed(numbered(n), start);
  EXPECT_EQ(limiter.wait_for(numbered(200), start), seconds{2});
  EXPECT_EQ(limiter.wait_for(numbered(1), start), milliseconds{0});
  // An entry that ran out makes room again.
  const Instant later = start + TryLimiter::forget_after;
  limiter.failed(numbered(200), later);
  EXPECT_EQ(limiter.wait_for(numbered(200), later), milliseconds{0});
}

}  // namespace
}  // namespace airlift::element
