#include "airlift_server/conditional.hpp"

#include <gtest/gtest.h>

#include "airlift/http/http_date.hpp"

namespace airlift::server {
namespace {

using Kind = RangeWish::Kind;

TEST(Conditional, FindsEntityTagsInLists) {
  struct Row {
    const char* list;
    bool strong;
    bool weak;
  };
  const Row table[]{
      {R"("a")", true, true},
      {R"( "x" , "a")", true, true},
      {R"("x","a","y")", true, true},
      {R"(W/"a")", false, true},
      {R"("x", W/"a")", false, true},
      {R"(W/"x", "a")", true, true},
      {"*", true, true},
      {" * ", true, true},
      {R"("b")", false, false},
      {R"("A")", false, false},
      {R"("a,")", false, false},
      {R"("x,"a"")", false, false},
      {"a", false, false},
      {R"("a)", false, false},
      {R"(a")", false, false},
      {R"(w/"a")", false, false},
      {R"(junk, "a")", false, false},
      {",,", false, false},
      {"", false, false},
  };
  for (const Row& row : table) {
    EXPECT_EQ(lists_etag(row.list, R"("a")", Comparison::strong), row.strong) << row.list;
    EXPECT_EQ(lists_etag(row.list, R"("a")", Comparison::weak), row.weak) << row.list;
  }
}

TEST(Conditional, ReadsOneRange) {
  struct Row {
    const char* header;
    std::uint64_t size;
    Kind kind;
    std::uint64_t first;
    std::uint64_t count;
  };
  const Row table[]{
      {"bytes=0-0", 10, Kind::one, 0, 1},
      {"bytes=3-", 10, Kind::one, 3, 7},
      {"Bytes = 3-5", 10, Kind::one, 3, 3},
      {"bytes=9-9", 10, Kind::one, 9, 1},
      {"bytes=0-9", 10, Kind::one, 0, 10},
      {"bytes=5-100", 10, Kind::one, 5, 5},
      {"bytes=5-18446744073709551615", 10, Kind::one, 5, 5},
      {"bytes=-3", 10, Kind::one, 7, 3},
      {"bytes=-768", 10, Kind::one, 0, 10},
      {"bytes=10-", 10, Kind::unsatisfiable, 0, 0},
      {"bytes=10-20", 10, Kind::unsatisfiable, 0, 0},
      {"bytes=-0", 10, Kind::unsatisfiable, 0, 0},
      {"bytes=0-", 0, Kind::unsatisfiable, 0, 0},
      {"bytes=-1", 0, Kind::unsatisfiable, 0, 0},
      {"bytes=5-4", 10, Kind::none, 0, 0},
      {"bytes=0-1,3-4", 10, Kind::none, 0, 0},
      {"bytes=", 10, Kind::none, 0, 0},
      {"bytes=-", 10, Kind::none, 0, 0},
      {"bytes=5", 10, Kind::none, 0, 0},
      {"bytes=a-b", 10, Kind::none, 0, 0},
      {"bytes=1-b", 10, Kind::none, 0, 0},
      {"bytes=+1-2", 10, Kind::none, 0, 0},
      {"bytes=1--2", 10, Kind::none, 0, 0},
      {"bytes=18446744073709551616-", 10, Kind::none, 0, 0},
      {"items=0-1", 10, Kind::none, 0, 0},
      {"", 10, Kind::none, 0, 0},
  };
  for (const Row& row : table) {
    const RangeWish wish = read_range(row.header, row.size);
    EXPECT_EQ(wish.kind, row.kind) << row.header;
    EXPECT_EQ(wish.range.first, row.first) << row.header;
    EXPECT_EQ(wish.range.count, row.count) << row.header;
  }
}

TEST(Conditional, DatesAreThoseOfHttp) {
  EXPECT_EQ(http_date(784111777), "Sun, 06 Nov 1994 08:49:37 GMT");  // the example of RFC 9110 5.6.7
  for (const std::int64_t time : {0LL, 951782400LL, 1709164799LL, 4102444800LL}) {
    EXPECT_EQ(http::parse_http_date(http_date(time)), static_cast<std::uint64_t>(time));
  }
}

}  // namespace
}  // namespace airlift::server
