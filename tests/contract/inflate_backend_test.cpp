// What every compression backend must do: with the system's zlib, and with its source.

#include "airlift/codec/inflate_backend.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "airlift/codec/gzip.hpp"
#include "airlift/codec/text.hpp"

namespace airlift::codec::backend {
namespace {

using Outcome = Inflate::Outcome;
using Buffer = std::vector<std::uint8_t>;

// `printf 'hello hello hello hello\n' | gzip -9n`
constexpr std::string_view hello{"hello hello hello hello\n"};
constexpr std::string_view hello_hex{"1f8b0800000000000203cb48cdc9c957c84027b9000088590b18000000"};

Buffer bytes_of(std::string_view hex) {
  Buffer bytes(hex.size() / 2);
  EXPECT_TRUE(from_hex(hex, {bytes.data(), bytes.size()}));
  return bytes;
}

class InflateBackend : public ::testing::Test {
 protected:
  [[nodiscard]] bool start(std::size_t arena_bytes, int bits = 15) {
    arena_.assign(arena_bytes, 0xA5);
    image_.clear();
    return inflate_.start({arena_.data(), arena_.size()}, bits);
  }

  /// All of `gzip`, in pieces of `piece` bytes, each with as much room.
  Outcome run(const Buffer& gzip, std::size_t piece = 4096) {
    Outcome outcome{Outcome::more};
    for (Bytes rest{gzip.data(), gzip.size()}; outcome == Outcome::more;) {
      Bytes in = rest.first(std::min(piece, rest.size()));
      const std::size_t offered = in.size();
      Buffer room(piece);
      MutableBytes out{room.data(), room.size()};
      outcome = inflate_.run(in, out);
      const std::size_t filled = room.size() - out.size();
      image_.append(room.begin(), room.begin() + static_cast<std::ptrdiff_t>(filled));
      rest = rest.subspan(offered - in.size());
      if (rest.empty() && filled == 0) break;
    }
    return outcome;
  }

  Buffer arena_;
  Inflate inflate_;
  std::string image_;
};

TEST_F(InflateBackend, UnpacksInAnyPieces) {
  for (std::size_t piece = 1; piece < 40; ++piece) {
    ASSERT_TRUE(start(gzip_arena_bytes()));
    EXPECT_EQ(run(bytes_of(hello_hex), piece), Outcome::end) << piece;
    EXPECT_EQ(image_, hello);
    EXPECT_EQ(inflate_.total_out(), hello.size());
  }
}

TEST_F(InflateBackend, DoesNothingWithNothing) {
  ASSERT_TRUE(start(gzip_arena_bytes()));
  Bytes in;
  MutableBytes out;
  EXPECT_EQ(inflate_.run(in, out), Outcome::more);
  EXPECT_EQ(run(bytes_of(hello_hex)), Outcome::end);
}

TEST_F(InflateBackend, LeavesWhatStandsBehindTheEnd) {
  ASSERT_TRUE(start(gzip_arena_bytes()));
  Buffer gzip = bytes_of(hello_hex);
  gzip.push_back(7);
  Buffer room(100);
  Bytes in{gzip.data(), gzip.size()};
  MutableBytes out{room.data(), room.size()};
  EXPECT_EQ(inflate_.run(in, out), Outcome::end);
  ASSERT_EQ(in.size(), 1U);
  EXPECT_EQ(in[0], 7);
}

TEST_F(InflateBackend, FindsDamage) {
  const Buffer good = bytes_of(hello_hex);
  for (const std::size_t at :
       {std::size_t{0}, std::size_t{1}, std::size_t{2}, good.size() - 8, good.size() - 1}) {
    ASSERT_TRUE(start(gzip_arena_bytes()));
    Buffer bad = good;
    bad[at] ^= 0x40;
    EXPECT_EQ(run(bad), Outcome::damaged) << at;
  }
}

// A first block of fixed codes (RFC 1951 3.2.6) with one match at distance 1, before there is anything.
TEST_F(InflateBackend, NamesADistanceThatReachesTooFar) {
  ASSERT_TRUE(start(gzip_arena_bytes()));
  EXPECT_EQ(run(bytes_of("1f8b0800000000000003030200")), Outcome::too_far_back);
}

TEST_F(InflateBackend, NeverLeavesItsArena) {
  for (int bits = 9; bits <= 15; ++bits) {
    ASSERT_TRUE(start(gzip_arena_bytes(bits), bits));
    EXPECT_EQ(run(bytes_of(hello_hex), 3), Outcome::end) << bits;
  }
  EXPECT_FALSE(start(0));
  EXPECT_FALSE(start(1000));
  // Enough for the tables, not for the window.
  ASSERT_TRUE(start(8192 + 1000));
  EXPECT_EQ(run(bytes_of(hello_hex), 3), Outcome::no_memory);
}

}  // namespace
}  // namespace airlift::codec::backend
