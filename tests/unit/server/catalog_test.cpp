#include "airlift_server/catalog.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <algorithm>

#include "airlift_server/content.hpp"
#include "airlift_server/image_reading.hpp"
#include "folders.hpp"
#include "support/gzip.hpp"
#include "support/signing.hpp"

namespace airlift::server {
namespace {

using airlift::testing::compressible;
using airlift::testing::gzip;
using airlift::testing::manifest_of;
using airlift::testing::signed_file;
using airlift::testing::TestKey;
using testing::KeptLog;
using testing::UpdateFolder;

constexpr std::int64_t second{1'000'000'000};

std::string image_of(const std::string& content, std::string_view version) {
  return signed_file(content, manifest_of(content, version), TestKey{1});
}

struct CatalogTest : ::testing::Test {
  UpdateFolder folder;
  KeptLog log;
  Catalog catalog{folder.path(), log};

  /// Paths in order, of all of a channel's offers.
  std::vector<std::string> offered(const std::string& channel = "lamp/stable") {
    std::vector<std::string> paths;
    const auto found = catalog.channels().find(channel);
    if (found == catalog.channels().end()) return paths;
    for (const Offer& offer : found->second.offers) {
      paths.push_back(offer.image->file.path.substr(channel.size() + 1));
    }
    return paths;
  }
  std::vector<std::string> look_at_all(const std::string& channel = "lamp/stable") {
    EXPECT_TRUE(catalog.look(0));
    return offered(channel);
  }
  std::int64_t changed_ns(const std::string& path) const {
    struct stat info {};
    EXPECT_EQ(::stat((folder / path).c_str(), &info), 0);
    return info.st_ctim.tv_sec * second + info.st_ctim.tv_nsec;
  }
};

using Paths = std::vector<std::string>;

TEST_F(CatalogTest, OffersImagesOfAChannelAndItsArchive) {
  folder.write("lamp/stable/firmware.bin", image_of("one", "1.0"));
  folder.write("lamp/stable/images/new.bin", image_of("two", "2.0"));
  folder.write("lamp/stable/images/same-as-firmware.bin", image_of("one", "1.0"));
  folder.write("lamp/stable/plain.bin", "no manifest");
  EXPECT_EQ(look_at_all(), (Paths{"firmware.bin", "images/new.bin", "plain.bin"}));
  EXPECT_EQ(catalog.channels().at("lamp/stable").board, "lamp");
  EXPECT_TRUE(log.lines.empty());
}

TEST_F(CatalogTest, TakesOnlyRegularFilesOfItsOwn) {
  folder.write("lamp/stable/firmware.bin", "good");
  folder.write("lamp/stable/.hidden.bin", "x");
  folder.write("lamp/stable/notes.txt", "x");
  folder.write("outside.bin", "x");
  folder.make("lamp/stable/folder.bin");
  folder.make("lamp/.hidden");
  folder.write("lamp/.hidden/firmware.bin", "x");
  folder.make("lamp/stable/deeper/still");
  folder.write("lamp/stable/deeper/app.bin", "x");
  ASSERT_EQ(::mkfifo((folder / "lamp/stable/pipe.bin").c_str(), 0600), 0);
  std::filesystem::create_symlink("firmware.bin", folder / "lamp/stable/link.bin");
  std::filesystem::create_symlink("/dev/zero", folder / "lamp/stable/endless.bin");
  std::filesystem::create_directory_symlink("stable", folder / "lamp/other");
  std::filesystem::create_directory_symlink("lamp", folder / "board");
  EXPECT_EQ(look_at_all(), Paths{"firmware.bin"});
  EXPECT_EQ(catalog.channels().size(), 1U);
}

TEST_F(CatalogTest, SaysOnceWhatItDoesNotOffer) {
  folder.write("lamp/stable/firmware.bin", "");
  folder.write("lamp/stable/large.bin", "x");
  std::filesystem::resize_file(folder / "lamp/stable/large.bin", longest_image_bytes + 1);
  EXPECT_EQ(look_at_all(), Paths{});
  EXPECT_EQ(look_at_all(), Paths{});
  ASSERT_EQ(log.lines.size(), 2U);
  EXPECT_EQ(log.lines[0], "lamp/stable/firmware.bin is not offered: it is empty");
  EXPECT_EQ(log.lines[1], "lamp/stable/large.bin is not offered: it is larger than 256 MiB");
}

TEST_F(CatalogTest, DoesNotReadAFileAgainThatIsTheSame) {
  folder.write("lamp/stable/firmware.bin", "one");
  ASSERT_TRUE(catalog.look(0));
  const auto first = catalog.channels().at("lamp/stable").offers.at(0).image;
  ASSERT_TRUE(catalog.look(0));
  EXPECT_EQ(catalog.channels().at("lamp/stable").offers.at(0).image, first);
  folder.write("lamp/stable/firmware.bin", "two");
  ASSERT_TRUE(catalog.look(0));
  EXPECT_NE(catalog.channels().at("lamp/stable").offers.at(0).image, first);
}

TEST_F(CatalogTest, AClockThatWasSetBackHoldsNothingUp) {
  ASSERT_TRUE(catalog.look(0));
  folder.write("lamp/stable/firmware.bin", "content");
  ASSERT_TRUE(catalog.look(changed_ns("lamp/stable/firmware.bin") - 3600 * second));
  EXPECT_EQ(offered(), Paths{"firmware.bin"});
}

TEST_F(CatalogTest, LetsFilesSettle) {
  ASSERT_TRUE(catalog.look(0));
  folder.write("lamp/stable/firmware.bin", "half");
  const std::int64_t written = changed_ns("lamp/stable/firmware.bin");
  ASSERT_TRUE(catalog.look(written + second - 1));
  EXPECT_EQ(offered(), Paths{});
  ASSERT_TRUE(catalog.look(written + second));
  EXPECT_EQ(offered(), Paths{"firmware.bin"});
  const auto old = catalog.channels().at("lamp/stable").offers.at(0).image;

  folder.write("lamp/stable/firmware.bin", "whole");
  const std::int64_t again = changed_ns("lamp/stable/firmware.bin");
  ASSERT_TRUE(catalog.look(again + 1));
  EXPECT_EQ(catalog.channels().at("lamp/stable").offers.at(0).image, old);
  ASSERT_TRUE(catalog.look(again + second));
  EXPECT_NE(catalog.channels().at("lamp/stable").offers.at(0).image, old);
}

TEST_F(CatalogTest, ForgetsWhatIsGone) {
  folder.write("lamp/stable/firmware.bin", "one");
  EXPECT_EQ(look_at_all(), Paths{"firmware.bin"});
  folder.remove("lamp/stable/firmware.bin");
  EXPECT_EQ(look_at_all(), Paths{});
  folder.remove("lamp");
  ASSERT_TRUE(catalog.look(0));
  EXPECT_TRUE(catalog.channels().empty());
}

TEST_F(CatalogTest, KeepsWhatItKnowsWhenTheFolderCannotBeOpened) {
  folder.write("lamp/stable/firmware.bin", "one");
  EXPECT_EQ(look_at_all(), Paths{"firmware.bin"});
  std::filesystem::rename(folder.path(), folder.path() + ".away");
  EXPECT_FALSE(catalog.look(0));
  EXPECT_EQ(offered(), Paths{"firmware.bin"});
  std::filesystem::rename(folder.path() + ".away", folder.path());
}

TEST_F(CatalogTest, FindsGzipSiblings) {
  const std::string content = compressible(10'000);
  folder.write("lamp/stable/firmware.bin", content);
  folder.write("lamp/stable/firmware.bin.gz", gzip(content));
  folder.write("lamp/stable/other.bin", "other");
  folder.write("lamp/stable/other.bin.gz", gzip("something else"));
  EXPECT_EQ(look_at_all(), (Paths{"firmware.bin", "other.bin"}));
  const auto& offers = catalog.channels().at("lamp/stable").offers;
  ASSERT_TRUE(offers[0].gzip);
  EXPECT_EQ(offers[0].gzip->path, "lamp/stable/firmware.bin.gz");
  EXPECT_FALSE(offers[1].gzip);
  const auto before = offers[0].gzip;
  ASSERT_TRUE(catalog.look(0));
  EXPECT_EQ(catalog.channels().at("lamp/stable").offers.at(0).gzip, before);
  folder.write("lamp/stable/firmware.bin", content + "x");
  ASSERT_TRUE(catalog.look(0));
  EXPECT_FALSE(catalog.channels().at("lamp/stable").offers.at(0).gzip);
}

TEST_F(CatalogTest, BoundsFilesAndChannels) {
  for (std::size_t i = 0; i < Catalog::most_files + 10; ++i) {
    folder.write("lamp/stable/" + std::to_string(1000 + i) + ".bin", std::to_string(i));
  }
  for (std::size_t i = 0; i < Catalog::most_channels + 10; ++i) folder.make("many/" + std::to_string(i));
  EXPECT_EQ(look_at_all().size(), Catalog::most_files);
  EXPECT_EQ(catalog.channels().size(), Catalog::most_channels);
}

TEST_F(CatalogTest, ContentIsWhatTheCatalogHasSeen) {
  folder.write("lamp/stable/firmware.bin", "version one");
  ASSERT_TRUE(catalog.look(0));
  const auto image = catalog.channels().at("lamp/stable").offers.at(0).image;
  ContentStore store;
  const auto content = store.get(folder.path(), image->file);
  ASSERT_TRUE(content);
  EXPECT_EQ(as_text(content->bytes()), "version one");
  // Overwritten in place: who has it keeps it, and who comes next while it is in memory gets the same.
  folder.write("lamp/stable/firmware.bin", "version two");
  EXPECT_EQ(store.get(folder.path(), image->file), content);
  EXPECT_EQ(as_text(content->bytes()), "version one");
  ASSERT_TRUE(catalog.look(0));
  store.keep_only(catalog.channels());
  EXPECT_FALSE(store.get(folder.path(), image->file));
  EXPECT_EQ(
      as_text(
          store.get(folder.path(), catalog.channels().at("lamp/stable").offers.at(0).image->file)->bytes()),
      "version two");
}

TEST_F(CatalogTest, ContentIsNotWhatHasOnlyTheSameMark) {
  folder.write("lamp/stable/firmware.bin", "version one");
  ASSERT_TRUE(catalog.look(0));
  StoredFile file = catalog.channels().at("lamp/stable").offers.at(0).image->file;
  file.digests.sha256[0] ^= 1;
  EXPECT_FALSE(ContentStore{}.get(folder.path(), file));
}

TEST_F(CatalogTest, ContentIsBoundedAndFreed) {
  folder.write("lamp/stable/firmware.bin", "x");
  std::filesystem::resize_file(folder / "lamp/stable/firmware.bin", 1'000'000);
  ASSERT_TRUE(catalog.look(0));
  StoredFile file = catalog.channels().at("lamp/stable").offers.at(0).image->file;
  ContentStore store;
  std::weak_ptr<const Content> held = store.get(folder.path(), file);
  EXPECT_FALSE(held.expired());
  store.keep_only({});
  EXPECT_TRUE(held.expired());
  file.mark.size_bytes = ContentStore::most_bytes + 1;
  EXPECT_FALSE(store.get(folder.path(), file));
}

}  // namespace
}  // namespace airlift::server
