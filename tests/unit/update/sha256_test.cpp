// The SHA-256 of the file as sent: of a part while it arrives, and of the whole at the end.

#include <gtest/gtest.h>

#include "support/gzip.hpp"
#include "support/signing.hpp"
#include "support/slots.hpp"

namespace airlift::update {
namespace {

using testing::Storage;
using testing::test_image;

/// Sizes around the block and the tail that is kept back.
constexpr std::size_t some_sizes[]{1, 767, 768, 769, 1023, 1024, 1025, 1792, 1793, 3000};

Announcement offered(std::string_view file) {
  Announcement announcement = testing::announcement_of(file);
  announcement.md5.reset();
  announcement.sha256 = crypto::sha256(as_bytes(file));
  return announcement;
}

std::string with_trailer(std::string_view image) {
  return testing::signed_file(image, testing::manifest_of(image), testing::TestKey{1});
}

TEST(FileSha256, OfThePartThatHasComeIsKnownAtEveryByte) {
  for (const std::size_t size : some_sizes) {
    const std::string file = test_image(size);
    Storage storage;
    ASSERT_TRUE(storage.updater.begin(offered(file)).ok());
    std::size_t taken{0};
    while (storage.updater.phase() == Updater::Phase::receiving) {
      EXPECT_EQ(storage.updater.received_sha256(), crypto::sha256(as_bytes(file.substr(0, taken))));
      if (const MutableBytes room = storage.updater.room(); !room.empty()) {
        room[0] = static_cast<std::uint8_t>(file[taken++]);
        storage.updater.took(1);
        EXPECT_EQ(storage.updater.received_sha256(), crypto::sha256(as_bytes(file.substr(0, taken))));
      }
      storage.updater.step();
    }
    EXPECT_EQ(taken, size);
  }
}

TEST(FileSha256, OfThePartIsThatOfTheBytesAsSentAlsoWhenTheyAreUnpacked) {
  const std::string file = testing::gzip(testing::compressible(7000));
  Storage storage;
  ASSERT_TRUE(storage.updater.begin(offered(file)).ok());
  std::size_t taken{0};
  while (storage.updater.phase() == Updater::Phase::receiving) {
    EXPECT_EQ(storage.updater.received_sha256(), crypto::sha256(as_bytes(file.substr(0, taken))));
    if (const MutableBytes room = storage.updater.room(); !room.empty()) {
      room[0] = static_cast<std::uint8_t>(file[taken++]);
      storage.updater.took(1);
    }
    storage.updater.step();
  }
}

TEST(FileSha256, OfTheRightFileIsRightWithAndWithoutTrailerAndUnpacked) {
  for (const std::size_t size : some_sizes) {
    for (const std::string& file :
         {test_image(size), with_trailer(test_image(size)), testing::gzip(testing::compressible(size))}) {
      Storage storage;
      ASSERT_TRUE(storage.updater.begin(offered(file)).ok());
      testing::feed(storage.updater, file);
      EXPECT_EQ(storage.updater.error(), UpdateError::none) << size;
      EXPECT_EQ(storage.updater.image_sha256(),
                storage.store.record().of(image::Kind::firmware).at(boot::SlotId::a).image.sha256);
    }
  }
}

TEST(FileSha256, AByteChangedAnywhereIsNoticed) {
  const std::string image = test_image(2000);
  const std::string file = with_trailer(image);
  const std::size_t in_signature = file.size() - image::footer_bytes - 1;
  for (const std::size_t at : {std::size_t{0}, std::size_t{1500}, image.size() - 1, in_signature}) {
    Storage storage;
    ASSERT_TRUE(storage.updater.begin(offered(file)).ok());
    std::string changed = file;
    changed[at] = static_cast<char>(changed[at] ^ 1);
    testing::feed(storage.updater, changed);
    EXPECT_EQ(storage.updater.error(), UpdateError::sha256_mismatch) << at;
    EXPECT_FALSE(storage.store.record().has_candidate());
  }
}

TEST(Updater, ARefusedBeginLeavesWhatIsOnAlone) {
  const std::string file = test_image(3000);
  Storage storage;
  ASSERT_TRUE(storage.updater.begin(offered(file)).ok());
  storage.updater.took(100);
  EXPECT_EQ(storage.updater.begin(offered(test_image(20000))).error(), UpdateError::no_space);
  EXPECT_EQ(storage.updater.phase(), Updater::Phase::receiving);
  EXPECT_EQ(storage.updater.received_bytes(), 100U);
  EXPECT_EQ(storage.history.recent().count, 0U);
}

TEST(Updater, ABeginOverAPausedUploadNotesWhyThatWasPaused) {
  for (const bool went_on : {false, true}) {
    const std::string file = test_image(3000);
    Storage storage;
    ASSERT_TRUE(storage.updater.begin(offered(file)).ok());
    storage.updater.took(100);
    storage.updater.pause(UpdateError::stalled);
    if (went_on) storage.updater.took(1);
    ASSERT_TRUE(storage.updater.begin(offered(file)).ok());
    EXPECT_EQ(storage.history.recent().entries[0].cause,
              went_on ? UpdateError::cancelled : UpdateError::stalled);
  }
}

}  // namespace
}  // namespace airlift::update
