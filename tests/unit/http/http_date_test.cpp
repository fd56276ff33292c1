#include "airlift/http/http_date.hpp"

#include <gtest/gtest.h>

#include <ctime>
#include <random>
#include <string>

namespace airlift::http {
namespace {

/// As the C library writes it.
std::string http_date(std::time_t time) {
  std::tm parts{};
  gmtime_r(&time, &parts);
  std::array<char, 40> text{};
  return {text.data(), std::strftime(text.data(), text.size(), "%a, %d %b %Y %H:%M:%S GMT", &parts)};
}

TEST(HttpDate, ReadsTheStandardsExample) {
  EXPECT_EQ(parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT"), 784111777U);
}

TEST(HttpDate, AgreesWithTheCLibrary) {
  for (const std::time_t time : {0L, 86399L, 951782399L, 951782400L, 951868800L, 1709164800L, 1709251199L,
                                 4107542399L, 4107542400L, 253402300799L}) {
    EXPECT_EQ(parse_http_date(http_date(time)), static_cast<std::uint64_t>(time)) << http_date(time);
  }
  std::mt19937_64 generator{1};
  for (int i = 0; i < 1000; ++i) {
    const auto time = static_cast<std::time_t>(generator() % 253402300800U);
    EXPECT_EQ(parse_http_date(http_date(time)), static_cast<std::uint64_t>(time)) << http_date(time);
  }
}

TEST(HttpDate, RefusesEverythingElse) {
  for (const std::string_view text :
       {"", "Sun, 06 Nov 1994 08:49:37", "Sun, 06 Nov 1994 08:49:37 UTC", "Sunday, 06-Nov-94 08:49:37 GMT",
        "Sun Nov  6 08:49:37 1994", "Sun, 6 Nov 1994 08:49:37 GMT", "Sun, 00 Nov 1994 08:49:37 GMT",
        "Sun, 31 Nov 1994 08:49:37 GMT", "Sun, 29 Feb 1999 08:49:37 GMT", "Sun, 29 Feb 2100 08:49:37 GMT",
        "Sun, 06 Nov 1969 08:49:37 GMT", "Sun, 06 Abc 1994 08:49:37 GMT", "Sun, 06 anF 1994 08:49:37 GMT",
        "Sun, 06 Nov 1994 24:49:37 GMT", "Sun, 06 Nov 1994 08:60:37 GMT", "Sun, 06 Nov 1994 08:49:61 GMT",
        "Sun, 06 Nov 1994 08:49:37 GMT ", "Sun, -6 Nov 1994 08:49:37 GMT", "Su1, 06 Nov 1994 08:49:37 GMT"}) {
    EXPECT_EQ(parse_http_date(text), std::nullopt) << text;
  }
  EXPECT_TRUE(parse_http_date("Tue, 29 Feb 2000 23:59:60 GMT"));
}

}  // namespace
}  // namespace airlift::http
