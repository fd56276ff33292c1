#include "airlift_server/layout.hpp"

#include <gtest/gtest.h>

namespace airlift::server {
namespace {

TEST(Layout, NamesOfBoardsAndChannelsAreNamesOfOneFolder) {
  for (const std::string_view good : {"d1_mini", "esp32-S3", "1.2", "a"})
    EXPECT_TRUE(is_folder_name(good)) << good;
  EXPECT_TRUE(is_folder_name(std::string(64, 'a')));
  for (const std::string_view bad : {"", ".", "..", ".hidden", "a/b", "a\\b", "a b", "ä", "a\nb"}) {
    EXPECT_FALSE(is_folder_name(bad)) << bad;
  }
  EXPECT_FALSE(is_folder_name(std::string(65, 'a')));
}

TEST(Layout, ArchivedImagesAreNamedByVersionKindAndContent) {
  crypto::Sha256Digest digest{};
  digest[0] = 0xAB;
  digest[7] = 0x01;
  digest[8] = 0xFF;
  EXPECT_EQ(archive_name("1.2.3", image::Kind::firmware, digest), "1.2.3-firmware-ab00000000000001.bin");
  EXPECT_EQ(archive_name("1/2 b", image::Kind::filesystem, digest), "1_2_b-filesystem-ab00000000000001.bin");
  EXPECT_EQ(archive_name("../1", image::Kind::firmware, digest), "_._1-firmware-ab00000000000001.bin");
  EXPECT_EQ(archive_name("", image::Kind::firmware, digest), "unversioned-firmware-ab00000000000001.bin");
}

TEST(Layout, ChannelsAreFoldersOfTheirBoard) {
  EXPECT_EQ(channel_folder("/srv/updates", "d1_mini", "beta"), "/srv/updates/d1_mini/beta");
}

}  // namespace
}  // namespace airlift::server
