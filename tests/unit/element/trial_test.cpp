#include "airlift/element/trial.hpp"

#include <gtest/gtest.h>

#include "support/slots.hpp"

namespace airlift::element {
namespace {

using boot::SlotId;
using boot::SlotState;
using boot::UpdateResult;
using image::Kind;
using testing::FakeFlash;
using testing::Storage;
using testing::test_image;
using State = Trial::State;

constexpr auto alive = TrialSettings::ConfirmedBy::staying_alive;

struct OnTrial : ::testing::Test {
  OnTrial() {
    EXPECT_EQ(storage.install(test_image(500, 1)), UpdateError::none);
    EXPECT_EQ(storage.upload(test_image(600, 2)), UpdateError::none);
  }

  void start(const TrialSettings& settings = {}) {
    const Result<boot::BootPlan> plan = storage.boot(settings.attempts);
    ASSERT_TRUE(plan.ok());
    trial.emplace(storage.store, storage.history);
    trial->begin(plan.value(), settings, now);
  }

  [[nodiscard]] const boot::BootRecord::Slots& firmware() const {
    return storage.store.record().of(Kind::firmware);
  }
  [[nodiscard]] boot::HistoryEntry newest() { return storage.history.recent().entries[0]; }

  Storage storage;
  std::optional<Trial> trial;
  Instant now{seconds{1000}};
};

TEST_F(OnTrial, AConfirmationInTimeMakesItGood) {
  start();
  EXPECT_EQ(trial->state(), State::running);
  EXPECT_EQ(trial->loop(now), milliseconds{60'000});
  EXPECT_EQ(trial->loop(now + milliseconds{59'999}), milliseconds{1});
  ASSERT_TRUE(trial->confirm().ok());
  EXPECT_EQ(trial->state(), State::confirmed);
  EXPECT_EQ(firmware().active, SlotId::b);
  EXPECT_EQ(newest().result, UpdateResult::confirmed);
  (void)trial->loop(now + seconds{61});
  EXPECT_EQ(trial->state(), State::confirmed);
}

TEST_F(OnTrial, WithoutOneItFailsAtTheEndOfThePeriod) {
  start();
  EXPECT_EQ(trial->loop(now + seconds{60}), milliseconds{0});
  EXPECT_EQ(trial->state(), State::failed);
  EXPECT_EQ(trial->reason(), UpdateError::not_confirmed);
  EXPECT_EQ(firmware().at(SlotId::b).state, SlotState::trying) << "the next boot decides";
  EXPECT_EQ(firmware().at(SlotId::b).reason, UpdateError::not_confirmed);
  EXPECT_TRUE(trial->confirm().ok());
  EXPECT_EQ(trial->state(), State::failed) << "too late";
}

TEST_F(OnTrial, StayingAliveConfirmsAtTheEndOfThePeriodWhereThatIsConfigured) {
  start({seconds{5}, alive, 3});
  EXPECT_EQ(trial->loop(now), milliseconds{5000});
  EXPECT_EQ(firmware().active, SlotId::a);
  (void)trial->loop(now + seconds{5});
  EXPECT_EQ(trial->state(), State::confirmed);
  EXPECT_EQ(firmware().active, SlotId::b);
}

TEST_F(OnTrial, AFailureIsNotedAndTheDeviceRollsBackAfterTheLastAttempt) {
  for (int attempt = 1; attempt <= 2; ++attempt) {
    start({seconds{60}, alive, 2});
    EXPECT_EQ(firmware().running(), SlotId::b);
    trial->fail(UpdateError::application_crashed);
    EXPECT_EQ(trial->state(), State::failed);
  }
  start({seconds{60}, alive, 2});
  EXPECT_EQ(trial->state(), State::none);
  EXPECT_EQ(firmware().running(), SlotId::a);
  EXPECT_EQ(newest().result, UpdateResult::rolled_back);
  EXPECT_EQ(newest().cause, UpdateError::application_crashed);
}

TEST_F(OnTrial, ACleanShutdownIsNoFailedTry) {
  for (int i = 0; i < 10; ++i) {
    start({seconds{60}, alive, 1});
    ASSERT_EQ(trial->state(), State::running) << i;
    trial->suspend();
    EXPECT_EQ(trial->state(), State::suspended);
  }
  EXPECT_EQ(storage.store.record().attempts, 0);
}

TEST_F(OnTrial, APowerCutIsAFailedTry) {
  start({seconds{60}, alive, 1});
  start({seconds{60}, alive, 1});
  EXPECT_EQ(trial->state(), State::none);
  EXPECT_EQ(newest().cause, UpdateError::trial_interrupted);
}

TEST_F(OnTrial, AConfirmationThatCannotBeSavedIsTriedAgain) {
  start({seconds{5}, alive, 3});
  storage.flash.fail_change(1, FakeFlash::Fault::refuse);
  EXPECT_GT(trial->loop(now + seconds{5}), milliseconds{0});
  EXPECT_EQ(trial->state(), State::running);
  (void)trial->loop(now + seconds{7});
  EXPECT_EQ(trial->state(), State::confirmed);

  Storage other;
  ASSERT_EQ(other.upload(test_image(500)), UpdateError::none);
  Trial told{other.store, other.history};
  told.begin(other.boot().value(), {}, now);
  other.flash.fail_change(1, FakeFlash::Fault::refuse);
  EXPECT_EQ(told.confirm().error(), UpdateError::flash_write);
  EXPECT_EQ(told.state(), State::running);
  EXPECT_TRUE(told.confirm().ok());
}

TEST_F(OnTrial, WithoutATrialNothingHappens) {
  start();
  ASSERT_TRUE(trial->confirm().ok());
  start();
  EXPECT_EQ(trial->state(), State::none);
  const std::size_t changes = storage.flash.changes();
  trial->fail(UpdateError::application_exited);
  trial->suspend();
  EXPECT_TRUE(trial->confirm().ok());
  (void)trial->loop(now + seconds{1000});
  EXPECT_EQ(trial->state(), State::none);
  EXPECT_EQ(storage.flash.changes(), changes);
}

}  // namespace
}  // namespace airlift::element
