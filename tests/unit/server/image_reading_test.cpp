#include "airlift_server/image_reading.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <random>

#include "airlift_server/conditional.hpp"
#include "airlift_server/folder.hpp"
#include "folders.hpp"
#include "offers.hpp"
#include "support/gzip.hpp"
#include "support/signing.hpp"

namespace airlift::server {
namespace {

using airlift::testing::compressible;
using airlift::testing::gzip;
using airlift::testing::manifest_of;
using airlift::testing::signed_file;
using airlift::testing::TempDirectory;
using airlift::testing::TestKey;
using testing::digests_of;
using testing::sha256_of;

const TestKey key{1};

Reading read(std::string_view content, const std::string& path = "lamp/stable/app.bin") {
  const TempDirectory folder;
  const posix::UniqueFd fd{open(folder.write("file", content).c_str(), O_RDONLY)};
  return read_image(fd.get(), path, mark_of(fd.get()).value());
}

TEST(ImageReading, TellsAllOfAPlainFile) {
  const std::string content = compressible(200'000);
  const Reading reading = read(content);
  ASSERT_TRUE(reading.image) << reading.why;
  const Image& image = *reading.image;
  EXPECT_EQ(image.file.digests, digests_of(content));
  EXPECT_EQ(image.payload, image.file.digests);
  EXPECT_EQ(image.image, image.file.digests);
  EXPECT_FALSE(image.manifest || image.esp32_digest || image.current);
  EXPECT_EQ(image.file.path, "lamp/stable/app.bin");
  EXPECT_EQ(image.file.etag, "\"" + image.sha256_text.substr(0, 32) + "\"");
  EXPECT_EQ(image.md5_text.size(), 32U);
  EXPECT_EQ(image.file.last_modified, http_date(image.file.mark.modified_ns / 1'000'000'000));
}

TEST(ImageReading, TellsFilePayloadAndImageApart) {
  const std::string content = compressible(200'000);
  const std::string packed = gzip(content);
  image::Manifest manifest = manifest_of(packed, "1.2.3");
  manifest.compression = image::Compression::gzip;
  manifest.image_bytes = 200'000;
  manifest.image_sha256 = sha256_of(content);
  const std::string file = signed_file(packed, manifest, key);
  const Reading reading = read(file);
  ASSERT_TRUE(reading.image) << reading.why;
  EXPECT_EQ(reading.image->file.digests, digests_of(file));
  EXPECT_EQ(reading.image->payload, digests_of(packed));
  EXPECT_EQ(reading.image->image, digests_of(content));
  EXPECT_EQ(reading.image->version(), "1.2.3");
  manifest.image_sha256 = sha256_of("other");
  EXPECT_EQ(read(signed_file(packed, manifest, key)).why, "its manifest is not that of its content");
}

TEST(ImageReading, WhatItIsSaysTheManifestElseTheName) {
  image::Manifest manifest = manifest_of("content");
  manifest.kind = image::Kind::filesystem;
  const std::string signed_filesystem = signed_file("content", manifest, key);
  struct Row {
    const char* path;
    std::string content;
    image::Kind kind;
    bool current;
  };
  const Row table[]{
      {"a/b/firmware.bin", "x", image::Kind::firmware, true},
      {"a/b/filesystem.bin", "x", image::Kind::filesystem, true},
      {"a/b/images/firmware.bin", "x", image::Kind::firmware, true},
      {"a/filesystem/app.bin", "x", image::Kind::firmware, false},
      {"a/b/images/1.0-filesystem-0011223344556677.bin", "x", image::Kind::filesystem, false},
      {"a/b/app.ino.mklittlefs.bin", "x", image::Kind::filesystem, false},
      {"a/b/app.spiffs.bin", "x", image::Kind::filesystem, false},
      {"a/b/app.bin", signed_filesystem, image::Kind::filesystem, false},
      {"a/b/firmware.bin", signed_filesystem, image::Kind::filesystem, false},
  };
  for (const Row& row : table) {
    const Reading reading = read(row.content, row.path);
    ASSERT_TRUE(reading.image) << row.path << ": " << reading.why;
    EXPECT_EQ(reading.image->kind, row.kind) << row.path;
    EXPECT_EQ(reading.image->current, row.current) << row.path;
  }
}

TEST(ImageReading, RefusesWhatIsDamaged) {
  const std::string good = signed_file("content", manifest_of("content"), key);
  ASSERT_EQ(read(good).why, "");
  EXPECT_EQ(read("").why, "it is empty");
  std::string other_content = good;
  other_content[0] = 'C';
  EXPECT_EQ(read(other_content).why, "its manifest is not that of its content");
  EXPECT_NE(read(good.substr(1)).why, "");
  EXPECT_NE(read("more" + good).why, "");
  std::string other_manifest = good;
  other_manifest[9] = static_cast<char>(other_manifest[9] ^ 0x55);
  EXPECT_EQ(read(other_manifest).why, "its manifest is damaged");
  EXPECT_EQ(read(other_manifest).image->file.digests, digests_of(other_manifest));
}

TEST(ImageReading, TakesWhatOnlyLooksLikeGzipAsItIs) {
  const std::string packed = gzip(compressible(100'000));
  for (const std::string& content :
       {packed.substr(0, packed.size() - 9), packed + "x", std::string{"\x1F\x8B"}}) {
    const Reading reading = read(content);
    ASSERT_TRUE(reading.image) << reading.why;
    EXPECT_EQ(reading.image->image, digests_of(content));
  }
}

TEST(ImageReading, TakesWhatOnlyBeginsAsGzipAsItIsWhereverItIsCut) {
  constexpr std::size_t piece_bytes{65536};  // that files are read in
  std::mt19937 random{1};
  std::string content;
  for (std::size_t i = 0; i < piece_bytes - 100; ++i) content += static_cast<char>(random());
  while (gzip(content).size() < piece_bytes) content += static_cast<char>(random());
  const std::string packed = gzip(content);
  ASSERT_EQ(packed.size(), piece_bytes);
  EXPECT_EQ(read(packed).image->image, digests_of(content));
  EXPECT_EQ(read(packed + "x").image->image, digests_of(packed + "x"));
}

TEST(ImageReading, FindsWhatAnEsp32CallsItsDigest) {
  std::string content = "\xE9" + std::string(100'000, 'x');
  content[23] = 1;
  const std::string digest = std::string{as_text(sha256_of(content))};
  const Reading plain = read(content + digest);
  ASSERT_TRUE(plain.image && plain.image->esp32_digest);
  EXPECT_EQ(*plain.image->esp32_digest, sha256_of(content));
  const Reading packed = read(gzip(content + digest));
  EXPECT_EQ(packed.image->esp32_digest, sha256_of(content));
  const Reading with_trailer = read(signed_file(content + digest, manifest_of(content + digest), key));
  EXPECT_EQ(with_trailer.image->esp32_digest, sha256_of(content));
  content[23] = 0;
  EXPECT_FALSE(read(content + digest).image->esp32_digest);
  content[23] = 1;
  content[0] = 'x';
  EXPECT_FALSE(read(content + digest).image->esp32_digest);
}

TEST(ImageReading, AGzipSiblingUnpacksToTheSame) {
  const TempDirectory folder;
  const std::string content = compressible(100'000);
  const auto sibling = [&](std::string_view packed) {
    const posix::UniqueFd fd{open(folder.write("file", packed).c_str(), O_RDONLY)};
    return read_gzip_sibling(fd.get(), "x.bin.gz", mark_of(fd.get()).value(), sha256_of(content));
  };
  const auto found = sibling(gzip(content));
  ASSERT_TRUE(found);
  EXPECT_EQ(found->digests.sha256, sha256_of(gzip(content)));
  EXPECT_TRUE(found->etag.ends_with("-gzip\""));
  EXPECT_FALSE(sibling(gzip(content + "x")));
  EXPECT_FALSE(sibling(content));
  EXPECT_FALSE(sibling(gzip(content) + "x"));
  EXPECT_FALSE(sibling(""));
}

TEST(ImageReading, RefusesFilesThatAreTooLarge) {
  const TempDirectory folder;
  const std::string path = folder.write("file", "x");
  std::filesystem::resize_file(path, longest_image_bytes + 1);  // sparse
  const posix::UniqueFd fd{open(path.c_str(), O_RDONLY)};
  EXPECT_EQ(read_image(fd.get(), "x.bin", mark_of(fd.get()).value()).why, "it is larger than 256 MiB");
}

}  // namespace
}  // namespace airlift::server
