// The simulator is worth what its flash is worth.

#include "sim_flash.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

namespace airlift::sim {
namespace {

constexpr std::uint32_t sector{256};
using Content = std::vector<std::uint8_t>;

ChipModel model_with(std::uint8_t erased_value) {
  ChipModel model;
  model.sectors = {{4, sector}};
  model.erased_value = erased_value;
  return model;
}

Bytes view(const Content& content) {
  return {content.data(), content.size()};
}

struct Chip {
  explicit Chip(const ChipModel& the_model, std::uint64_t seed = 1) : model{the_model}, state{model, seed} {}
  [[nodiscard]] Content content(std::uint32_t address, std::size_t count) const {
    return {state.memory.begin() + address, state.memory.begin() + address + static_cast<int>(count)};
  }
  ChipModel model;
  ChipState state;
  SimFlash flash{model, state};
};

class ErasedTo : public ::testing::TestWithParam<int> {
 protected:
  std::uint8_t erased{static_cast<std::uint8_t>(GetParam())};
  Content fresh = Content(sector, erased);
  Content data = Content(sector, 0x5A);
};
INSTANTIATE_TEST_SUITE_P(Both, ErasedTo, ::testing::Values(0xFF, 0x00));

TEST_P(ErasedTo, ProgramsAndErasesAsAChipDoes) {
  Chip chip{model_with(erased)};
  EXPECT_EQ(chip.content(0, sector), fresh);
  ASSERT_TRUE(chip.flash.program(sector, view(data)).ok());
  EXPECT_EQ(chip.content(sector, sector), data);
  EXPECT_EQ(chip.content(2 * sector, sector), fresh);
  ASSERT_TRUE(chip.flash.erase_sector(sector).ok());
  EXPECT_EQ(chip.content(sector, sector), fresh);
  EXPECT_EQ(chip.flash.changes(), 2U);
  EXPECT_TRUE(chip.flash.defect().empty());
}

TEST_P(ErasedTo, ProgrammingWhatIsNotErasedIsADefect) {
  Chip chip{model_with(erased)};
  ASSERT_TRUE(chip.flash.program(4, Bytes{data.data(), 4}).ok());
  EXPECT_EQ(chip.flash.program(0, Bytes{data.data(), 8}).error(), UpdateError::flash_misuse);
  EXPECT_FALSE(chip.flash.defect().empty());
}

TEST_P(ErasedTo, AlignmentAndRangeAreEnforced) {
  Chip chip{model_with(erased)};
  EXPECT_EQ(chip.flash.program(2, Bytes{data.data(), 4}).error(), UpdateError::flash_misuse);
  EXPECT_EQ(chip.flash.program(0, Bytes{data.data(), 3}).error(), UpdateError::flash_misuse);
  EXPECT_EQ(chip.flash.erase_sector(4).error(), UpdateError::flash_misuse);
  EXPECT_EQ(chip.flash.program(4 * sector - 4, Bytes{data.data(), 8}).error(), UpdateError::flash_misuse);
  EXPECT_EQ(chip.flash.changes(), 0U);
}

TEST_P(ErasedTo, ACutBeforeAProgramLeavesNothingOfIt) {
  Chip chip{model_with(erased)};
  chip.flash.cut_at(1, CutMode::before);
  EXPECT_FALSE(chip.flash.program(0, view(data)).ok());
  EXPECT_EQ(chip.content(0, sector), fresh);
  EXPECT_TRUE(chip.flash.is_off());
}

TEST_P(ErasedTo, ACutAfterAProgramLeavesAllOfItAndIsNotHeardOf) {
  Chip chip{model_with(erased)};
  chip.flash.cut_at(2, CutMode::after);
  ASSERT_TRUE(chip.flash.program(0, view(data)).ok());
  EXPECT_FALSE(chip.flash.program(sector, view(data)).ok());
  EXPECT_EQ(chip.content(sector, sector), data);
}

TEST_P(ErasedTo, AfterACutNothingWorksUntilPowerReturns) {
  Chip chip{model_with(erased)};
  chip.flash.cut_at(1, CutMode::before);
  EXPECT_FALSE(chip.flash.erase_sector(0).ok());
  Content buffer(4);
  EXPECT_EQ(chip.flash.read(0, {buffer.data(), 4}).error(), UpdateError::flash_read);
  EXPECT_FALSE(chip.flash.program(0, view(data)).ok());
  EXPECT_FALSE(chip.flash.erase_sector(0).ok());
  EXPECT_FALSE(chip.flash.flush().ok());
  EXPECT_EQ(chip.flash.changes(), 1U);
  SimFlash again{chip.model, chip.state};
  EXPECT_TRUE(again.program(0, view(data)).ok());
  EXPECT_TRUE(again.read(0, {buffer.data(), 4}).ok());
  EXPECT_EQ(buffer, Content(4, 0x5A));
}

/// Every bit is either as it was or as it was to become.
bool is_between(const Content& torn, std::uint8_t from, std::uint8_t to) {
  return std::all_of(torn.begin(), torn.end(), [&](std::uint8_t byte) {
    return ((byte ^ from) & static_cast<std::uint8_t>(~(from ^ to))) == 0;
  });
}

TEST_P(ErasedTo, ATornProgramIsAPrefixAndSomeBits) {
  std::set<Content> results;
  int prefixes{0};
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    Chip chip{model_with(erased), seed};
    chip.flash.cut_at(1, CutMode::torn);
    EXPECT_FALSE(chip.flash.program(0, view(data)).ok());
    const Content torn = chip.content(0, sector);
    EXPECT_TRUE(is_between(torn, erased, 0x5A));
    EXPECT_EQ(chip.content(sector, sector), fresh) << "nothing beyond";
    prefixes += torn[0] == 0x5A && torn[sector - 1] == erased ? 1 : 0;
    results.insert(torn);
  }
  EXPECT_GT(results.size(), 150U) << "they differ";
  EXPECT_GT(prefixes, 50);
}

TEST_P(ErasedTo, ATornEraseFlipsBitsTowardsErasedOnly) {
  std::set<Content> results;
  int in_the_middle{0};
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    Chip chip{model_with(erased), seed};
    ASSERT_TRUE(chip.flash.program(0, view(data)).ok());
    chip.flash.cut_at(1, CutMode::torn);
    EXPECT_FALSE(chip.flash.erase_sector(0).ok());
    const Content torn = chip.content(0, sector);
    EXPECT_TRUE(is_between(torn, 0x5A, erased));
    in_the_middle += std::any_of(torn.begin(), torn.end(),
                                 [&](std::uint8_t byte) { return byte != 0x5A && byte != erased; })
                         ? 1
                         : 0;
    results.insert(torn);
  }
  EXPECT_GT(results.size(), 150U);
  EXPECT_GT(in_the_middle, 100) << "single bits, not only whole bytes";
}

