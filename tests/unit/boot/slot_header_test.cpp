#include "airlift/boot/slot_header.hpp"

#include <gtest/gtest.h>

#include "airlift/base/endian.hpp"
#include "airlift/codec/crc32.hpp"
#include "support/slots.hpp"

namespace airlift::boot {
namespace {

SlotHeader example() {
  SlotHeader header;
  header.kind = image::Kind::filesystem;
  header.verified = true;
  header.image = {1000, crypto::sha256(as_bytes("a"))};
  header.version = image::VersionText{"1.2.3"};
  header.security_counter = 9;
  header.sequence = 77;
  header.trailer[0] = 0xAB;
  header.trailer_bytes = 5;
  return header;
}

TEST(SlotHeader, HasTheDocumentedBytes) {
  const SlotHeaderBytes bytes = encode(example());
  EXPECT_EQ(as_text(Bytes{bytes}.first(4)), "ALSH");
  EXPECT_EQ(load_le32(&bytes[4]), 1U);
  EXPECT_EQ(bytes[8], 1);
  EXPECT_EQ(bytes[9], 1);
  EXPECT_EQ(load_le16(&bytes[10]), 5);
  EXPECT_EQ(load_le32(&bytes[12]), 1000U);
  EXPECT_EQ(bytes[16], crypto::sha256(as_bytes("a"))[0]);
  EXPECT_EQ(load_le32(&bytes[48]), 9U);
  EXPECT_EQ(bytes[52], 5);
  EXPECT_EQ(as_text({&bytes[53], 5}), "1.2.3");
  EXPECT_EQ(load_le32(&bytes[84]), 77U);
  EXPECT_EQ(bytes[128], 0xAB);
  EXPECT_EQ(load_le32(&bytes[1020]), codec::crc32(Bytes{bytes}.first(1020)));
}

TEST(SlotHeader, ReadsWhatItWroteAndRefusesEverySingleFlippedBit) {
  const SlotHeaderBytes good = encode(example());
  SlotHeader read;
  ASSERT_TRUE(decode(good, read).ok());
  EXPECT_EQ(encode(read), good);
  for (std::size_t bit = 0; bit < 8 * good.size(); ++bit) {
    SlotHeaderBytes bad = good;
    bad[bit / 8] = static_cast<std::uint8_t>(bad[bit / 8] ^ 1 << bit % 8);
    EXPECT_EQ(decode(bad, read).error(), UpdateError::no_image) << "bit " << bit;
  }
}

TEST(SlotHeader, RefusesFieldsThatCannotBeInSpiteOfAGoodChecksum) {
  struct Row {
    std::size_t offset;
    std::uint8_t value;
  };
  for (const Row row : {Row{4, 2}, {8, 2}, {9, 2}, {11, 4}, {52, 32}}) {
    SlotHeaderBytes bytes = encode(example());
    bytes[row.offset] = row.value;
    store_le32(&bytes[1020], codec::crc32(Bytes{bytes}.first(1020)));
    SlotHeader read;
    EXPECT_EQ(decode(bytes, read).error(), UpdateError::no_image) << "offset " << row.offset;
  }
}

TEST(SlotHeader, OfAnInstalledImageTellsWhatTheRecordTells) {
  testing::Storage storage;
  ASSERT_EQ(storage.install(testing::test_image(2000)), UpdateError::none);
  SlotHeader header;
  ASSERT_TRUE(storage.store.read_header(image::Kind::firmware, SlotId::a, header).ok());
  const SlotInfo& info = storage.store.record().of(image::Kind::firmware).at(SlotId::a);
  EXPECT_EQ(header.image.size_bytes, info.image.size_bytes);
  EXPECT_EQ(header.image.sha256, info.image.sha256);
  EXPECT_EQ(header.kind, image::Kind::firmware);
  EXPECT_FALSE(storage.store.read_header(image::Kind::firmware, SlotId::b, header).ok());
}

TEST(SlotHeader, OfAnotherKindOrLargerThanTheSlotIsNone) {
  testing::Storage storage;
  const std::uint32_t address = storage.store.area(image::Kind::firmware, SlotId::a).address;
  ASSERT_TRUE(storage.flash.program(address, encode(example())).ok());
  SlotHeader read;
  EXPECT_EQ(storage.store.read_header(image::Kind::firmware, SlotId::a, read).error(), UpdateError::no_image);
  SlotHeader large = example();
  large.image.size_bytes = testing::test_filesystem_bytes + 1;
  const std::uint32_t other = storage.store.area(image::Kind::filesystem, SlotId::a).address;
  ASSERT_TRUE(storage.flash.program(other, encode(large)).ok());
  EXPECT_EQ(storage.store.read_header(image::Kind::filesystem, SlotId::a, read).error(),
            UpdateError::no_image);
}

}  // namespace
}  // namespace airlift::boot
