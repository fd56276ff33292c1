#include "airlift/base/span.hpp"

#include <gtest/gtest.h>

#include <numeric>
#include <type_traits>

namespace airlift {
namespace {

static_assert(std::is_convertible_v<MutableBytes, Bytes>);
static_assert(!std::is_convertible_v<Bytes, MutableBytes>, "a view to read must not become one to write");
static_assert(!std::is_convertible_v<const std::array<std::uint8_t, 2>&, MutableBytes>);

TEST(Span, IsEmptyByDefault) {
  const Bytes none;
  EXPECT_TRUE(none.empty());
  EXPECT_EQ(none.begin(), none.end());
  EXPECT_EQ(as_text(none), "");
}

TEST(Span, SeesArraysOfBothKinds) {
  std::array<std::uint8_t, 3> modern{1, 2, 3};
  const std::uint8_t classic[]{4, 5};
  EXPECT_EQ(Bytes{modern}.size(), 3U);
  EXPECT_EQ(Bytes{classic}[1], 5);
  MutableBytes{modern}[0] = 9;
  EXPECT_EQ(modern[0], 9);
}

TEST(Span, CutsWithoutLosingOrRepeatingAnElement) {
  std::array<std::uint8_t, 5> bytes{};
  std::iota(bytes.begin(), bytes.end(), std::uint8_t{0});
  const Bytes all{bytes};
  EXPECT_EQ(all.first(2).size(), 2U);
  EXPECT_EQ(all.subspan(2).size(), 3U);
  EXPECT_EQ(all.subspan(2)[0], 2);
  EXPECT_EQ(all.subspan(1, 3).size(), 3U);
  EXPECT_EQ(all.subspan(1, 3)[2], 3);
  EXPECT_TRUE(all.subspan(5).empty());
  EXPECT_TRUE(all.first(0).empty());
}

TEST(Span, GoesBetweenTextAndBytes) {
  constexpr std::string_view text{"A\0z", 3};
  const Bytes bytes = as_bytes(text);
  ASSERT_EQ(bytes.size(), 3U);
  EXPECT_EQ(bytes[0], 'A');
  EXPECT_EQ(bytes[1], 0);
  EXPECT_EQ(as_text(bytes), text);
}

#ifndef NDEBUG
TEST(SpanDeathTest, RefusesWhatLiesOutside) {
  const std::array<std::uint8_t, 2> bytes{};
  EXPECT_DEATH((void)Bytes{bytes}[2], "index");
  EXPECT_DEATH((void)Bytes{bytes}.first(3), "count");
  EXPECT_DEATH((void)Bytes{bytes}.subspan(3), "offset");
}
#endif

}  // namespace
}  // namespace airlift
