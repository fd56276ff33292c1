#include "airlift_server/image_facts.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>

#include "airlift_posix/unique_fd.hpp"
#include "support/signing.hpp"
#include "support/temp_directory.hpp"

namespace airlift::server {
namespace {

ImageFacts facts(std::string_view version, std::uint64_t build_time_s = 0, std::int64_t file_time_s = 0) {
  ImageFacts result;
  result.file_time_s = file_time_s;
  if (version.empty()) return result;
  result.manifest = image::Manifest{};
  result.manifest->version = version;
  result.manifest->build_time_s = build_time_s;
  return result;
}

TEST(ImageFacts, TheNewerImageIsToldByManifestVersionBuildAndFile) {
  const std::vector<ImageFacts> ascending{facts("", 0, 8),     facts("", 0, 9),     facts("1.9", 9, 9),
                                          facts("1.10", 5, 7), facts("1.10", 6, 3), facts("1.10", 6, 4)};
  for (std::size_t i = 0; i < ascending.size(); ++i) {
    for (std::size_t j = 0; j < ascending.size(); ++j)
      EXPECT_EQ(is_newer(ascending[i], ascending[j]), i > j) << i << ' ' << j;
  }
}

TEST(ImageFacts, AFileIsReadWhole) {
  const testing::TempDirectory directory;
  const std::string payload(200'000, 'x');
  const std::string content =
      testing::signed_file(payload, testing::manifest_of(payload, "1.2"), testing::TestKey{1});
  const posix::UniqueFd fd{open(directory.write("image", content).c_str(), O_RDONLY)};
  const auto read = read_facts(fd.get());
  ASSERT_TRUE(read.ok());
  EXPECT_EQ(read.value().size_bytes, content.size());
  EXPECT_EQ(read.value().sha256, crypto::sha256(as_bytes(content)));
  EXPECT_EQ(read.value().version(), "1.2");
  EXPECT_GT(read.value().file_time_s, 0);
}

TEST(ImageFacts, AFileWithoutManifestHasNoVersion) {
  const testing::TempDirectory directory;
  for (const char* content : {"", "short"}) {
    const posix::UniqueFd fd{open(directory.write("image", content).c_str(), O_RDONLY)};
    const auto read = read_facts(fd.get());
    ASSERT_TRUE(read.ok());
    EXPECT_EQ(read.value().version(), "");
  }
  EXPECT_EQ(read_facts(-1).error(), UpdateError::file_unreadable);
}

}  // namespace
}  // namespace airlift::server