TEST(SimFlash, SectorsMayDifferInSize) {
  ChipModel model;
  model.sectors = {{2, 128}, {1, 512}, {3, 256}};
  Chip chip{model};
  const auto check = [&](std::uint32_t address, std::uint32_t start, std::uint32_t size) {
    const port::FlashSector found = chip.flash.sector_at(address);
    EXPECT_EQ(found.address, start) << address;
    EXPECT_EQ(found.size_bytes, size) << address;
  };
  check(0, 0, 128);
  check(255, 128, 128);
  check(256, 256, 512);
  check(767, 256, 512);
  check(1535, 1280, 256);
  EXPECT_EQ(chip.flash.geometry().size_bytes, 1536U);
  EXPECT_EQ(chip.flash.geometry().sector_bytes, 512U);
}

TEST(SimFlash, ASectorThatFailsKeepsNothingAndReadsDifferentlyEachTime) {
  ChipModel model = model_with(0xFF);
  model.bad = {{sector, BadSector::Way::fails}};
  Chip chip{model};
  const Content data(16, 0x5A);
  EXPECT_EQ(chip.flash.erase_sector(sector).error(), UpdateError::flash_erase);
  EXPECT_EQ(chip.flash.program(sector + 16, view(data)).error(), UpdateError::flash_write);
  Content first(16);
  Content second(16);
  ASSERT_TRUE(chip.flash.read(sector, {first.data(), 16}).ok());
  ASSERT_TRUE(chip.flash.read(sector, {second.data(), 16}).ok());
  EXPECT_NE(first, second);
  EXPECT_TRUE(chip.flash.program(0, view(data)).ok()) << "its neighbours work";
  EXPECT_TRUE(chip.flash.program(2 * sector, view(data)).ok());
}

