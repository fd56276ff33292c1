#include "schedule.hpp"

#include <gmock/gmock.h>

namespace airlift::testing {
namespace {

using cli::AfterFailure;
using cli::Schedule;
using cli::ScheduleOptions;
using State = Schedule::State;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr Instant start{seconds{100}};

Schedule schedule_of(std::size_t devices, ScheduleOptions options) {
  Schedule schedule{options};
  for (std::size_t i = 0; i < devices; ++i) schedule.add();
  return schedule;
}

/// All that may be started now.
std::vector<Schedule::Id> started(Schedule& schedule, Instant now = start) {
  std::vector<Schedule::Id> ids;
  while (const auto id = schedule.take_next(now)) ids.push_back(*id);
  return ids;
}

TEST(Schedule, AsManyAtOnceAsAllowed) {
  Schedule schedule = schedule_of(4, {.jobs = 2});
  EXPECT_THAT(started(schedule), ElementsAre(0, 1));
  schedule.succeeded(1);
  EXPECT_THAT(started(schedule), ElementsAre(2));
  EXPECT_FALSE(schedule.idle());
  schedule.succeeded(0);
  schedule.failed(start, 2, UpdateError::wrong_password);
  EXPECT_THAT(started(schedule), ElementsAre(3));
  schedule.succeeded(3);
  EXPECT_TRUE(schedule.idle());
  EXPECT_EQ(schedule.count(State::succeeded), 3U);
  EXPECT_EQ(schedule.count(State::failed), 1U);
}

TEST(Schedule, ZeroJobsMeansAllAtOnce) {
  Schedule schedule = schedule_of(100, {.jobs = 0});
  EXPECT_EQ(started(schedule).size(), 100U);
}

TEST(Schedule, TheRestWaitsForTheCanaries) {
  Schedule schedule = schedule_of(4, {.jobs = 8, .canaries = 2});
  EXPECT_THAT(started(schedule), ElementsAre(0, 1));
  schedule.succeeded(0);
  EXPECT_THAT(started(schedule), IsEmpty());
  schedule.succeeded(1);
  EXPECT_THAT(started(schedule), ElementsAre(2, 3));
}

TEST(Schedule, AFailedCanaryStopsAll) {
  Schedule schedule = schedule_of(4, {.jobs = 8, .canaries = 2});
  EXPECT_THAT(started(schedule), ElementsAre(0, 1));
  schedule.failed(start, 0, UpdateError::rejected);
  schedule.succeeded(1);
  EXPECT_THAT(started(schedule), IsEmpty());
  EXPECT_EQ(schedule.count(State::skipped), 2U);
  EXPECT_EQ(schedule.state(schedule.add()), State::skipped);  // a late one
  EXPECT_TRUE(schedule.idle());
}

TEST(Schedule, ACanaryMayTryAgainFirst) {
  Schedule schedule = schedule_of(2, {.canaries = 1, .retries = 1});
  EXPECT_THAT(started(schedule), ElementsAre(0));
  EXPECT_TRUE(schedule.failed(start, 0, UpdateError::stalled));
  EXPECT_EQ(schedule.count(State::skipped), 0U);
  EXPECT_THAT(started(schedule, start + seconds{2}), ElementsAre(0));
  schedule.succeeded(0);
  EXPECT_THAT(started(schedule, start + seconds{2}), ElementsAre(1));
}

TEST(Schedule, FewerDevicesThanCanaries) {
  Schedule schedule = schedule_of(1, {.canaries = 5});
  EXPECT_THAT(started(schedule), ElementsAre(0));
  schedule.succeeded(0);
  EXPECT_THAT(started(schedule), IsEmpty());
  EXPECT_TRUE(schedule.idle());
}

TEST(Schedule, FailFastStartsNothingMore) {
  Schedule schedule = schedule_of(3, {.jobs = 2, .after_failure = AfterFailure::stop});
  EXPECT_THAT(started(schedule), ElementsAre(0, 1));
  schedule.failed(start, 0, UpdateError::no_space);
  EXPECT_EQ(schedule.state(1), State::running);
  EXPECT_EQ(schedule.state(2), State::skipped);
}

TEST(Schedule, RestsAreDoubledAndBounded) {
  Schedule schedule = schedule_of(1, {.retries = 7});
  Instant now = start;
  std::vector<long long> rests;
  while (!schedule.idle()) {
    ASSERT_THAT(started(schedule, now), ElementsAre(0));
    const auto rest = schedule.failed(now, 0, UpdateError::connection_lost);
    if (!rest) break;
    rests.push_back(std::chrono::duration_cast<seconds>(*rest).count());
    EXPECT_EQ(schedule.wake_at(), now + *rest);
    EXPECT_THAT(started(schedule, now + *rest - milliseconds{1}), IsEmpty());
    now += *rest;
  }
  EXPECT_THAT(rests, ElementsAre(2, 4, 8, 16, 32, 60, 60));
  EXPECT_EQ(schedule.state(0), State::failed);
}

TEST(Schedule, OnlyWhatTimeMayMendIsTriedAgain) {
  for (const UpdateError error :
       {UpdateError::no_answer, UpdateError::connection_lost, UpdateError::stalled, UpdateError::busy,
        UpdateError::no_connection, UpdateError::trial_running}) {
    EXPECT_TRUE(cli::worth_a_retry(error)) << describe(error).name;
  }
  for (const UpdateError error :
       {UpdateError::wrong_password, UpdateError::password_needed, UpdateError::refused,
        UpdateError::no_space, UpdateError::wrong_board, UpdateError::too_many_tries, UpdateError::cancelled,
        UpdateError::not_confirmed, UpdateError::no_result}) {
    EXPECT_FALSE(cli::worth_a_retry(error)) << describe(error).name;
    Schedule schedule = schedule_of(1, {.retries = 9});
    started(schedule);
    EXPECT_FALSE(schedule.failed(start, 0, error)) << describe(error).name;
  }
}

TEST(Schedule, ADeviceThatSleepsIsCalledUntilTheWaitIsOver) {
  Schedule schedule = schedule_of(1, {.wait_end = start + seconds{60}});
  for (Instant now = start; now < start + seconds{60}; now += seconds{12}) {
    ASSERT_THAT(started(schedule, now), ElementsAre(0));
    EXPECT_EQ(schedule.failed(now, 0, UpdateError::no_answer), Schedule::first_rest);
  }
  EXPECT_THAT(started(schedule, start + seconds{60}), ElementsAre(0));
  EXPECT_FALSE(schedule.failed(start + seconds{60}, 0, UpdateError::no_answer));
}

TEST(Schedule, WhatDidNotCountBeginsAgain) {
  Schedule schedule = schedule_of(1, {});
  started(schedule);
  schedule.again(0);
  EXPECT_THAT(started(schedule), ElementsAre(0));
}

TEST(Schedule, StopEndsRestsToo) {
  Schedule schedule = schedule_of(3, {.jobs = 1, .retries = 1});
  started(schedule);
  schedule.failed(start, 0, UpdateError::busy);
  EXPECT_THAT(started(schedule), ElementsAre(1));
  schedule.stop();
  EXPECT_EQ(schedule.state(0), State::failed);
  EXPECT_EQ(schedule.state(1), State::running);
  EXPECT_EQ(schedule.state(2), State::skipped);
  schedule.again(1);
  EXPECT_TRUE(schedule.idle());
  EXPECT_EQ(schedule.wake_at(), Instant::max());
}

}  // namespace
}  // namespace airlift::testing
