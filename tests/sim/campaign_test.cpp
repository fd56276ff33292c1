// The simulator finds bugs that are planted, and none where there is none.

#include "campaign.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <stdexcept>

namespace airlift::sim {
namespace {

Campaign campaign_with(Plant plant, std::uint64_t cuts) {
  Campaign campaign;
  campaign.plant = plant;
  campaign.cuts = cuts;
  return campaign;
}

bool names(const Brick& brick, std::string_view words) {
  return brick.why.find(words) != std::string::npos;
}

/// A bug is found within `cuts`, by a brick that says `words`, and that replays.
void expect_found(Plant plant, std::uint64_t cuts, const std::string& words, const std::string& scenario) {
  Campaign campaign = campaign_with(plant, cuts);
  campaign.scenario = scenario;
  const Outcome outcome = run(campaign, {});
  const auto brick = std::find_if(outcome.bricks.begin(), outcome.bricks.end(),
                                  [&](const Brick& each) { return names(each, words); });
  ASSERT_NE(brick, outcome.bricks.end()) << outcome.bricks.size() << " bricks in " << outcome.cuts << " cuts";
  EXPECT_NE(brick->replay.back(), '/') << "it takes a cut";
  EXPECT_EQ(replay(brick->replay, plant), brick->why);
  EXPECT_EQ(replay(brick->replay, Plant::none), "") << "the bug is what makes the brick";
}

TEST(Planted, CommitBeforeVerifyIsFound) {
  expect_found(Plant::commit_before_verify, 2000, "which the policy refuses", "keys");
}

TEST(Planted, ANonAtomicRecordIsFound) {
  expect_found(Plant::non_atomic_record, 2000, "which it must not start", "rollback");
}

TEST(Planted, AnAttemptThatIsCountedLateIsFound) {
  expect_found(Plant::late_attempt, 5000, "more often than allowed", "rollback");
}

TEST(Planted, WithoutABugThereIsNoBrick) {
  for (const char* scenario : {"keys", "rollback"}) {
    Campaign campaign = campaign_with(Plant::none, 2000);
    campaign.scenario = scenario;
    const Outcome outcome = run(campaign, {});
    EXPECT_GE(outcome.cuts, 2000U);
    for (const Brick& brick : outcome.bricks) ADD_FAILURE() << brick.replay << ": " << brick.why;
  }
}

TEST(Scenarios, EachOneRunsOnEachChipWithoutACut) {
  for (const Geometry& geometry : geometries()) {
    const Catalog catalog{geometry};
    for (const Scenario& scenario : scenarios()) {
      SCOPED_TRACE(std::string{geometry.name} + "/" + std::string{scenario.name});
      const Case what{geometry, scenario, catalog};
      Machine machine = prepared(what, 1, Plant::none);
      const End end = go_on(what, machine, {}, Plant::none);
      EXPECT_EQ(end.how, End::How::done) << end.brick;
      EXPECT_GT(end.changes, 8U) << "too few changes for an update";
      const image::Kind last = what.catalog[what.steps.back().file].kind;
      EXPECT_EQ(machine.world.good()[last], what.steps.back().file) << "it was updated in the end";
    }
  }
}

TEST(Scenarios, TheSameSeedGivesTheSameCourse) {
  Campaign campaign = campaign_with(Plant::late_attempt, 300);
  campaign.geometry = "nor";
  campaign.scenario = "rollback";
  const Outcome first = run(campaign, {});
  const Outcome second = run(campaign, {});
  EXPECT_EQ(first.cuts, second.cuts);
  ASSERT_EQ(first.bricks.size(), second.bricks.size());
  for (std::size_t i = 0; i < first.bricks.size(); ++i) {
    EXPECT_EQ(first.bricks[i].replay, second.bricks[i].replay);
  }
}

TEST(Replay, RefusesWhatIsNoCourse) {
  EXPECT_THROW((void)replay("nor", Plant::none), std::invalid_argument);
  EXPECT_THROW((void)replay("nowhere/update/1/5t", Plant::none), std::invalid_argument);
  EXPECT_THROW((void)replay("nor/update/1/5x", Plant::none), std::invalid_argument);
  EXPECT_EQ(replay("nor/update/1/5t.2b", Plant::none), "");
}

}  // namespace
}  // namespace airlift::sim
