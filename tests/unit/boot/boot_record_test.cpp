#include "airlift/boot/boot_record.hpp"

#include <gtest/gtest.h>

namespace airlift::boot {
namespace {

BootRecord example() {
  BootRecord record;
  record.sequence = 0x01020304;
  BootRecord::Slots& firmware = record.of(image::Kind::firmware);
  firmware.active = SlotId::b;
  firmware.images[0] = {1000, crypto::sha256(as_bytes("a"))};
  firmware.images[1] = {2000, crypto::sha256(as_bytes("b"))};
  record.of(image::Kind::filesystem).images[1] = {3000, crypto::sha256(as_bytes("f"))};
  return record;
}

TEST(BootRecord, HasTheDocumentedBytes) {
  const BootRecordBytes bytes = encode(example());
  EXPECT_EQ(as_text(Bytes{bytes}.first(4)), "ALBR");
  EXPECT_EQ(bytes[4], 1);  // version
  EXPECT_EQ(bytes[8], 4);  // sequence, little-endian
  EXPECT_EQ(bytes[11], 1);
  EXPECT_EQ(bytes[12], 1);                        // firmware: B
  EXPECT_EQ(bytes[13], 255);                      // filesystem: none
  EXPECT_EQ(bytes[16] | bytes[17] << 8, 1000);    // firmware A
  EXPECT_EQ(bytes[52] | bytes[53] << 8, 2000);    // firmware B
  EXPECT_EQ(bytes[124] | bytes[125] << 8, 3000);  // filesystem B
  EXPECT_EQ(bytes[128], crypto::sha256(as_bytes("f"))[0]);
}

TEST(BootRecord, ReadsWhatItWrote) {
  const Result<BootRecord> read = decode(encode(example()));
  ASSERT_TRUE(read.ok());
  EXPECT_EQ(encode(read.value()), encode(example()));
}

TEST(BootRecord, RefusesEverySingleFlippedBit) {
  const BootRecordBytes good = encode(example());
  for (std::size_t bit = 0; bit < 8 * good.size(); ++bit) {
    BootRecordBytes bad = good;
    bad[bit / 8] = static_cast<std::uint8_t>(bad[bit / 8] ^ 1 << bit % 8);
    EXPECT_EQ(decode(bad).error(), UpdateError::no_boot_record) << "bit " << bit;
  }
}

TEST(BootRecord, RefusesErasedFlashAndZeros) {
  BootRecordBytes bytes{};
  EXPECT_FALSE(decode(bytes).ok());
  bytes.fill(0xFF);
  EXPECT_FALSE(decode(bytes).ok());
}

TEST(BootRecord, RefusesASlotNumberThatDoesNotExistInSpiteOfAGoodChecksum) {
  BootRecord record = example();
  record.of(image::Kind::firmware).active = static_cast<SlotId>(2);
  EXPECT_EQ(decode(encode(record)).error(), UpdateError::no_boot_record);
}

}  // namespace
}  // namespace airlift::boot
