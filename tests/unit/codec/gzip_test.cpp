#include "airlift/codec/gzip.hpp"

#include <gtest/gtest.h>
#include <zlib.h>

#include <algorithm>
#include <cstdlib>
#include <random>
#include <string>
#include <vector>

#include "support/temp_directory.hpp"

namespace airlift::codec {
namespace {

using Progress = GzipReader::Progress;
using Buffer = std::vector<std::uint8_t>;

Bytes view(const Buffer& buffer) {
  return {buffer.data(), buffer.size()};
}

/// Text-like bytes that repeat at all distances.
Buffer some_image(std::size_t size, unsigned seed = 1) {
  std::mt19937 random{seed};
  Buffer image;
  while (image.size() < size) {
    const std::size_t count = 3 + random() % 60;
    const std::size_t back =
        image.size() < 100 ? 0 : 1 + random() % std::min<std::size_t>(image.size(), 32768);
    for (std::size_t i = 0; i < count; ++i) {
      image.push_back(back == 0 || random() % 20 == 0 ? static_cast<std::uint8_t>(random())
                                                      : image[image.size() - back]);
    }
  }
  image.resize(size);
  return image;
}

struct Options {
  int level{6};
  int window_bits{15};
  gz_header* header{nullptr};
};

Buffer compress(const Buffer& image, const Options& options = {}) {
  z_stream stream{};
  deflateInit2(&stream, options.level, Z_DEFLATED, 16 + options.window_bits, 9, Z_DEFAULT_STRATEGY);
  if (options.header != nullptr) deflateSetHeader(&stream, options.header);
  Buffer gzip(deflateBound(&stream, image.size()) + 1000);
  Buffer input = image;
  stream.next_in = input.data();
  stream.avail_in = static_cast<unsigned>(input.size());
  stream.next_out = gzip.data();
  stream.avail_out = static_cast<unsigned>(gzip.size());
  EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
  gzip.resize(stream.total_out);
  deflateEnd(&stream);
  return gzip;
}

/// A reader with its arena, and what it has given.
class Unpacking {
 public:
  explicit Unpacking(int window_bits = 15)
      : arena_(gzip_arena_bytes(window_bits)), reader_{arena(), window_bits} {
    reader_.start();
  }

  GzipReader& reader() { return reader_; }

  /// Feeds `gzip` in pieces and gives room in pieces, of up to that many bytes each; room for `most` bytes in
  /// all.
  Result<Progress> feed(Bytes gzip, std::size_t in_piece, std::size_t room_piece,
                        std::size_t most = std::size_t{1} << 24) {
    for (;;) {
      Bytes in = gzip.first(std::min(in_piece, gzip.size()));
      Buffer room(std::min(room_piece, most - image_.size()));
      MutableBytes out{room.data(), room.size()};
      const std::size_t offered = in.size();
      const Result<Progress> progress = reader_.feed(in, out);
      gzip = gzip.subspan(offered - in.size());
      const std::size_t filled = room.size() - out.size();
      image_.insert(image_.end(), room.begin(), room.begin() + static_cast<std::ptrdiff_t>(filled));
      if (!progress.ok()) return progress;
      const bool stuck = filled == 0 && offered == in.size();
      if (gzip.empty() && (progress.value() != Progress::more_room || stuck)) return progress;
      if (stuck && room.empty()) return progress;
    }
  }

  [[nodiscard]] const Buffer& image() const { return image_; }

 private:
  MutableBytes arena() { return {arena_.data(), arena_.size()}; }

