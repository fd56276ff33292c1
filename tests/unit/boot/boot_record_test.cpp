#include "airlift/boot/boot_record.hpp"

#include <gtest/gtest.h>

#include "airlift/base/endian.hpp"
#include "airlift/codec/crc32.hpp"

namespace airlift::boot {
namespace {

constexpr crypto::KeyId key_id(std::uint8_t first) {
  return {first, 2, 3, 4, 5, 6, 7, 8};
}

BootRecord example() {
  BootRecord record;
  record.sequence = 0x01020304;
  record.security_floor = 0x0A0B0C0D;
  record.attempts = 2;
  record.attempts_wanted = 5;
  EXPECT_TRUE(record.retired.add(key_id(0xE1)));
  EXPECT_TRUE(record.retired.add(key_id(0xE2)));
  BootRecord::Slots& firmware = record.of(image::Kind::firmware);
  firmware.active = SlotId::b;
  firmware.candidate = SlotId::a;
  SlotInfo& trying = firmware.at(SlotId::a);
  trying.state = SlotState::trying;
  trying.reason = UpdateError::not_confirmed;
  trying.image = {1000, crypto::sha256(as_bytes("a"))};
  trying.version = image::VersionText{"1.2.3"};
  trying.security_counter = 77;
  trying.bundle_id = 0x1122334455667788;
  EXPECT_TRUE(trying.retires.add(key_id(0xD1)));
  firmware.at(SlotId::b).state = SlotState::good;
  firmware.at(SlotId::b).image = {2000, crypto::sha256(as_bytes("b"))};
  record.of(image::Kind::filesystem).at(SlotId::b).state = SlotState::bad;
  record.of(image::Kind::filesystem).at(SlotId::b).image = {3000, crypto::sha256(as_bytes("f"))};
  return record;
}

TEST(BootRecord, HasTheDocumentedBytes) {
  const BootRecordBytes bytes = encode(example());
  EXPECT_EQ(as_text(Bytes{bytes}.first(4)), "ALBR");
  EXPECT_EQ(load_le32(&bytes[4]), 2U);  // version
  EXPECT_EQ(load_le32(&bytes[8]), 0x01020304U);
  EXPECT_EQ(load_le32(&bytes[12]), 0x0A0B0C0DU);
  EXPECT_EQ(bytes[16], 2);    // attempts
  EXPECT_EQ(bytes[17], 2);    // retired keys
  EXPECT_EQ(bytes[18], 1);    // firmware: active B
  EXPECT_EQ(bytes[19], 0);    // candidate A
  EXPECT_EQ(bytes[20], 255);  // filesystem: none
  EXPECT_EQ(bytes[21], 255);
  EXPECT_EQ(bytes[22], 5);  // attempts at most
  EXPECT_EQ(bytes[32], 0xE1);
  EXPECT_EQ(bytes[40], 0xE2);
  EXPECT_EQ(load_le32(&bytes[764]), codec::crc32(Bytes{bytes}.first(764)));
}

TEST(BootRecord, HasTheDocumentedBytesOfASlot) {
  const BootRecordBytes bytes = encode(example());
  const std::uint8_t* const slot = &bytes[160];
  EXPECT_EQ(slot[0], 2);   // trying
  EXPECT_EQ(slot[1], 70);  // not_confirmed
  EXPECT_EQ(slot[2], 5);   // length of "1.2.3"
  EXPECT_EQ(slot[3], 1);   // keys to retire
  EXPECT_EQ(load_le32(slot + 4), 1000U);
  EXPECT_EQ(slot[8], crypto::sha256(as_bytes("a"))[0]);
  EXPECT_EQ(as_text({slot + 40, 6}), (std::string_view{"1.2.3\0", 6}));
  EXPECT_EQ(load_le32(slot + 72), 77U);
  EXPECT_EQ(load_le64(slot + 80), 0x1122334455667788U);
  EXPECT_EQ(slot[88], 0xD1);
  EXPECT_EQ(bytes[160 + 128], 3);                      // firmware B: good
  EXPECT_EQ(load_le32(&bytes[160 + 128 + 4]), 2000U);  // its size
  EXPECT_EQ(bytes[160 + 3 * 128], 4);                  // filesystem B: bad
  EXPECT_EQ(load_le32(&bytes[160 + 3 * 128 + 4]), 3000U);
}

TEST(BootRecord, ReadsWhatItWrote) {
  BootRecord read;
  ASSERT_TRUE(decode(encode(example()), read).ok());
  EXPECT_EQ(encode(read), encode(example()));
  EXPECT_EQ(read.of(image::Kind::firmware).at(SlotId::a).version.view(), "1.2.3");
  EXPECT_TRUE(read.retired.contains(key_id(0xE2)));
  EXPECT_FALSE(read.retired.contains(key_id(0xD1)));
}

TEST(BootRecord, RefusesEverySingleFlippedBit) {
  const BootRecordBytes good = encode(example());
  for (std::size_t bit = 0; bit < 8 * good.size(); ++bit) {
    BootRecordBytes bad = good;
    bad[bit / 8] = static_cast<std::uint8_t>(bad[bit / 8] ^ 1 << bit % 8);
    BootRecord read;
    EXPECT_EQ(decode(bad, read).error(), UpdateError::no_boot_record) << "bit " << bit;
  }
}

TEST(BootRecord, RefusesErasedFlashOfEitherValue) {
  BootRecordBytes bytes{};
  BootRecord read;
  EXPECT_FALSE(decode(bytes, read).ok());
  bytes.fill(0xFF);
  EXPECT_FALSE(decode(bytes, read).ok());
}

TEST(BootRecord, RefusesFieldsThatCannotBeInSpiteOfAGoodChecksum) {
  struct Row {
    std::size_t offset;
    std::uint8_t value;
  };
  for (const Row row : {Row{4, 1}, {17, 17}, {18, 2}, {19, 254}, {160, 5}, {162, 32}, {163, 5}}) {
    BootRecordBytes bytes = encode(example());
    bytes[row.offset] = row.value;
    store_le32(&bytes[764], codec::crc32(Bytes{bytes}.first(764)));
    BootRecord read;
    EXPECT_EQ(decode(bytes, read).error(), UpdateError::no_boot_record) << "offset " << row.offset;
  }
}

TEST(KeyIds, AreASetOfBoundedSize) {
  KeyIds<2> keys;
  EXPECT_TRUE(keys.add(key_id(1)));
  EXPECT_TRUE(keys.add(key_id(1)));
  EXPECT_EQ(keys.count, 1U);
  EXPECT_TRUE(keys.add(key_id(2)));
  EXPECT_FALSE(keys.add(key_id(3)));
  EXPECT_TRUE(keys.add(key_id(2)));
}

}  // namespace
}  // namespace airlift::boot
