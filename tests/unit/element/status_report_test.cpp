#include "airlift/element/status_report.hpp"

#include <gtest/gtest.h>

#include "support/fake_system.hpp"
#include "support/slots.hpp"

namespace airlift::element {
namespace {

using testing::test_image;

class Report : public ::testing::Test {
 protected:
  void SetUp() override {
    TrialSettings trial;
    trial.period = seconds{90};
    trial.attempts = 2;
    ASSERT_TRUE(report.start("esp32", trial, entropy).ok());
    report.set_name("devding");
  }
  testing::Storage storage;
  testing::FakeEntropy entropy;
  StatusReport report{storage.store, storage.history};
};

TEST_F(Report, OfAnEmptyDeviceTellsWhatItIs) {
  const wire::DeviceStatus status = report.make();
  EXPECT_EQ(status.name.view(), "devding");
  EXPECT_EQ(status.board.view(), "esp32");
  EXPECT_EQ(status.trial_period_s, 90U);
  EXPECT_EQ(status.trial_attempts, 2);
  EXPECT_FALSE(status.on_trial);
  EXPECT_EQ(status.firmware.running, '-');
  EXPECT_EQ(status.firmware.capacity_bytes, testing::test_firmware_bytes);
  EXPECT_EQ(status.firmware.slots[0].state.view(), "empty");
  EXPECT_FALSE(status.firmware.slots[0].sha256);
  EXPECT_EQ(status.update.number, 0U);
}

TEST_F(Report, HasAnotherBootIdAfterEachStart) {
  const auto first = report.make().boot_id;
  EXPECT_EQ(report.make().boot_id, first);
  ASSERT_TRUE(report.start("esp32", {}, entropy).ok());
  EXPECT_NE(report.make().boot_id, first);
  entropy.fails = true;
  EXPECT_EQ(report.start("esp32", {}, entropy).error(), UpdateError::no_entropy);
}

TEST_F(Report, FollowsAnImageThroughItsTrial) {
  const std::string first = test_image(500, 1);
  const std::string second = test_image(600, 2);
  ASSERT_EQ(storage.install(first), UpdateError::none);
  ASSERT_EQ(storage.upload(second), UpdateError::none);
  wire::DeviceStatus status = report.make();
  EXPECT_EQ(status.firmware.running, 'A') << "not started yet";
  EXPECT_EQ(status.firmware.slots[1].state.view(), "staged");
  EXPECT_EQ(status.firmware.slots[1].sha256, crypto::sha256(as_bytes(second)));
  EXPECT_EQ(status.update.result.view(), "installed");
  EXPECT_EQ(status.update.image_prefix, boot::prefix_of(crypto::sha256(as_bytes(second))));

  ASSERT_TRUE(storage.boot().ok());
  status = report.make();
  EXPECT_TRUE(status.on_trial);
  EXPECT_EQ(status.trial_used, 1);
  EXPECT_EQ(status.firmware.running, 'B');

  ASSERT_TRUE(storage.store.reject(UpdateError::not_confirmed).ok());
  ASSERT_TRUE(storage.history.settle(storage.store.record()).ok());
  status = report.make();
  EXPECT_FALSE(status.on_trial);
  EXPECT_EQ(status.firmware.running, 'A');
  EXPECT_EQ(status.firmware.slots[1].state.view(), "bad");
  EXPECT_EQ(status.firmware.slots[1].reason, UpdateError::not_confirmed);
  EXPECT_EQ(status.update.result.view(), "rolled_back");
  EXPECT_EQ(status.update.cause, UpdateError::not_confirmed);
}

TEST_F(Report, SurvivesItsWayAsText) {
  ASSERT_EQ(storage.install(test_image(500, 1)), UpdateError::none);
  const wire::DeviceStatus status = wire::parse_status(wire::format_status(report.make()));
  EXPECT_EQ(status.firmware.running_slot()->sha256, crypto::sha256(as_bytes(test_image(500, 1))));
  EXPECT_EQ(status.update.number, 1U);
}

}  // namespace
}  // namespace airlift::element
