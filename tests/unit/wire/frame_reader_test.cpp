#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "airlift/wire/frame.hpp"

namespace airlift::wire {
namespace {

using From = FrameReader::From;
using State = FrameReader::State;

struct Frame {
  FrameType type;
  std::string payload;
  friend bool operator==(const Frame& a, const Frame& b) {
    return a.type == b.type && a.payload == b.payload;
  }
};

/// Puts as many of `bytes` into the reader as fit, at most `most`; gives the number.
std::size_t put(FrameReader& reader, Bytes bytes, std::size_t most) {
  const MutableBytes room = reader.room();
  const std::size_t count = std::min({room.size(), bytes.size(), most});
  std::copy_n(bytes.begin(), count, room.begin());
  reader.took(count);
  return count;
}

/// Reads `stream` in pieces as `next_piece()` gives them; data frames come piece by piece, too.
template <typename NextPiece>
std::vector<Frame> read_all(From from, std::string_view stream, NextPiece next_piece) {
  FrameReader reader{from};
  std::vector<Frame> frames;
  Bytes left = as_bytes(stream);
  bool in_data = false;
  while (!left.empty() && reader.state() != State::broken) {
    std::size_t taken = 0;
    if (reader.state() == State::data) {
      taken = std::min({reader.data_left(), left.size(), static_cast<std::size_t>(next_piece())});
      if (!in_data) frames.push_back({FrameType::data, {}});
      frames.back().payload += as_text(left.first(taken));
      reader.data_taken(taken);
      in_data = reader.state() == State::data;
    } else {
      taken = put(reader, left, next_piece());
    }
    left = left.subspan(taken);
    if (reader.state() == State::frame) {
      frames.push_back({reader.type(), std::string{as_text(reader.payload())}});
      EXPECT_TRUE(reader.room().empty());
      reader.next();
    }
  }
  EXPECT_EQ(reader.state(), State::header);
  return frames;
}

std::string stream_of(const std::vector<Frame>& frames) {
  std::string stream;
  for (const Frame& frame : frames) {
    stream += as_text(encode_frame_header(frame.type, frame.payload.size()));
    stream += frame.payload;
  }
  return stream;
}

const std::vector<Frame> of_uploader{
    {FrameType::secure, std::string(32, 'a')}, {FrameType::offer, std::string(104, 'b')},
    {FrameType::data, std::string(1, 'c')},    {FrameType::data, std::string(65535, 'd')},
    {FrameType::query, std::string(64, 'e')},  {FrameType::offer, std::string(872, 'f')}};
const std::vector<Frame> of_device{{FrameType::answer, std::string(69, 'a')},
                                   {FrameType::progress, std::string(4, 'b')},
                                   {FrameType::status, std::string(1432, 'c')},
                                   {FrameType::status, std::string(32, 'd')},
                                   {FrameType::result, std::string(162, 'e')}};

TEST(FrameReader, TellsFramesApartInAnyPieces) {
  for (const From from : {From::uploader, From::device}) {
    const std::vector<Frame>& frames = from == From::uploader ? of_uploader : of_device;
    const std::string stream = stream_of(frames);
    EXPECT_EQ(read_all(from, stream, [&] { return stream.size(); }), frames);
    EXPECT_EQ(read_all(from, stream, [] { return std::size_t{1}; }), frames);
    std::mt19937 random{6};
    for (int round = 0; round < 100; ++round) {
      EXPECT_EQ(read_all(from, stream, [&] { return std::size_t{random() % 300}; }), frames);
    }
  }
}

TEST(FrameReader, WantsWhatIsMissingAndNoMore) {
  FrameReader reader{From::device};
  EXPECT_EQ(reader.room().size(), frame_header_bytes);
  const auto header = encode_frame_header(FrameType::progress, 4);
  EXPECT_EQ(put(reader, header, 3), 3U);
  EXPECT_EQ(reader.room().size(), 1U);
  EXPECT_EQ(reader.state(), State::header);
  reader.room()[0] = header[3];
  reader.took(1);
  EXPECT_EQ(reader.state(), State::payload);
  EXPECT_EQ(reader.room().size(), 4U);
  reader.took(0);
  reader.took(4);
  EXPECT_EQ(reader.state(), State::frame);
  EXPECT_EQ(reader.type(), FrameType::progress);
  EXPECT_EQ(reader.payload().size(), 4U);
}

TEST(FrameReader, LeavesDataToTheCaller) {
  FrameReader reader{From::uploader};
  (void)put(reader, encode_frame_header(FrameType::data, 1000), 4);
  EXPECT_EQ(reader.state(), State::data);
  EXPECT_TRUE(reader.room().empty());
  EXPECT_EQ(reader.data_left(), 1000U);
  reader.data_taken(0);
  reader.data_taken(999);
  EXPECT_EQ(reader.state(), State::data);
  EXPECT_EQ(reader.data_left(), 1U);
  reader.data_taken(1);
  EXPECT_EQ(reader.state(), State::header);
}

struct Limits {
  FrameType type;
  From from;
  std::size_t least;
  std::size_t most;
};

// By hand from the byte table in docs/design/upload-protocol.md.
constexpr Limits table[]{
    {FrameType::secure, From::uploader, 32, 32}, {FrameType::offer, From::uploader, 104, 872},
    {FrameType::query, From::uploader, 64, 64},  {FrameType::data, From::uploader, 1, 65535},
    {FrameType::answer, From::device, 69, 165},  {FrameType::progress, From::device, 4, 4},
    {FrameType::result, From::device, 66, 162},  {FrameType::status, From::device, 32, 1432}};

State state_after(FrameReader& reader, FrameType type, std::size_t size) {
  reader.start();
  (void)put(reader, encode_frame_header(type, size), 4);
  return reader.state();
}

TEST(FrameReader, KnowsTheLengthsOfEachType) {
  for (const Limits& limits : table) {
    FrameReader reader{limits.from};
    const State good = limits.type == FrameType::data ? State::data : State::payload;
    for (std::size_t size = 0; size < 70000; ++size) {
      const bool fits = size >= limits.least && size <= limits.most;
      ASSERT_EQ(state_after(reader, limits.type, size), fits ? good : State::broken)
          << static_cast<int>(limits.type) << " of " << size;
    }
    for (const std::size_t size : {limits.least + 0x10000, limits.least + 0x800000, std::size_t{0xFFFFFF}}) {
      EXPECT_EQ(state_after(reader, limits.type, size), State::broken) << size;
    }
  }
}

TEST(FrameReader, BreaksOnUnknownTypesAndOnThoseOfItsOwnSide) {
  for (int number = 0; number < 256; ++number) {
    const auto type = static_cast<FrameType>(number);
    const auto* const known =
        std::find_if(std::begin(table), std::end(table), [&](const Limits& l) { return l.type == type; });
    for (const From from : {From::uploader, From::device}) {
      FrameReader reader{from};
      const bool expected = known != std::end(table) && known->from == from;
      const std::size_t size = known != std::end(table) ? known->least : 64;
      EXPECT_EQ(state_after(reader, type, size) != State::broken, expected) << number;
    }
  }
}

TEST(FrameReader, StaysBrokenUntilANewConnection) {
  FrameReader reader{From::uploader};
  EXPECT_EQ(state_after(reader, FrameType::status, 32), State::broken);
  EXPECT_TRUE(reader.room().empty());
  reader.took(0);
  EXPECT_EQ(reader.state(), State::broken);
  reader.start();
  EXPECT_EQ(reader.state(), State::header);
  EXPECT_EQ(put(reader, encode_frame_header(FrameType::query, 64), 4), 4U);
  EXPECT_EQ(reader.state(), State::payload);
}

TEST(FrameReader, BeginsAnewFromEveryState) {
  const std::string half = stream_of({{FrameType::query, std::string(64, 'x')}});
  for (std::size_t size = 0; size <= half.size(); ++size) {
    FrameReader reader{From::uploader};
    Bytes left = as_bytes(half).first(size);
    while (!left.empty()) left = left.subspan(put(reader, left, left.size()));
    reader.start();
    EXPECT_EQ(reader.state(), State::header) << size;
    EXPECT_EQ(reader.room().size(), frame_header_bytes) << size;
  }
}

}  // namespace
}  // namespace airlift::wire
