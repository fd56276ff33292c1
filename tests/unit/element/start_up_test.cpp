#include "airlift/element/start_up.hpp"

#include <gtest/gtest.h>

#include "support/fake_reset_memory.hpp"

namespace airlift::element {
namespace {

using State = StartCounter::State;
constexpr Instant now{seconds{1000}};

TEST(StartMode, FollowsFromTheResetsInARow) {
  EXPECT_EQ(start_mode(0), StartMode::normal);
  EXPECT_EQ(start_mode(1), StartMode::normal);
  EXPECT_EQ(start_mode(2), StartMode::unsafe);
  for (int resets = 3; resets <= 255; ++resets) {
    EXPECT_EQ(start_mode(static_cast<std::uint8_t>(resets)), StartMode::bare) << resets;
  }
}

TEST(StartMode, HasAName) {
  EXPECT_EQ(name_of(StartMode::normal), "normal");
  EXPECT_EQ(name_of(StartMode::unsafe), "unsafe");
  EXPECT_EQ(name_of(StartMode::bare), "bare");
}

/// Starts that end with a reset, one after the other.
std::uint8_t resets_after(testing::FakeResetMemory& memory, int starts) {
  for (int i = 1; i < starts; ++i) EXPECT_TRUE(StartCounter{memory}.begin(now).ok());
  StartCounter last{memory};
  EXPECT_TRUE(last.begin(now).ok());
  return last.resets();
}

TEST(StartCounter, CountsStartsThatNothingEndsWell) {
  for (int starts = 1; starts <= 5; ++starts) {
    testing::FakeResetMemory memory;
    EXPECT_EQ(resets_after(memory, starts), starts);
    EXPECT_EQ(memory.number, starts);
  }
}

TEST(StartCounter, StopsCountingBeforeItWouldBeginAnew) {
  testing::FakeResetMemory memory;
  EXPECT_EQ(resets_after(memory, 300), 255);
  EXPECT_EQ(memory.writes, 255) << "what crashes for ever does not wear out its flash";
}

TEST(StartCounter, CountsBeforeTheStartCanFail) {
  testing::FakeResetMemory memory;
  StartCounter counter{memory};
  EXPECT_EQ(counter.state(), State::waiting);
  ASSERT_TRUE(counter.begin(now).ok());
  EXPECT_EQ(memory.number, 1);
}

TEST(StartCounter, SixtySecondsOfGoodRunningForgiveAll) {
  testing::FakeResetMemory memory;
  memory.number = 7;
  StartCounter counter{memory};
  ASSERT_TRUE(counter.begin(now).ok());
  EXPECT_EQ(counter.loop(now), seconds{60});
  EXPECT_EQ(counter.loop(now + milliseconds{59'999}), milliseconds{1});
  EXPECT_EQ(memory.number, 8);
  EXPECT_EQ(counter.loop(now + seconds{60}), milliseconds::max());
  EXPECT_EQ(memory.number, 0);
  EXPECT_EQ(counter.state(), State::settled);
  EXPECT_EQ(counter.resets(), 8) << "the mode of this start stays";
}

TEST(StartCounter, APlannedEndForgivesAllAtOnce) {
  testing::FakeResetMemory memory;
  memory.number = 2;
  StartCounter counter{memory};
  ASSERT_TRUE(counter.begin(now).ok());
  ASSERT_TRUE(counter.settle().ok());
  EXPECT_EQ(memory.number, 0);
  EXPECT_EQ(resets_after(memory, 1), 1);
}

TEST(StartCounter, WritesNoMoreThanItMust) {
  testing::FakeResetMemory memory;
  StartCounter counter{memory};
  ASSERT_TRUE(counter.settle().ok()) << "nothing has been counted yet";
  EXPECT_EQ(memory.writes, 0);
  ASSERT_TRUE(counter.begin(now).ok());
  for (int second = 0; second < 100; ++second) (void)counter.loop(now + seconds{second});
  ASSERT_TRUE(counter.settle().ok());
  EXPECT_EQ(memory.writes, 2);
}

TEST(StartCounter, TellsTheResetsAlsoWhenNothingCanBeWritten) {
  testing::FakeResetMemory memory;
  memory.number = 1;
  memory.fails = true;
  StartCounter counter{memory};
  EXPECT_EQ(counter.begin(now).error(), UpdateError::storage_failed);
  EXPECT_EQ(counter.resets(), 2);
  EXPECT_EQ(counter.settle().error(), UpdateError::storage_failed);
}

TEST(StartCounter, TriesAgainWhenTheZeroCannotBeWritten) {
  testing::FakeResetMemory memory;
  StartCounter counter{memory};
  ASSERT_TRUE(counter.begin(now).ok());
  memory.fails = true;
  EXPECT_EQ(counter.loop(now + seconds{60}), seconds{1});
  memory.fails = false;
  EXPECT_EQ(counter.loop(now + seconds{61}), milliseconds::max());
  EXPECT_EQ(memory.number, 0);
}

}  // namespace
}  // namespace airlift::element
