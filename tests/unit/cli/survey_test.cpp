// One pass over a file: digests and what is in it.
#include "survey.hpp"

#include <gmock/gmock.h>
#include <zlib.h>

#include "esp_images.hpp"
#include "support/temp_directory.hpp"

namespace airlift::testing {
namespace {

using image::Compression;

std::string gzip(std::string_view content) {
  z_stream stream{};
  EXPECT_EQ(deflateInit2(&stream, 9, Z_DEFLATED, 16 + 15, 8, Z_DEFAULT_STRATEGY), Z_OK);
  std::string out(deflateBound(&stream, content.size()), '\0');
  std::string in{content};
  stream.next_in = reinterpret_cast<Bytef*>(in.data());
  stream.avail_in = static_cast<uInt>(in.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

class SurveyOf : public ::testing::Test {
 protected:
  cli::Survey survey(std::string_view content, std::size_t trailer_bytes = 0) {
    cli::ImageFile file{folder_.write("image", content)};
    cli::Meter meter;
    return cli::survey(file, static_cast<std::uint32_t>(content.size() - trailer_bytes), cli::Digests::all,
                       meter);
  }

 private:
  TempDirectory folder_;
};

const std::string image_bytes = esp32_image({{0x42000020, std::string(100'000, 'c')}}, AppendedHash::yes);

TEST_F(SurveyOf, AFileWithoutTrailer) {
  const auto result = survey(image_bytes);
  EXPECT_EQ(result.file_bytes, image_bytes.size());
  EXPECT_EQ(result.file_md5, crypto::md5(as_bytes(image_bytes)));
  EXPECT_EQ(result.file_sha256, crypto::sha256(as_bytes(image_bytes)));
  EXPECT_EQ(result.payload_sha256, result.file_sha256);
  EXPECT_EQ(result.image_sha256, result.file_sha256);
  EXPECT_EQ(result.image_bytes, image_bytes.size());
  EXPECT_EQ(result.compression, Compression::none);
  EXPECT_EQ(result.content.content, cli::Content::esp_image);
  ASSERT_EQ(result.esp_parts.size(), 1U);
  EXPECT_EQ(result.esp_parts.front().end_bytes, image_bytes.size());
}

TEST_F(SurveyOf, TheTrailerBelongsToTheFileOnly) {
  // Longer than one piece, so that the border lies within a piece and, the second time, between two.
  for (const std::size_t trailer : {600U, 16384U, 40'000U}) {
    const auto result = survey(image_bytes + std::string(trailer, 't'), trailer);
    EXPECT_EQ(result.file_sha256, crypto::sha256(as_bytes(image_bytes + std::string(trailer, 't'))));
    EXPECT_EQ(result.payload_sha256, crypto::sha256(as_bytes(image_bytes)));
    EXPECT_EQ(result.payload_bytes, image_bytes.size());
    EXPECT_EQ(result.image_bytes, image_bytes.size());
  }
}

TEST_F(SurveyOf, EveryDigestAnEsp32CanAskFor) {
  const auto result = survey(image_bytes);
  for (const auto kind :
       {crypto::DigestKind::sha256, crypto::DigestKind::sha384, crypto::DigestKind::sha512}) {
    crypto::Sha2 expected{kind};
    expected.update(as_bytes(image_bytes));
    EXPECT_EQ(as_text(result.payload_digest(kind)), as_text(expected.finish()));
  }
}

TEST_F(SurveyOf, ACompressedImage) {
  const std::string payload = gzip(image_bytes);
  const auto result = survey(payload + "trailer", 7);
  EXPECT_EQ(result.compression, Compression::gzip);
  EXPECT_EQ(result.unpacking, UpdateError::none);
  EXPECT_EQ(result.payload_sha256, crypto::sha256(as_bytes(payload)));
  EXPECT_EQ(result.image_sha256, crypto::sha256(as_bytes(image_bytes)));
  EXPECT_EQ(result.image_bytes, image_bytes.size());
  EXPECT_EQ(result.content.content, cli::Content::esp_image);
  EXPECT_EQ(result.esp_parts.size(), 1U);
}

TEST_F(SurveyOf, DamagedCompression) {
  const std::string payload = gzip(image_bytes);
  EXPECT_EQ(survey(payload.substr(0, payload.size() - 1)).unpacking, UpdateError::gzip_damaged);
  EXPECT_EQ(survey(payload.substr(0, 2)).unpacking, UpdateError::gzip_damaged);
  EXPECT_EQ(survey(payload + "x").unpacking, UpdateError::gzip_damaged);
  EXPECT_EQ(survey(payload + std::string(20'000, 'x')).unpacking, UpdateError::gzip_damaged);
  std::string changed = payload;
  changed[payload.size() - 6] ^= 1;
  EXPECT_EQ(survey(changed).unpacking, UpdateError::gzip_damaged);
}

TEST_F(SurveyOf, ATruncatedImageTellsWhatIsThere) {
  const std::string payload = gzip(image_bytes);
  const auto result = survey(payload.substr(0, payload.size() - 20));
  EXPECT_EQ(result.unpacking, UpdateError::gzip_damaged);
  EXPECT_EQ(result.content.content, cli::Content::esp_image);
  EXPECT_GT(result.image_bytes, 32U);
}

TEST_F(SurveyOf, OneByte) {
  const auto result = survey("x");
  EXPECT_EQ(result.image_bytes, 1U);
  EXPECT_EQ(result.content.content, cli::Content::unknown);
}

}  // namespace
}  // namespace airlift::testing