TEST(SimFlash, ASectorThatLiesClaimsToWork) {
  ChipModel model = model_with(0xFF);
  model.bad = {{sector, BadSector::Way::lies}};
  Chip chip{model};
  const Content before = chip.content(sector, sector);
  EXPECT_TRUE(chip.flash.erase_sector(sector).ok());
  EXPECT_TRUE(chip.flash.program(sector, view(Content(16, 0x5A))).ok());
  EXPECT_EQ(chip.content(sector, sector), before);
  EXPECT_NE(before, Content(sector, 0xFF));
}

TEST(SimFlash, WithErrorCorrectionTornUnitsCannotBeReadUntilErased) {
  ChipModel model = model_with(0xFF);
  model.write_align_bytes = 16;
  model.torn_read = ChipModel::TornRead::fails;
  Content buffer(sector);
  int unreadable{0};
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    Chip chip{model, seed};
    chip.flash.cut_at(1, CutMode::torn);
    EXPECT_FALSE(chip.flash.program(0, view(Content(sector, 0x5A))).ok());
    SimFlash again{chip.model, chip.state};
    unreadable += again.read(0, {buffer.data(), sector}).error() == UpdateError::flash_read ? 1 : 0;
    EXPECT_TRUE(again.read(sector, {buffer.data(), sector}).ok());
    ASSERT_TRUE(again.erase_sector(0).ok());
    EXPECT_TRUE(again.read(0, {buffer.data(), sector}).ok());
  }
  EXPECT_GT(unreadable, 40);
}

struct WriteCache : ::testing::Test {
  static ChipModel cached() {
    ChipModel model = model_with(0xFF);
    model.cache = ChipModel::Cache::write_back;
    return model;
  }
  /// Two programs, then power is lost; how often each of the four results comes.
  [[nodiscard]] static std::map<std::string, int> after_a_cut(bool flushed) {
    std::map<std::string, int> results;
    for (std::uint64_t seed = 0; seed < 200; ++seed) {
      Chip chip{cached(), seed};
      EXPECT_TRUE(chip.flash.program(0, view(Content(sector, 1))).ok());
      EXPECT_TRUE(chip.flash.program(sector, view(Content(sector, 2))).ok());
      EXPECT_TRUE(!flushed || chip.flash.flush().ok());
      EXPECT_EQ(chip.content(sector, sector), Content(sector, 2)) << "it reads as written";
      chip.flash.cut_at(1, CutMode::before);
      EXPECT_FALSE(chip.flash.program(2 * sector, view(Content(sector, 3))).ok());
      EXPECT_EQ(chip.content(2 * sector, sector), Content(sector, 0xFF));
      const bool first = chip.content(0, sector) == Content(sector, 1);
      const bool second = chip.content(sector, sector) == Content(sector, 2);
      ++results[std::string{first ? "1" : "-"} + (second ? "2" : "-")];
    }
    return results;
  }
};

TEST_F(WriteCache, ACutLosesAnyOfWhatWasNotFlushed) {
  const auto results = after_a_cut(false);
  EXPECT_EQ(results.size(), 4U) << "the later one may survive the earlier one";
}

TEST_F(WriteCache, WhatWasFlushedStays) {
  const auto results = after_a_cut(true);
  EXPECT_EQ(results, (std::map<std::string, int>{{"12", 200}}));
}

TEST_F(WriteCache, AFlushIsAChangeThatCanBeCut) {
  Chip chip{cached()};
  ASSERT_TRUE(chip.flash.program(0, view(Content(sector, 1))).ok());
  chip.flash.cut_at(1, CutMode::after);
  EXPECT_FALSE(chip.flash.flush().ok());
  EXPECT_EQ(chip.content(0, sector), Content(sector, 1));
  Chip without{model_with(0xFF)};
  EXPECT_TRUE(without.flash.flush().ok());
  EXPECT_EQ(without.flash.changes(), 0U) << "nothing to cut without a cache";
}

}  // namespace
}  // namespace airlift::sim
