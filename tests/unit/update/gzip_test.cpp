// Compressed images through the whole pipe.

#include <gtest/gtest.h>

#include "support/gzip.hpp"
#include "support/slots.hpp"

namespace airlift::update {
namespace {

using testing::compressible;
using testing::gzip;
using testing::Storage;
using testing::test_firmware_bytes;
using testing::test_image;

TEST(CompressedImage, IsStoredUnpackedWhateverItsSize) {
  for (const std::size_t size :
       {1U, 700U, 1024U, 1025U, 5000U, test_firmware_bytes - 1, test_firmware_bytes}) {
    for (const std::string& image : {compressible(size), test_image(size)}) {
      const std::string packed = gzip(image);
      if (packed.size() > test_firmware_bytes + image::longest_trailer_bytes) continue;
      Storage storage;
      ASSERT_EQ(storage.install(packed), UpdateError::none) << size;
      EXPECT_EQ(storage.active_image(), image);
    }
  }
}

TEST(CompressedImage, TheCutOfTheBytesMakesNoDifference) {
  const std::string image = compressible(6000);
  const std::string packed = gzip(image);
  for (const std::size_t piece : {1U, 3U, 100U, 1023U}) {
    Storage storage;
    ASSERT_TRUE(storage.updater.begin(testing::announcement_of(packed)).ok());
    testing::feed(storage.updater, packed, piece);
    EXPECT_EQ(storage.image_in(image::Kind::firmware, boot::SlotId::a), image) << "pieces of " << piece;
  }
}

TEST(CompressedImage, ABombIsRefusedAtTheEndOfTheSlot) {
  const std::string bomb = gzip(std::string(20 * 1000 * 1000, '\0'));
  ASSERT_GT(bomb.size(), test_firmware_bytes);
  const std::string small_bomb = gzip(std::string(5 * 1000 * 1000, '\0'));
  ASSERT_LT(small_bomb.size(), test_firmware_bytes);
  Storage storage;
  ASSERT_EQ(storage.install(test_image(500)), UpdateError::none);
  const std::size_t programs = storage.flash.programs;
  EXPECT_EQ(storage.upload(bomb), UpdateError::no_space);
  EXPECT_EQ(storage.upload(small_bomb), UpdateError::no_space);
  EXPECT_LT(storage.flash.programs - programs, 20U);
  EXPECT_EQ(storage.active_image(), test_image(500));
}

TEST(CompressedImage, AnyDamageIsNamed) {
  const std::string packed = gzip(compressible(3000));
  std::vector<std::string> damaged{packed.substr(0, packed.size() - 1), packed + "x", packed.substr(0, 10)};
  damaged.push_back(packed);
  damaged.back()[packed.size() - 6] = static_cast<char>(damaged.back()[packed.size() - 6] ^ 1);  // its CRC
  damaged.push_back(packed);
  damaged.back()[2] = 7;  // no such method
  for (const std::string& file : damaged) {
    Storage storage;
    EXPECT_EQ(storage.upload(file), UpdateError::gzip_damaged) << file.size();
    EXPECT_FALSE(storage.store.record().has_candidate());
  }
}

TEST(CompressedImage, NeedsMemoryForIt) {
  Storage storage;
  Updater without{storage.store, storage.history, {storage.block, {}, {}}};
  const std::string packed = gzip(compressible(3000));
  ASSERT_TRUE(without.begin(testing::announcement_of(packed)).ok());
  testing::feed(without, packed);
  EXPECT_EQ(without.error(), UpdateError::gzip_window);
}

}  // namespace
}  // namespace airlift::update
