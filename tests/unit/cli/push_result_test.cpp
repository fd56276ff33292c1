// Exit codes and JSON of `airlift push`: docs/cli.md promises them.
#include <gmock/gmock.h>

#include "push_console.hpp"
#include "push_rig.hpp"

namespace airlift::testing {
namespace {

using cli::Stage;
using ::testing::HasSubstr;

cli::PushReport report_of(UpdateError code, Stage stage) {
  cli::PushReport report;
  report.file = "app.bin";
  report.device_name = "devding";
  report.failure = cli::make_failure(code, stage, "what happened");
  return report;
}

TEST(PushResult, NumbersThatMeanTheSameEverywhereAreExplained) {
  const auto advice = [](int number, std::string_view words) {
    return cli::rejection("devding", words, number).advice;
  };
  EXPECT_EQ(advice(7, "MD5 Failed"), describe(UpdateError::digest_mismatch).advice);
  EXPECT_EQ(advice(84, "signed with an unknown key"), describe(UpdateError::key_unknown).advice);
  EXPECT_EQ(advice(12, "Signature verification failed"), describe(UpdateError::signature_wrong).advice);
  EXPECT_EQ(advice(14, "Signature Verification Failed"), describe(UpdateError::signature_wrong).advice);
  const std::string_view own_words = describe(UpdateError::rejected).advice;
  EXPECT_EQ(advice(12, "Aborted"), own_words);
  EXPECT_EQ(advice(9, "Could Not Activate The Firmware"), own_words);
  EXPECT_EQ(advice(0, "no number"), own_words);
  EXPECT_EQ(advice(48, "a number nobody has"), own_words);
  EXPECT_EQ(advice(84 + 256, "a number nobody has"), own_words);
}

TEST(PushResult, ExitCodes) {
  EXPECT_EQ(cli::exit_code_of({}), 0);
  const std::vector<std::tuple<int, UpdateError, Stage>> promised{
      {1, UpdateError::rejected, Stage::verify},
      {1, UpdateError::stalled, Stage::transfer},
      {1, UpdateError::connection_lost, Stage::transfer},
      {1, UpdateError::no_result, Stage::verify},
      {1, UpdateError::bad_answer, Stage::transfer},
      {3, UpdateError::name_not_found, Stage::resolve},
      {4, UpdateError::no_answer, Stage::invite},
      {4, UpdateError::no_answer, Stage::authenticate},
      {4, UpdateError::bad_answer, Stage::invite},
      {5, UpdateError::wrong_password, Stage::authenticate},
      {5, UpdateError::password_needed, Stage::authenticate},
      {6, UpdateError::refused, Stage::invite},
      {6, UpdateError::no_space, Stage::invite},
      {6, UpdateError::busy, Stage::invite},
      {6, UpdateError::safe_mode, Stage::invite},
      {6, UpdateError::too_many_tries, Stage::invite},
      {7, UpdateError::no_connect_back, Stage::connect},
      {8, UpdateError::listen_failed, Stage::listen},
      {8, UpdateError::file_unreadable, Stage::file},
      {130, UpdateError::cancelled, Stage::transfer},
  };
  for (const auto& [exit_code, error, stage] : promised) {
    EXPECT_EQ(cli::exit_code_of(report_of(error, stage)), exit_code) << describe(error).name;
  }
}

TEST(PushResult, JsonOfSuccess) {
  cli::PushReport report;
  report.file = "app.bin";
  report.device_name = "devding";
  report.device = ipv4(20, 8266);
  report.size_bytes = report.sent_bytes = 5000;
  report.duration = milliseconds{412};
  EXPECT_EQ(cli::to_json(report),
            R"({"result":"ok","code":"ok","number":0,)"
            R"("device":{"name":"devding","address":"192.168.1.20","port":8266},)"
            R"("file":"app.bin","size_bytes":5000,"sent_bytes":5000,"duration_ms":412})");
}

TEST(PushResult, JsonOfARejection) {
  cli::PushReport report = report_of(UpdateError::none, Stage::verify);
  report.failure = cli::rejection("devding", "MD5 check failed", 7);
  const std::string json = cli::to_json(report);
  EXPECT_THAT(json, HasSubstr(R"("result":"error","code":"rejected","number":55,"stage":"verify")"));
  EXPECT_THAT(json, HasSubstr(R"("device_says":"MD5 check failed","device_number":7)"));
}

TEST(PushResult, JsonWithoutResolvedDeviceHasItsNameOnly) {
  EXPECT_THAT(cli::to_json(report_of(UpdateError::name_not_found, Stage::resolve)),
              HasSubstr(R"("device":{"name":"devding"},)"));
}

TEST(PushResult, JsonIsOneLineWhateverTheDeviceSays) {
  cli::PushReport report = report_of(UpdateError::none, Stage::verify);
  report.failure = cli::rejection("devding", "bad\n\xFF\"", 0);
  const std::string json = cli::to_json(report);
  EXPECT_EQ(json.find('\n'), std::string::npos);
  EXPECT_THAT(json, HasSubstr(R"(\n)"));
}

}  // namespace
}  // namespace airlift::testing
