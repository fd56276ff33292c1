// Statuses as a table and as JSON.
#include "status_text.hpp"

#include <gmock/gmock.h>

namespace airlift::testing {
namespace {

using cli::DeviceAnswer;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

wire::SlotStatus slot(std::string_view state, std::string_view version,
                      UpdateError reason = UpdateError::none) {
  return {state, reason, crypto::sha256(as_bytes(version)), version};
}

DeviceAnswer device() {
  DeviceAnswer result;
  result.target.name = "devding";
  result.answer.device.port = 8266;
  wire::DeviceStatus& status = result.answer.status;
  status.board = std::string_view{"esp12"};
  status.firmware.running = 'A';
  status.firmware.capacity_bytes = 4096;
  status.firmware.slots = {slot("good", "1.4"), slot("bad", "1.5", UpdateError::application_crashed)};
  status.update.number = 7;
  status.update.result = std::string_view{"rolled_back"};
  status.update.cause = UpdateError::application_crashed;
  return result;
}

TEST(StatusText, OneRowForEachDeviceThatTells) {
  DeviceAnswer silent = device();
  silent.answer.failure = cli::make_failure(UpdateError::no_answer, cli::Stage::invite, "silence");
  const std::string table = cli::status_table({device(), silent});
  EXPECT_THAT(table, AllOf(HasSubstr("NAME"), HasSubstr("devding  esp12  A 1.4"),
                           HasSubstr("A good 1.4, B bad 1.5 (application_crashed)"),
                           HasSubstr("7 rolled_back (application_crashed)")));
  EXPECT_EQ(std::count(table.begin(), table.end(), '\n'), 2);
  EXPECT_EQ(cli::status_table({silent}), "");
}

TEST(StatusText, AnImageWithoutVersionIsNamedByItsDigest) {
  DeviceAnswer one = device();
  one.answer.status.firmware.slots[0].version = {};
  EXPECT_THAT(cli::status_table({one}), AllOf(HasSubstr("A good "), Not(HasSubstr("1.4"))));
}

TEST(StatusText, ATrialSaysHowFarItIs) {
  DeviceAnswer one = device();
  one.answer.status.on_trial = true;
  one.answer.status.trial_period_s = 60;
  one.answer.status.trial_attempts = 3;
  one.answer.status.trial_used = 2;
  EXPECT_THAT(cli::status_table({one}), HasSubstr("start 2 of 3, 60 s each"));
}

TEST(StatusText, WhatStrangersSentDoesNotMoveTheCursor) {
  DeviceAnswer one = device();
  one.target.name = "dev\x1B[2J";
  one.answer.status.board = std::string_view{"\x1B[31m"};
  EXPECT_THAT(cli::status_table({one}), Not(HasSubstr("\x1B")));
}

TEST(StatusText, JsonHasAllDevices) {
  DeviceAnswer failed = device();
  failed.answer.failure = cli::make_failure(UpdateError::wrong_password, cli::Stage::authenticate, "no");
  failed.answer.failure->causes = {"one", "two"};
  EXPECT_THAT(cli::status_json({device(), failed}),
              AllOf(HasSubstr(R"("name":"devding")"),
                    HasSubstr(R"("B":{"state":"bad","reason":"application_crashed")"),
                    HasSubstr(R"("filesystem":null)"), HasSubstr(R"("code":"wrong_password","number":24)"),
                    HasSubstr(R"("causes":["one","two"])")));
  EXPECT_EQ(cli::status_json({}), "[]");
}

}  // namespace
}  // namespace airlift::testing
