// What status tells; whole devices are asked in tests/integration/test_trial.py.

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "status.hpp"

namespace airlift::device {
namespace {

using nlohmann::json;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

boot::SlotInfo slot(boot::SlotState state, std::uint32_t size_bytes, std::string_view version) {
  boot::SlotInfo info;
  info.state = state;
  info.image.size_bytes = size_bytes;
  info.version = image::VersionText{version};
  return info;
}

/// Firmware 1.0 in slot A runs, 2.0 in slot B is tried for the second time.
DeviceStatus on_trial() {
  DeviceStatus status;
  status.state_directory = "/state";
  status.has_record = true;
  status.record.attempts = 2;
  status.record.security_floor = 7;
  boot::BootRecord::Slots& slots = status.record.of(image::Kind::firmware);
  slots.active = boot::SlotId::a;
  slots.candidate = boot::SlotId::b;
  slots.at(boot::SlotId::a) = slot(boot::SlotState::good, 10, "1.0");
  slots.at(boot::SlotId::b) = slot(boot::SlotState::trying, 20, "2.0");
  slots.at(boot::SlotId::b).reason = UpdateError::application_exited;
  slots.at(boot::SlotId::b).bundle_id = 0x1234;
  return status;
}

boot::HistoryEntry entry(std::uint64_t time_s) {
  boot::HistoryEntry result;
  result.number = 3;
  result.time_s = time_s;
  result.to = {0xCD};
  result.source = boot::SourceText{"upload 127.0.0.1"};
  result.cause = UpdateError::stalled;
  return result;
}

TEST(Status, TimesAreIsoInUtcAndUnknownIsEmpty) {
  EXPECT_EQ(time_text(1'700'000'000), "2023-11-14T22:13:20Z");
  EXPECT_EQ(time_text(0), "");
}

TEST(Status, JsonTellsTheTrial) {
  const json told = json::parse(status_json(on_trial()));
  EXPECT_EQ(told["on_trial"], true);
  EXPECT_EQ(told["attempts"], 2);
  EXPECT_EQ(told["security_floor"], 7);
  EXPECT_EQ(told["firmware"]["active"], "A");
  EXPECT_EQ(told["firmware"]["candidate"], "B");
  EXPECT_EQ(told["firmware"]["slots"]["B"]["reason"]["name"], "application_exited");
  EXPECT_EQ(told["firmware"]["slots"]["B"]["bundle"], 0x1234);
  EXPECT_EQ(told["firmware"]["slots"]["A"]["reason"], nullptr);
  EXPECT_EQ(told["filesystem"]["slots"]["A"]["size_bytes"], nullptr);
}

TEST(Status, JsonHasNullForWhatIsNotKnown) {
  DeviceStatus status;
  status.history.entries[0] = entry(0);
  status.history.count = 1;
  const json told = json::parse(status_json(status));
  EXPECT_EQ(told["boot_record"], false);
  const json& update = told["history"][0];
  EXPECT_EQ(update["time"], nullptr);
  EXPECT_EQ(update["from"], nullptr);
  EXPECT_EQ(update["slot"], nullptr);
  EXPECT_EQ(update["to"]["version"], nullptr);
  EXPECT_EQ(update["to"]["sha256_start"], "cd00000000000000");
  EXPECT_EQ(update["cause"]["number"], 6);
}

TEST(Status, TextTellsTheTrialAndWhyItsLastAttemptEnded) {
  EXPECT_THAT(status_text(on_trial()), AllOf(HasSubstr("firmware B, attempt 2\n"),
                                             HasSubstr("firmware B, last attempt: the application ended"),
                                             HasSubstr("no updates yet\n"), Not(HasSubstr("boot record"))));
}

TEST(Status, TextTellsWhatIsTriedNextAndThatNothingIsKnown) {
  DeviceStatus status = on_trial();
  status.record.of(image::Kind::firmware).at(boot::SlotId::b).state = boot::SlotState::staged;
  EXPECT_THAT(status_text(status), HasSubstr("firmware B is tried at the next start\n"));
  EXPECT_THAT(status_text({}), HasSubstr("no boot record. Put a first firmware on"));
}

TEST(Status, TextShowsDigitsWhereThereIsNoVersion) {
  DeviceStatus status = on_trial();
  status.history.entries[0] = entry(1'700'000'000);
  status.history.entries[0].from_version = image::VersionText{"1.0"};
  status.history.count = 1;
  EXPECT_THAT(status_text(status), HasSubstr("2023-11-14T22:13:20Z  firmware  1.0   cd000000  failed"));
}

}  // namespace
}  // namespace airlift::device
