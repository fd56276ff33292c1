// The file to upload: its digests, its pieces, its gzip stream.
#include "upload_image.hpp"

#include <gmock/gmock.h>
#define ZLIB_CONST
#include <zlib.h>

#include <filesystem>
#include <random>
#include <vector>

#include "push_failure.hpp"
#include "support/temp_directory.hpp"

namespace airlift::testing {
namespace {

using cli::PushError;
using cli::SignedFile;
using cli::UploadImage;

std::string noise(std::size_t size) {
  std::mt19937 random{7};
  std::string text(size, '\0');
  for (char& c : text) c = static_cast<char>(random());
  return text;
}

/// As programs are: shrinks to about a half, and no piece of it is like another.
std::string program(std::size_t size) {
  std::string text = noise(size);
  for (std::size_t i = 0; i < size; ++i) {
    if (i / 64 % 2 == 0) text[i] = 'a';
  }
  return text;
}

std::string gunzip(std::string_view packed) {
  z_stream stream{};
  constexpr int gzip_format{16};
  constexpr int window_bits{15};
  EXPECT_EQ(inflateInit2(&stream, gzip_format + window_bits), Z_OK);
  stream.next_in = as_bytes(packed).data();
  stream.avail_in = static_cast<uInt>(packed.size());
  std::string text;
  std::vector<Bytef> room(1 << 20);
  int outcome = Z_OK;
  while (outcome == Z_OK) {
    stream.next_out = room.data();
    stream.avail_out = static_cast<uInt>(room.size());
    outcome = inflate(&stream, Z_NO_FLUSH);
    text.append(reinterpret_cast<const char*>(room.data()), room.size() - stream.avail_out);
  }
  EXPECT_EQ(outcome, Z_STREAM_END);
  EXPECT_EQ(stream.avail_in, 0U) << "something stands behind the stream";
  inflateEnd(&stream);
  return text;
}

std::string compressed(UploadImage& image) {
  std::string stream;
  for (Bytes bytes = image.compressed_piece(0); !bytes.empty();
       bytes = image.compressed_piece(stream.size())) {
    stream += as_text(bytes);
  }
  return stream;
}

UpdateError error_of(const std::function<void()>& action) {
  try {
    action();
  } catch (const PushError& error) {
    EXPECT_EQ(error.failure.stage, cli::Stage::file);
    return error.failure.code;
  }
  return UpdateError::none;
}

class UploadImageTest : public ::testing::Test {
 protected:
  UploadImage make(std::string_view content) {
    return UploadImage{directory_.write("app.bin", content), SignedFile::ignored};
  }
  TempDirectory directory_;
};

TEST_F(UploadImageTest, KnowsDigestsAndTail) {
  for (const std::size_t size : {1U, 767U, 768U, 769U, 16384U, 100'000U}) {
    const std::string content = noise(size);
    UploadImage image = make(content);
    EXPECT_EQ(image.size_bytes(), size);
    EXPECT_EQ(image.md5(), crypto::md5(as_bytes(content)));
    EXPECT_EQ(image.sha256(), crypto::sha256(as_bytes(content)));
    EXPECT_EQ(as_text(image.tail()), content.substr(size - std::min<std::size_t>(size, 768)));
  }
}

TEST_F(UploadImageTest, TakesTheSignedFileBesideIt) {
  const std::string path = directory_.write("app.bin", "plain");
  EXPECT_FALSE((UploadImage{path, SignedFile::preferred}.replaced_by_signed()));
  directory_.write("app.bin.signed", "signed!");
  const UploadImage image{path, SignedFile::preferred};
  EXPECT_TRUE(image.replaced_by_signed());
  EXPECT_EQ(image.path(), path + ".signed");
  EXPECT_EQ(image.size_bytes(), 7U);
  EXPECT_EQ((UploadImage{path, SignedFile::ignored}.size_bytes()), 5U);
}

TEST_F(UploadImageTest, DigestsAPrefix) {
  const std::string content = noise(70'000);
  UploadImage image = make(content);
  for (const std::uint32_t count : {0U, 1U, 16384U, 16385U, 70'000U}) {
    EXPECT_EQ(image.prefix_sha256(count), crypto::sha256(as_bytes(content).first(count)));
  }
  EXPECT_EQ(error_of([&] { std::ignore = image.prefix_sha256(70'001); }), UpdateError::file_unreadable);
}

TEST_F(UploadImageTest, GivesPiecesFromAnywhere) {
  const std::string content = noise(70'000);
  UploadImage image = make(content);
  for (const std::uint32_t offset : {69'999U, 0U, 16'383U, 40'000U}) {
    const std::string_view piece = as_text(image.piece(offset, 100));
    EXPECT_FALSE(piece.empty());
    EXPECT_EQ(piece, content.substr(offset, piece.size()));
  }
}

TEST_F(UploadImageTest, SaysWhatCannotBeRead) {
  EXPECT_EQ(error_of([&] {
              UploadImage{directory_ / "none", SignedFile::ignored};
            }),
            UpdateError::file_unreadable);
  EXPECT_EQ(error_of([&] { make(""); }), UpdateError::file_unreadable);
}

TEST_F(UploadImageTest, AFileThatBecameShorterIsSeen) {
  UploadImage image = make(program(3'000'000));
  EXPECT_FALSE(image.compressed_piece(0).empty());
  std::filesystem::resize_file(directory_ / "app.bin", 1'000'000);
  EXPECT_EQ(error_of([&] { std::ignore = image.piece(1'000'000, 10); }), UpdateError::file_unreadable);
  // However often it is asked: half a stream never looks like a whole one.
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(error_of([&] { compressed(image); }), UpdateError::file_unreadable);
  }
}

TEST_F(UploadImageTest, CompressesOnceForAll) {
  const std::string content = program(1'500'000);
  UploadImage image = make(content);
  ASSERT_TRUE(image.compressible());
  const std::string stream = compressed(image);
  EXPECT_EQ(gunzip(stream), content);
  EXPECT_LT(stream.size(), content.size() * 7 / 10);
  EXPECT_EQ(compressed(image), stream);
  EXPECT_EQ(stream.substr(0, 4), "\x1F\x8B\x08" + std::string(1, '\0')) << "gzip without a name";
}

TEST_F(UploadImageTest, AnyOrderOfPositionsGivesTheSameStream) {
  const std::string content = program(1'500'000);
  UploadImage first = make(content);
  const std::string stream = compressed(first);
  UploadImage image{directory_ / "app.bin", SignedFile::ignored};
  std::mt19937 random{1};
  for (int i = 0; i < 200; ++i) {
    const std::size_t position = random() % stream.size();
    const std::string_view piece = as_text(image.compressed_piece(position));
    ASSERT_FALSE(piece.empty()) << position;
    ASSERT_EQ(piece, stream.substr(position, piece.size()));
  }
  EXPECT_TRUE(image.compressed_piece(stream.size()).empty());
  EXPECT_TRUE(image.compressed_piece(stream.size() + 1).empty());
}

TEST_F(UploadImageTest, CompressesNoMoreThanIsAskedFor) {
  UploadImage image = make(program(8 << 20));
  EXPECT_LT(image.compressed_piece(0).size(), 1U << 20);
}

TEST_F(UploadImageTest, TinyFilesHaveAStreamToo) {
  UploadImage image = make("x");
  EXPECT_FALSE(image.compressible());
  EXPECT_EQ(gunzip(compressed(image)), "x");
}

TEST_F(UploadImageTest, WhatDoesNotShrinkIsNotWorthIt) {
  EXPECT_FALSE(make(noise(1'000'000)).compressible());
  EXPECT_TRUE(make(std::string(1'000, 'a')).compressible());
  // The sample is from all over the file: a start that shrinks does not decide.
  EXPECT_FALSE(make(std::string(16'384, 'a') + noise(1'000'000)).compressible());
  EXPECT_TRUE(make(noise(16'384) + program(1'000'000)).compressible());
}

TEST_F(UploadImageTest, WhatDoesNotFitIntoMemoryIsNotCompressed) {
  const std::string path = directory_.write("app.bin", "x");
  std::filesystem::resize_file(path, (256U << 20) + 1);  // holes: takes no room on the disk
  EXPECT_FALSE((UploadImage{path, SignedFile::ignored}.compressible()));
}

}  // namespace
}  // namespace airlift::testing
