#include "airlift/base/fixed_string.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <limits>

namespace airlift {
namespace {

TEST(FixedString, StartsEmptyAndTerminated) {
  const FixedString<4> text;
  EXPECT_TRUE(text.empty());
  EXPECT_FALSE(text.truncated());
  EXPECT_STREQ(text.c_str(), "");
  EXPECT_EQ(text.capacity(), 4U);
}

TEST(FixedString, TakesTheEmptyViewWithoutMemory) {
  FixedString<4> text{std::string_view{}};
  text.append(std::string_view{});
  EXPECT_TRUE(text.empty());
  EXPECT_FALSE(text.truncated());
}

TEST(FixedString, HoldsExactlyItsCapacity) {
  const FixedString<4> text{"abcd"};
  EXPECT_EQ(text.view(), "abcd");
  EXPECT_FALSE(text.truncated());
  EXPECT_STREQ(text.c_str(), "abcd");
}

TEST(FixedString, KeepsWhatFitsAndSaysSo) {
  FixedString<4> text{"abc"};
  text.append("def");
  EXPECT_EQ(text.view(), "abcd");
  EXPECT_TRUE(text.truncated());
  EXPECT_STREQ(text.c_str(), "abcd");
}

TEST(FixedString, StaysTruncatedUntilCleared) {
  FixedString<2> text{"abc"};
  text.append("");
  EXPECT_TRUE(text.truncated());
  text.clear();
  EXPECT_FALSE(text.truncated());
  EXPECT_TRUE(text.empty());
  EXPECT_STREQ(text.append("xy").c_str(), "xy");
}

TEST(FixedString, AppendsItself) {
  FixedString<8> text{"abc"};
  text.append(text);
  EXPECT_EQ(text.view(), "abcabc");
}

TEST(FixedString, WritesWholeNumbers) {
  EXPECT_EQ(FixedString<32>{}.append_number(0).view(), "0");
  EXPECT_EQ(FixedString<32>{}.append_number(std::uint8_t{200}).view(), "200");
  EXPECT_EQ(FixedString<32>{}.append_number(std::int8_t{-128}).view(), "-128");
  EXPECT_EQ(FixedString<32>{}.append_number(std::numeric_limits<std::int32_t>::min()).view(), "-2147483648");
  EXPECT_EQ(FixedString<32>{}.append_number(std::numeric_limits<std::uint32_t>::max()).view(), "4294967295");
  EXPECT_EQ(FixedString<32>{}.append_number(std::numeric_limits<std::int64_t>::min()).view(),
            "-9223372036854775808");
  EXPECT_EQ(FixedString<32>{}.append_number(std::numeric_limits<std::uint64_t>::max()).view(),
            "18446744073709551615");
}

TEST(FixedString, MarksANumberThatDoesNotFit) {
  FixedString<3> text;
  EXPECT_TRUE(text.append_number(1234).truncated());
}

TEST(FixedString, WipeLeavesNoCharacterBehind) {
  FixedString<8> secret{"password"};
  secret.wipe();
  EXPECT_TRUE(secret.empty());
  EXPECT_TRUE(std::all_of(secret.c_str(), secret.c_str() + 9, [](char c) { return c == '\0'; }));
}

TEST(FixedString, WipeReachesBehindAShorterText) {
  FixedString<8> secret{"password"};
  secret.clear();
  secret.append("x");
  secret.wipe();
  EXPECT_TRUE(std::all_of(secret.c_str(), secret.c_str() + 9, [](char c) { return c == '\0'; }));
}

}  // namespace
}  // namespace airlift