  Buffer arena_;
  GzipReader reader_;
  Buffer image_;
};

std::string outcome(const Result<Progress>& progress) {
  if (!progress.ok()) return std::string{describe(progress.error()).name};
  switch (progress.value()) {
    case Progress::more_input:
      return "more_input";
    case Progress::more_room:
      return "more_room";
    case Progress::end:
      return "end";
  }
  return "?";
}

std::string unpack(const Buffer& gzip, const Buffer& expected, int window_bits = 15) {
  Unpacking unpacking{window_bits};
  const std::string result = outcome(unpacking.feed(view(gzip), 1000, 1000));
  return result == "end" && unpacking.image() != expected ? "another image" : result;
}

TEST(GzipReader, UnpacksWhateverTheCutsAre) {
  for (const int level : {0, 1, 6, 9}) {
    const Buffer image = some_image(60'000);
    const Buffer gzip = compress(image, {level});
    for (const std::size_t piece :
         {std::size_t{1}, std::size_t{7}, std::size_t{4096}, std::size_t{1} << 20}) {
      Unpacking unpacking;
      EXPECT_EQ(outcome(unpacking.feed(view(gzip), piece, 4096)), "end") << level << ' ' << piece;
      EXPECT_TRUE(unpacking.image() == image);
      Unpacking narrow;
      EXPECT_EQ(outcome(narrow.feed(view(gzip), 1460, piece)), "end") << level << ' ' << piece;
      EXPECT_TRUE(narrow.image() == image);
    }
  }
}

TEST(GzipReader, UnpacksAtRandomCuts) {
  std::mt19937 random{7};
  for (unsigned round = 1; round <= 50; ++round) {
    const Buffer image = some_image(random() % 60'000, round);
    const Buffer gzip = compress(image);
    Unpacking unpacking;
    Result<Progress> progress{Progress::more_input};
    for (Bytes rest = view(gzip); !rest.empty();) {
      const std::size_t count = std::min<std::size_t>(random() % 900, rest.size());
      progress = unpacking.feed(rest.first(count), 1 + random() % 300, 1 + random() % 5000);
      ASSERT_TRUE(progress.ok());
      rest = rest.subspan(count);
    }
    EXPECT_EQ(outcome(progress), "end");
    EXPECT_TRUE(unpacking.image() == image);
  }
}

TEST(GzipReader, UnpacksWhatTheGzipProgramMakes) {
  const Buffer image = some_image(100'000);
  for (const char* options : {"-1 --name", "-9 --name", "-6 --no-name", "-1", "--best --rsyncable"}) {
    const testing::TempDirectory folder;
    folder.write("image", {reinterpret_cast<const char*>(image.data()), image.size()});
    const std::string command =
        "gzip " + std::string{options} + " < '" + (folder / "image") + "' > '" + (folder / "image.gz") + "'";
    ASSERT_EQ(std::system(command.c_str()), 0);
    const std::string file = testing::read_file(folder / "image.gz");
    EXPECT_EQ(unpack({file.begin(), file.end()}, image), "end") << options;
    // With a name: gzip stores it when it compresses a file, not a stream.
    ASSERT_EQ(std::system(("gzip -f " + std::string{options} + " '" + (folder / "image") + "'").c_str()), 0);
    const std::string named = testing::read_file(folder / "image.gz");
    EXPECT_EQ(unpack({named.begin(), named.end()}, image), "end") << options;
  }
}

TEST(GzipReader, ReadsOverTheFieldsOfTheHeaderAndChecksItsCrc) {
  Buffer extra(3000, 0x1F);
  Buffer name(2000, 'n');
  name.back() = 0;
  Buffer comment(500, 'c');
  comment.back() = 0;
  gz_header header{};
  header.extra = extra.data();
  header.extra_len = static_cast<unsigned>(extra.size());
  header.name = name.data();
  header.comment = comment.data();
  header.hcrc = 1;
  const Buffer image = some_image(5000);
  Buffer gzip = compress(image, {6, 15, &header});
  ASSERT_GT(gzip.size(), 5500U);
  EXPECT_EQ(unpack(gzip, image), "end");
  Unpacking unpacking;
  EXPECT_EQ(outcome(unpacking.feed(view(gzip), 1, 1)), "end");
  gzip[3500] ^= 1;  // in the name, which only the header's CRC covers
  EXPECT_EQ(unpack(gzip, image), "gzip_damaged");
}

TEST(GzipReader, TakesAnEmptyImage) {
  EXPECT_EQ(unpack(compress({}), {}), "end");
}

TEST(GzipReader, WantsMoreOfAFileThatEndsTooEarly) {
  const Buffer image = some_image(300);
  const Buffer gzip = compress(image);
  for (std::size_t size = 0; size < gzip.size(); ++size) {
    Unpacking unpacking;
    EXPECT_EQ(outcome(unpacking.feed(view(gzip).first(size), 1000, 1000)), "more_input") << size;
  }
}

TEST(GzipReader, RefusesEveryChangeThatChangesTheImage) {
  constexpr std::size_t header_bytes{10};
  const Buffer image = some_image(400);
  const Buffer gzip = compress(image);
  int harmless{0};
  for (std::size_t at = 0; at < gzip.size(); ++at) {
    for (int bit = 0; bit < 8; ++bit) {
      Buffer changed = gzip;
      changed[at] = static_cast<std::uint8_t>(changed[at] ^ 1 << bit);
      const std::string result = unpack(changed, image);  // "end" only with the same image
      EXPECT_TRUE(result == "gzip_damaged" || result == "more_input" || result == "end") << at << result;
      if (at >= header_bytes && result == "end") ++harmless;
    }
  }
  EXPECT_LT(harmless, 8) << "only the bits between the last block and the next whole byte mean nothing";
}

TEST(GzipReader, ChecksCrcAndLength) {
  const Buffer image = some_image(300);
  for (std::size_t back = 1; back <= 8; ++back) {
    Buffer gzip = compress(image);
    gzip[gzip.size() - back] ^= 0x80;
    EXPECT_EQ(unpack(gzip, image), "gzip_damaged") << back;
  }
}

TEST(GzipReader, RefusesWhatIsNoGzip) {
  const Buffer image = some_image(300);
  Buffer zlib(1000);
  uLongf size = zlib.size();
  ASSERT_EQ(::compress(zlib.data(), &size, image.data(), image.size()), Z_OK);
  zlib.resize(size);
  EXPECT_EQ(unpack(zlib, image), "gzip_damaged");
  EXPECT_EQ(unpack(image, image), "gzip_damaged");
  EXPECT_EQ(unpack({0x1F, 0x8B, 0x07, 0, 0, 0, 0, 0, 0, 0}, image), "gzip_damaged") << "no DEFLATE";
  EXPECT_EQ(unpack({0x1F, 0x8B, 0x08, 0x20, 0, 0, 0, 0, 0, 0}, image), "gzip_damaged") << "a reserved flag";
}

TEST(GzipReader, RefusesBytesBehindTheEnd) {
  const Buffer image = some_image(300);
  Buffer longer = compress(image);
  longer.push_back(0);
  EXPECT_EQ(unpack(longer, image), "gzip_damaged");
  Buffer twice = compress(image);
  const Buffer again = twice;
  twice.insert(twice.end(), again.begin(), again.end());
  EXPECT_EQ(unpack(twice, image), "gzip_damaged");

  Unpacking unpacking;
  EXPECT_EQ(outcome(unpacking.feed(view(again), 1000, 1000)), "end");
  EXPECT_EQ(outcome(unpacking.feed({}, 1000, 1000)), "end");
  EXPECT_EQ(outcome(unpacking.feed(view(again).first(1), 1000, 1000)), "gzip_damaged");
  EXPECT_EQ(outcome(unpacking.feed({}, 1000, 1000)), "gzip_damaged") << "until it is started again";
}

TEST(GzipReader, ABombGetsNoFurtherThanTheRoom) {
  const Buffer zeros(10'000'000);
  const Buffer bomb = compress(zeros, {9});
  ASSERT_LT(bomb.size(), 10'000U);
  Unpacking unpacking;
  EXPECT_EQ(outcome(unpacking.feed(view(bomb), 1460, 4096, 65536)), "more_room");
  EXPECT_EQ(unpacking.image().size(), 65536U);
}

TEST(GzipReader, NeedsNoRoomForTheEndOfAnImageThatFitsExactly) {
  const Buffer image = some_image(8192);
  const Buffer gzip = compress(image);
  for (const std::size_t piece : {1U, 5U, 100000U}) {
    Unpacking unpacking;
    EXPECT_EQ(outcome(unpacking.feed(view(gzip), piece, 4096, image.size())), "end") << piece;
    Unpacking too_small;
    EXPECT_EQ(outcome(too_small.feed(view(gzip), piece, 4096, image.size() - 1)), "more_room") << piece;
  }
}

TEST(GzipReader, SaysWhenTheWindowIsTooSmall) {
  const Buffer image = some_image(200'000);
  for (int bits = 9; bits <= 15; ++bits) {
    const Buffer gzip = compress(image, {9, bits});
    EXPECT_EQ(unpack(gzip, image, bits), "end") << bits;
    EXPECT_EQ(unpack(gzip, image, 15), "end") << bits;
  }
  const Buffer wide = compress(image, {9, 15});
  for (int bits = 9; bits <= 12; ++bits) EXPECT_EQ(unpack(wide, image, bits), "gzip_window") << bits;
}

// A distance that reaches behind the image's beginning is damage, not want of memory: here, a first block of
// fixed codes (RFC 1951 3.2.6) with one match of 3 bytes at distance 1.
TEST(GzipReader, CallsAnImpossibleDistanceDamage) {
  const Buffer gzip{0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 0x03, 0x02, 0x00};
  for (const int bits : {9, 15}) EXPECT_EQ(unpack(gzip, {}, bits), "gzip_damaged");
}

TEST(GzipReader, NeedsItsArenaOnlyWhereverThatLies) {
  const Buffer image = some_image(150'000);
  for (int bits = 9; bits <= 15; ++bits) {
    const Buffer gzip = compress(image, {9, bits});
    for (std::size_t shift = 0; shift < 16; ++shift) {
      Buffer memory(shift + gzip_arena_bytes(bits));
      GzipReader reader{MutableBytes{memory.data(), memory.size()}.subspan(shift), bits};
      reader.start();
      Buffer unpacked(image.size());
      Bytes in = view(gzip);
      MutableBytes out{unpacked.data(), unpacked.size()};
      ASSERT_EQ(outcome(reader.feed(in, out)), "end") << bits << ' ' << shift;
      ASSERT_TRUE(unpacked == image);
    }
  }
}

TEST(GzipReader, StartsAnewFromAnyPoint) {
  const Buffer image = some_image(50'000);
  const Buffer gzip = compress(image);
  Buffer arena(gzip_arena_bytes());
  GzipReader reader{{arena.data(), arena.size()}};
  for (const std::size_t size : {std::size_t{0}, std::size_t{5}, gzip.size() / 2, gzip.size()}) {
    reader.start();
    Buffer unpacked(image.size());
    MutableBytes out{unpacked.data(), unpacked.size()};
    Bytes in = view(gzip).first(size);
    ASSERT_TRUE(reader.feed(in, out).ok());
    Bytes nonsense = view(image);
    EXPECT_EQ(outcome(reader.feed(nonsense, out)), "gzip_damaged") << size;
  }
  reader.start();
  Buffer unpacked(image.size());
  MutableBytes out{unpacked.data(), unpacked.size()};
  Bytes in = view(gzip);
  EXPECT_EQ(outcome(reader.feed(in, out)), "end");
  EXPECT_TRUE(unpacked == image);
}

TEST(IsGzip, LooksAtTwoBytes) {
  EXPECT_TRUE(is_gzip(as_bytes("\x1f\x8b")));
  EXPECT_TRUE(is_gzip(as_bytes("\x1f\x8b...")));
  EXPECT_FALSE(is_gzip(as_bytes("\x1f")));
  EXPECT_FALSE(is_gzip({}));
  EXPECT_FALSE(is_gzip(as_bytes("\x1f\x8c")));
  EXPECT_FALSE(is_gzip(as_bytes("\xe9\x8b")));
}

}  // namespace
}  // namespace airlift::codec
