#include "airlift/boot/flash_note.hpp"

#include <gtest/gtest.h>

#include <string>

#include "support/fake_flash.hpp"

namespace airlift::boot {
namespace {

using testing::FakeFlash;

constexpr std::uint32_t sector_bytes{256};

port::FlashGeometry geometry_of(std::uint32_t write_unit, std::uint8_t erased = 0xFF) {
  return {8 * sector_bytes, sector_bytes, write_unit, erased};
}

struct Note : ::testing::Test {
  [[nodiscard]] FlashNote note() { return {flash, area, 4}; }

  Status store(std::string_view text) { return note().store(as_bytes(text)); }

  /// What a restart finds; "" for nothing.
  [[nodiscard]] std::string found() {
    std::array<std::uint8_t, 4> record{};
    return note().load(record).ok() ? std::string{as_text(record)} : "";
  }

  Area area{2 * sector_bytes, 3 * sector_bytes};
  FakeFlash flash{geometry_of(4)};
};

TEST_F(Note, AnErasedAreaHasNone) {
  EXPECT_EQ(found(), "");
}

TEST_F(Note, GarbageIsNone) {
  std::fill(flash.memory.begin(), flash.memory.end(), std::uint8_t{0});
  EXPECT_EQ(found(), "");
  EXPECT_TRUE(store("abcd").ok());
  EXPECT_EQ(found(), "abcd");
}

TEST_F(Note, TheLastOneCountsOnAnyFlash) {
  for (const auto& [unit, erased] :
       {std::pair<std::uint32_t, std::uint8_t>{1, 0xFF}, {4, 0x00}, {256, 0xFF}}) {
    FakeFlash other{geometry_of(unit, erased)};
    FlashNote note{other, area, 4};
    for (int i = 1000; i < 1100; ++i) {
      ASSERT_TRUE(note.store(as_bytes(std::to_string(i))).ok());
      std::array<std::uint8_t, 4> record{};
      ASSERT_TRUE(note.load(record).ok());
      EXPECT_EQ(as_text(record), std::to_string(i));
    }
  }
}

TEST_F(Note, WearIsSpread) {
  constexpr std::size_t notes_in_a_sector{sector_bytes / 16};
  for (std::size_t i = 0; i < 4 * notes_in_a_sector; ++i) ASSERT_TRUE(store("wear").ok());
  EXPECT_EQ(flash.erases, 3U);
  EXPECT_EQ(flash.memory[2 * sector_bytes - 1], 0xFF) << "nothing outside of its area";
  EXPECT_EQ(flash.memory[5 * sector_bytes], 0xFF);
}

TEST_F(Note, AWornOutSectorCostsItsRoomOnly) {
  flash.broken_from = 3 * sector_bytes;
  flash.broken_to = 4 * sector_bytes;
  for (int i = 1000; i < 1100; ++i) {
    ASSERT_TRUE(store(std::to_string(i)).ok());
    EXPECT_EQ(found(), std::to_string(i));
  }
}

TEST_F(Note, WhatCannotBeStoredLeavesTheOldOne) {
  ASSERT_TRUE(store("old.").ok());
  flash.broken_to = 8 * sector_bytes;
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(store("new.").error(), UpdateError::storage_failed);
    EXPECT_EQ(found(), "old.");
  }
}

TEST_F(Note, IsNotStoredUntilItReadsBack) {
  ASSERT_TRUE(store("old.").ok());
  flash.stuck_bits = 0x02;  // in the magic
  EXPECT_EQ(store("new.").error(), UpdateError::storage_failed);
  EXPECT_EQ(found(), "old.");
}

TEST_F(Note, NeedsRoomForTwo) {
  area.size_bytes = sector_bytes;
  EXPECT_EQ(store("abcd").error(), UpdateError::flash_misuse);
}

TEST(ResetMemoryInFlash, SaysWhenItCannotBeWritten) {
  FakeFlash flash{geometry_of(4)};
  flash.broken_to = 8 * sector_bytes;
  EXPECT_EQ(FlashResetMemory(flash, {0, 2 * sector_bytes}).write(1).error(), UpdateError::storage_failed);
}

}  // namespace
}  // namespace airlift::boot
