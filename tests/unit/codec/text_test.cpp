#include "airlift/codec/text.hpp"

#include <gtest/gtest.h>

#include <string>

namespace airlift::codec {
namespace {

TEST(Hex, IsLowerCase) {
  const std::array<std::uint8_t, 4> bytes{0x00, 0x9a, 0xf0, 0xff};
  EXPECT_EQ(view(to_hex(bytes)), "009af0ff");
}

TEST(Hex, ComesBackFromEitherCase) {
  std::array<std::uint8_t, 3> bytes{};
  EXPECT_TRUE(from_hex("0aBcfF", bytes));
  EXPECT_EQ(bytes, (std::array<std::uint8_t, 3>{0x0a, 0xbc, 0xff}));
}

TEST(Hex, EveryByteComesBack) {
  for (int value = 0; value < 256; ++value) {
    const std::array<std::uint8_t, 1> bytes{static_cast<std::uint8_t>(value)};
    std::array<std::uint8_t, 1> back{};
    EXPECT_TRUE(from_hex(view(to_hex(bytes)), back));
    EXPECT_EQ(back, bytes);
  }
}

TEST(Hex, RefusesEveryOtherCharacterInEitherPlace) {
  std::array<std::uint8_t, 1> bytes{};
  for (int value = 0; value < 256; ++value) {
    const char c = static_cast<char>(value);
    const bool is_digit = std::string_view{"0123456789abcdefABCDEF"}.find(c) != std::string_view::npos;
    EXPECT_EQ(from_hex(std::string{c, '0'}, bytes), is_digit) << value;
    EXPECT_EQ(from_hex(std::string{'0', c}, bytes), is_digit) << value;
    EXPECT_EQ(is_hex(std::string{'0', c, '0'}), is_digit) << value;
  }
}

TEST(Hex, RefusesEveryOtherLength) {
  std::array<std::uint8_t, 2> bytes{};
  for (const std::string_view text : {"", "0", "00", "000", "00000", "000000"}) {
    EXPECT_FALSE(from_hex(text, bytes)) << text;
  }
  EXPECT_TRUE(from_hex("", MutableBytes{}));
}

TEST(Number, TakesDigitsOnly) {
  EXPECT_EQ(parse_number("0"), 0U);
  EXPECT_EQ(parse_number("4294967295"), 4294967295U);
  EXPECT_EQ(parse_number("007"), 7U);
  for (const std::string_view text : {"", " ", "+1", "-1", "-0", " 1", "1 ", "1.", "0x10", "a", "1a",
                                      "4294967296", "99999999999999999999999999"}) {
    EXPECT_EQ(parse_number(text), std::nullopt) << text;
  }
  EXPECT_EQ(parse_number(std::string_view{}), std::nullopt);
  EXPECT_EQ(parse_number(std::string_view{"1\0", 2}), std::nullopt);
}

TEST(Number, MayBeLong) {
  EXPECT_EQ(parse_long_number("18446744073709551615"), 18446744073709551615U);
  for (const std::string_view text : {"18446744073709551616", "", "-1", "1 ", "0x1"}) {
    EXPECT_EQ(parse_long_number(text), std::nullopt) << text;
  }
}

TEST(Number, RefusesWhatIsAboveTheMost) {
  EXPECT_EQ(parse_number("65535", 65535), 65535U);
  EXPECT_EQ(parse_number("65536", 65535), std::nullopt);
}

TEST(TakeUntil, CutsAtTheFirstSeparator) {
  std::string_view text{"a bc  d"};
  EXPECT_EQ(take_until(text, ' '), "a");
  EXPECT_EQ(take_until(text, ' '), "bc");
  EXPECT_EQ(take_until(text, ' '), "");
  EXPECT_EQ(take_until(text, ' '), "d");
  EXPECT_TRUE(text.empty());
  EXPECT_EQ(take_until(text, ' '), "");
}

TEST(FirstLine, EndsAtEitherLineEnd) {
  EXPECT_EQ(first_line("one\ntwo"), "one");
  EXPECT_EQ(first_line("one\r\ntwo"), "one");
  EXPECT_EQ(first_line("one"), "one");
  EXPECT_EQ(first_line("one\r"), "one");
  EXPECT_EQ(first_line("one\r\r\n"), "one\r");
  EXPECT_EQ(first_line("\n"), "");
  EXPECT_EQ(first_line(""), "");
}

TEST(Printable, IsAsciiFromTheBlankToTheTilde) {
  for (int value = 0; value < 256; ++value) {
    const char c = static_cast<char>(value);
    const bool expected = value >= 0x20 && value <= 0x7e;
    EXPECT_EQ(is_printable(c), expected) << value;
    EXPECT_EQ(all_printable(std::string{'a', c}), expected) << value;
    EXPECT_EQ(printable<3>(std::string{'a', c, 'z'}).view(), (std::string{'a', expected ? c : '?', 'z'}))
        << value;
  }
  EXPECT_TRUE(all_printable(""));
}

TEST(Printable, IsCutToWhatFits) {
  EXPECT_EQ(printable<3>("abcd").view(), "abc");
  EXPECT_TRUE(printable<3>("abcd").truncated());
}

TEST(EqualIgnoringCase, ComparesLettersOnlyWithoutCase) {
  EXPECT_TRUE(equal_ignoring_case("SafeMode", "safemode"));
  EXPECT_TRUE(equal_ignoring_case("", ""));
  EXPECT_FALSE(equal_ignoring_case("a", "ab"));
  EXPECT_FALSE(equal_ignoring_case("a", "b"));
  // '@' and '`', '[' and '{' differ by the bit that tells 'A' from 'a'.
  EXPECT_FALSE(equal_ignoring_case("@[", "`{"));
  EXPECT_FALSE(equal_ignoring_case("\xC4", "\xE4"));
}

TEST(Text, IsTrimmed) {
  EXPECT_EQ(trimmed(" \ta b\t "), "a b");
  EXPECT_EQ(trimmed("a"), "a");
  EXPECT_EQ(trimmed("\na"), "\na");
  EXPECT_EQ(trimmed(" \t"), "");
  EXPECT_EQ(trimmed(""), "");
}

}  // namespace
}  // namespace airlift::codec
