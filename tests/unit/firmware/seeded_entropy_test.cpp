// Random numbers from a seed on the flash: no two starts draw the same, whatever fails.

#include "port/seeded_entropy.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "support/fake_flash.hpp"

namespace airlift::firmware {
namespace {

using testing::FakeFlash;

constexpr boot::Area area{1024, 2048};
constexpr std::array<std::uint8_t, 4> cycles{1, 2, 3, 4};

struct Seeded : ::testing::Test {
  void put_seed(std::uint8_t value = 7) {
    std::array<std::uint8_t, SeededEntropy::seed_bytes> seed{};
    seed.fill(value);
    ASSERT_TRUE((boot::FlashNote{flash, area, seed.size()}.store(seed).ok()));
  }

  /// What a start draws; empty: it has no entropy.
  std::string drawn(Bytes more = cycles) {
    SeededEntropy entropy{flash, area};
    std::array<std::uint8_t, 32> bytes{};
    const bool begun = entropy.begin(more).ok();
    const Status filled = entropy.fill(bytes);
    EXPECT_EQ(begun, filled.ok());
    return filled.ok() ? std::string{as_text(bytes)} : "";
  }

  FakeFlash flash{{4096, 1024, 4}};
};

TEST_F(Seeded, DrawsNothingBeforeItBegins) {
  put_seed();
  SeededEntropy entropy{flash, area};
  std::array<std::uint8_t, 4> bytes{};
  EXPECT_EQ(entropy.fill(bytes).error(), UpdateError::no_entropy);
}

TEST_F(Seeded, DrawsNothingWithoutASeed) {
  EXPECT_EQ(drawn(), "");
  std::fill(flash.memory.begin(), flash.memory.end(), std::uint8_t{0});
  EXPECT_EQ(drawn(), "");
}

TEST_F(Seeded, EachStartDrawsSomethingElse) {
  put_seed();
  std::set<std::string> all;
  for (int i = 0; i < 100; ++i) all.insert(drawn());
  EXPECT_EQ(all.size(), 100U);
  EXPECT_EQ(all.count(""), 0U);
}

TEST_F(Seeded, WhatItGetsBesidesCounts) {
  put_seed();
  const std::vector<std::uint8_t> before = flash.memory;
  const std::string first = drawn(cycles);
  flash.memory = before;
  EXPECT_EQ(drawn(cycles), first) << "the same seed: the same numbers";
  flash.memory = before;
  EXPECT_NE(drawn(Bytes{cycles}.first(3)), first);
}

TEST_F(Seeded, TheSeedOnTheFlashIsAnotherOneBeforeAnythingIsDrawn) {
  put_seed();
  const std::vector<std::uint8_t> before = flash.memory;
  SeededEntropy entropy{flash, area};
  ASSERT_TRUE(entropy.begin(cycles).ok());
  EXPECT_NE(flash.memory, before);
  std::array<std::uint8_t, 32> bytes{};
  const std::vector<std::uint8_t> begun = flash.memory;
  ASSERT_TRUE(entropy.fill(bytes).ok());
  EXPECT_EQ(flash.memory, begun);
  EXPECT_EQ(std::search(begun.begin(), begun.end(), bytes.begin(), bytes.end()), begun.end())
      << "what is drawn does not stand on the flash";
}

TEST_F(Seeded, ASeedThatCannotBeReplacedIsNotUsed) {
  put_seed();
  flash.broken_to = 4096;
  EXPECT_EQ(drawn(), "");
}

TEST_F(Seeded, NoPowerCutMakesTwoStartsDrawTheSame) {
  for (std::size_t change = 1; change <= 3; ++change) {
    FakeFlash cut{{4096, 1024, 4}};
    std::swap(flash.memory, cut.memory);
    put_seed(static_cast<std::uint8_t>(change));
    std::set<std::string> all;
    for (int i = 0; i < 80; ++i) {
      if (i % 2 == 0) flash.fail_change(change, FakeFlash::Fault::power_cut);
      const std::string start = drawn();
      EXPECT_TRUE(start.empty() || all.insert(start).second) << i;
      flash.restore_power();
    }
    EXPECT_GE(all.size(), 40U);
  }
}

}  // namespace
}  // namespace airlift::firmware
