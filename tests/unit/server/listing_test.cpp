#include "airlift_server/listing.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "airlift_server/publish_error.hpp"
#include "support/signing.hpp"
#include "support/temp_directory.hpp"

namespace airlift::server {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;

class ListingTest : public ::testing::Test {
 protected:
  void add(const std::string& path, std::string_view content = "image") const {
    fs::create_directories((fs::path{directory_.path()} / path).parent_path());
    static_cast<void>(directory_.write(path, content));
  }
  [[nodiscard]] std::vector<std::string> listed() const {
    std::vector<std::string> result;
    for (const ListedImage& image : list_images(directory_.path()))
      result.push_back(image.board + " " + image.channel + " " + image.file);
    return result;
  }

  testing::TempDirectory directory_;
};

TEST_F(ListingTest, PublishedAndCopiedImagesAreListed) {
  for (const char* path : {"b/stable/firmware.bin", "b/beta/by-hand.bin", "a/stable/images/1.bin"}) add(path);
  EXPECT_THAT(listed(), ElementsAre("a stable images/1.bin", "b beta by-hand.bin", "b stable firmware.bin"));
}

TEST_F(ListingTest, HiddenAndOtherFilesAndLinksAreLeftOut) {
  for (const char* path : {"a/stable/.firmware.bin.1.part", "a/stable/.x.bin", "a/stable/firmware.bin.gz",
                           "README", "a/firmware.bin", ".a/stable/firmware.bin", "a/.stable/firmware.bin",
                           "a/sta ble/firmware.bin", "a b/stable/firmware.bin", "a/stable/more/x.bin"})
    add(path);
  fs::create_symlink("/", directory_ / "b");
  fs::create_symlink("../../README", directory_ / "a/stable/firmware.bin");
  fs::create_symlink("more", directory_ / "a/stable/images");
  EXPECT_THAT(listed(), ElementsAre());
}

TEST_F(ListingTest, AnImageIsDescribedByItsManifestOrItsName) {
  image::Manifest manifest = testing::manifest_of("payload", "1.2");
  manifest.kind = image::Kind::filesystem;
  add("a/stable/firmware.bin");
  add("a/stable/firmware.bin.gz");
  add("a/stable/filesystem.bin");
  add("a/stable/x.bin", testing::signed_file("payload", manifest, testing::TestKey{1}));
  const std::vector<ListedImage> images = list_images(directory_.path());
  ASSERT_EQ(images.size(), 3U);
  EXPECT_EQ(images[0].image->kind, image::Kind::filesystem);
  EXPECT_TRUE(images[0].image->current);
  EXPECT_FALSE(images[0].compressed);
  EXPECT_EQ(images[1].image->kind, image::Kind::firmware);
  EXPECT_TRUE(images[1].compressed);
  EXPECT_EQ(images[1].image->file.digests.sha256, crypto::sha256(as_bytes("image")));
  EXPECT_EQ(images[2].image->kind, image::Kind::filesystem);
  EXPECT_EQ(images[2].image->version(), "1.2");
  EXPECT_FALSE(images[2].image->current);
}

TEST_F(ListingTest, AFolderThatIsNotThereIsAnError) {
  EXPECT_THROW(static_cast<void>(list_images(directory_ / "none")), PublishError);
}

}  // namespace
}  // namespace airlift::server
