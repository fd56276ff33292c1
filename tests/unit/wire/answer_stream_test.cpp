#include "airlift/wire/answer_stream.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <tuple>

namespace airlift::wire {
namespace {

using Kind = AnswerStream::Result;

struct Case {
  const char* name;
  std::string bytes;
  Kind result;
  bool complete;
  std::uint32_t count_digits;
  int error_number;
  std::string error_text;
};

std::string long_line(std::size_t text_size) {
  return "ERROR[7]: " + std::string(text_size, 'x') + "\n";
}

const Case cases[]{
    {"Nothing", "", Kind::none_yet, false, 0, 0, ""},
    {"Counts", "14601460536", Kind::none_yet, false, 11, 0, ""},
    {"CountsInLines", "1460\r\n1460\n", Kind::none_yet, false, 8, 0, ""},
    {"Ok", "OK", Kind::ok, true, 0, 0, ""},
    {"OkBehindTheLastCount", "1460536OK", Kind::ok, true, 7, 0, ""},
    {"RepeatedOk", "1024OKOKOK", Kind::ok, true, 4, 0, ""},
    {"OkThenAnything", "OK5ERROR[1]: no\n\xff", Kind::ok, true, 0, 0, ""},
    {"HalfAnOk", "1024O", Kind::none_yet, false, 4, 0, ""},
    {"Esp8266Error",
     "1460ERROR[7]: MD5 verification failed: expected: 00112233445566778899aabbccddeeff, calculated: "
     "ffeeddccbbaa99887766554433221100\n",
     Kind::error, true, 4, 7,
     "MD5 verification failed: expected: 00112233445566778899aabbccddeeff, calculated: "
     "ffeeddccbbaa99887766554433221100"},
    // arduino-esp32, libraries/Update/src/Updater.cpp: out.println(_err2str(_error))
    {"Esp32Error", "1024MD5 Check Failed\r\n", Kind::error, true, 4, 0, "MD5 Check Failed"},
    {"RepeatedError", "ERROR[4]: full\nERROR[5]: other\n", Kind::error, true, 0, 4, "full"},
    {"ErrorThenOk", "ERROR[4]: full\nOK", Kind::error, true, 0, 4, "full"},
    {"DigitsOfAnErrorAreNoCounts", "12ERROR[4]: 345\n67", Kind::error, true, 2, 4, "345"},
    {"UnfinishedError", "ERROR[4]: fu", Kind::error, false, 0, 4, "fu"},
    {"UnfinishedNumber", "ERROR[4", Kind::error, false, 0, 4, "ERROR[4"},
    {"JustE", "E", Kind::error, false, 0, 0, "E"},
    {"ErrorWithoutNumber", "ERROR: flash\n", Kind::error, true, 0, 0, "ERROR: flash"},
    {"ErrorWithOddNumber", "ERROR[-1]: x\n", Kind::error, true, 0, 0, "x"},
    {"ErrorWithLargeNumber", "ERROR[256]: x\n", Kind::error, true, 0, 0, "x"},
    {"ErrorWithEmptyNumber", "ERROR[]: x\n", Kind::error, true, 0, 0, "x"},
    {"ErrorWithLargestNumber", "ERROR[255]: x\n", Kind::error, true, 0, 255, "x"},
    {"ErrorWithoutText", "ERROR[3]: \n", Kind::error, true, 0, 3, ""},
    {"ErrorNotPrintable", "ERROR[3]: a\x1b\xc3\xa4\tb\n", Kind::error, true, 0, 3, "a????b"},
    {"CarriageReturnIsNotText", "ERROR[3]: bad\r\n", Kind::error, true, 0, 3, "bad"},
    {"WordsThatBeginLikeOk", "Out of memory\n", Kind::error, true, 0, 0, "Out of memory"},
    {"LineThatIsJustO", "O\n", Kind::error, true, 0, 0, "O"},
    {"LongestText", long_line(longest_error_text_bytes), Kind::error, true, 0, 7,
     std::string(longest_error_text_bytes, 'x')},
    {"Blank", " 12", Kind::nonsense, false, 0, 0, ""},
    {"Zero", std::string("12\0OK", 5), Kind::nonsense, false, 2, 0, ""},
    {"HighByte", "1\xffOK", Kind::nonsense, false, 1, 0, ""},
};

using Seen = std::tuple<Kind, bool, std::uint32_t, int, std::string>;

Seen what_it_says(const AnswerStream& stream) {
  return {stream.result(), stream.complete(), stream.count_digits(), stream.error_number(),
          std::string{stream.error_text()}};
}

class AnswerStreamCase : public testing::TestWithParam<Case> {};

TEST_P(AnswerStreamCase, SaysWhatItShould) {
  const Case& c = GetParam();
  AnswerStream stream;
  stream.feed(as_bytes(c.bytes));
  EXPECT_EQ(what_it_says(stream), Seen(c.result, c.complete, c.count_digits, c.error_number, c.error_text));
}

TEST_P(AnswerStreamCase, SaysTheSameByteByByte) {
  const Case& c = GetParam();
  AnswerStream stream;
  for (std::size_t i = 0; i < c.bytes.size(); ++i) stream.feed(as_bytes(c.bytes).subspan(i, 1));
  EXPECT_EQ(what_it_says(stream), Seen(c.result, c.complete, c.count_digits, c.error_number, c.error_text));
}

TEST_P(AnswerStreamCase, SaysTheSameAtRandomCuts) {
  const Case& c = GetParam();
  std::mt19937 random{3};
  for (int round = 0; round < 100; ++round) {
    AnswerStream stream;
    Bytes rest = as_bytes(c.bytes);
    while (!rest.empty()) {
      const std::size_t count = std::min<std::size_t>(random() % 8, rest.size());
      stream.feed(rest.first(count));
      rest = rest.subspan(count);
    }
    EXPECT_EQ(what_it_says(stream), Seen(c.result, c.complete, c.count_digits, c.error_number, c.error_text));
  }
}

INSTANTIATE_TEST_SUITE_P(Streams, AnswerStreamCase, testing::ValuesIn(cases),
                         [](const testing::TestParamInfo<Case>& chosen) {
                           return std::string{chosen.param.name};
                         });

TEST(AnswerStream, KeepsTheStartOfAnEndlessLine) {
  AnswerStream stream;
  stream.feed(as_bytes("ERROR[7]: "));
  for (int i = 0; i < 10000; ++i) stream.feed(as_bytes("abc"));
  EXPECT_EQ(stream.result(), Kind::error);
  EXPECT_FALSE(stream.complete());
  EXPECT_EQ(stream.error_number(), 7);
  EXPECT_GE(stream.error_text().size(), longest_error_text_bytes);
  EXPECT_EQ(stream.error_text().substr(0, 4), "abca");
  stream.feed(as_bytes("\n"));
  EXPECT_TRUE(stream.complete());
}

TEST(ErrorLine, LooksAsTheEsp8266PrintsIt) {
  EXPECT_EQ(format_error_line(UpdateError::digest_mismatch).view(), "ERROR[7]: MD5 check failed\n");
  EXPECT_EQ(format_error_line(UpdateError::no_space, "3 of 4").view(),
            "ERROR[4]: not enough space: 3 of 4\n");
}

TEST(ErrorLine, EndsHoweverLongTheDetailIs) {
  for (std::size_t size = 0; size < 300; ++size) {
    const std::string detail(size, 'd');
    const ErrorLine line = format_error_line(UpdateError::stalled, detail);
    ASSERT_EQ(line.view().back(), '\n') << size;
    EXPECT_EQ(std::count(line.view().begin(), line.view().end(), '\n'), 1) << size;
    EXPECT_FALSE(line.truncated()) << size;
    AnswerStream stream;
    stream.feed(as_bytes(line));
    EXPECT_TRUE(stream.complete());
    EXPECT_EQ(stream.error_number(), number_of(UpdateError::stalled));
    EXPECT_EQ("ERROR[6]: " + std::string{stream.error_text()} + "\n", line.view()) << size;
  }
}

TEST(ErrorLine, EveryErrorComesBack) {
  for (int number = 1; number < 256; ++number) {
    const auto error = static_cast<UpdateError>(number);
    AnswerStream stream;
    stream.feed(as_bytes(format_error_line(error)));
    EXPECT_EQ(stream.error_number(), number);
    EXPECT_EQ(stream.error_text(), describe(error).text);
  }
}

}  // namespace
}  // namespace airlift::wire
