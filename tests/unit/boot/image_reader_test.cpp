#include "airlift/boot/image_reader.hpp"

#include <gtest/gtest.h>

#include "support/slots.hpp"

namespace airlift::boot {
namespace {

using testing::Storage;
using testing::test_image;

struct Reading : ::testing::Test {
  Reading() { EXPECT_EQ(storage.install(test_image(1000)), UpdateError::none); }

  [[nodiscard]] ImageReader reader(SlotId slot) {
    return {storage.flash, storage.store.image_area(image::Kind::firmware, slot),
            storage.store.record().of(image::Kind::firmware).at(slot).image};
  }

  Storage storage;
};

std::string read_all(ImageReader& reader, std::size_t piece_bytes) {
  std::string all;
  std::vector<std::uint8_t> piece(piece_bytes);
  for (;;) {
    const Result<std::size_t> count = reader.next({piece.data(), piece.size()});
    if (!count.ok() || count.value() == 0) return all;
    all.append(as_text({piece.data(), count.value()}));
  }
}

TEST_F(Reading, GoesInAnyPieces) {
  for (const std::size_t piece : {1U, 7U, 256U, 5000U}) {
    ImageReader reader = this->reader(SlotId::a);
    EXPECT_EQ(read_all(reader, piece), test_image(1000));
    EXPECT_TRUE(reader.verify().ok());
  }
}

TEST_F(Reading, NoticesADamagedImage) {
  storage.flash.memory[storage.store.image_area(image::Kind::firmware, SlotId::a).address + 999] ^= 1;
  ImageReader reader = this->reader(SlotId::a);
  EXPECT_EQ(read_all(reader, 256).size(), 1000U);
  EXPECT_EQ(reader.verify().error(), UpdateError::image_damaged);
}

TEST_F(Reading, OfHalfAnImageProvesNothing) {
  ImageReader reader = this->reader(SlotId::a);
  std::array<std::uint8_t, 16> piece{};
  ASSERT_TRUE(reader.next(piece).ok());
  EXPECT_EQ(reader.verify().error(), UpdateError::no_image);
}

TEST_F(Reading, OfAnEmptySlotFails) {
  std::array<std::uint8_t, 16> piece{};
  ImageReader reader = this->reader(SlotId::b);
  EXPECT_EQ(reader.next(piece).error(), UpdateError::no_image);
  EXPECT_EQ(reader.verify().error(), UpdateError::no_image);
}

TEST_F(Reading, NeverGoesBeyondTheSlotWhateverTheRecordSays) {
  const Area area = storage.store.image_area(image::Kind::firmware, SlotId::a);
  std::array<std::uint8_t, 16> piece{};
  for (const std::uint32_t size : {area.size_bytes + 1, 0xFFFFFFFFU}) {
    ImageReader reader{storage.flash, area, {size, {}}};
    EXPECT_EQ(reader.next(piece).error(), UpdateError::no_image);
  }
}

TEST_F(Reading, PassesOnAReadError) {
  storage.flash.fail_read(2);
  EXPECT_EQ(check_image(storage.flash, storage.store.image_area(image::Kind::firmware, SlotId::a),
                        storage.store.record().of(image::Kind::firmware).at(SlotId::a).image, storage.block)
                .error(),
            UpdateError::none);  // 1000 bytes are one block
  storage.flash.fail_read(1);
  EXPECT_EQ(check_image(storage.flash, storage.store.image_area(image::Kind::firmware, SlotId::a),
                        storage.store.record().of(image::Kind::firmware).at(SlotId::a).image, storage.block)
                .error(),
            UpdateError::flash_read);
}

}  // namespace
}  // namespace airlift::boot
