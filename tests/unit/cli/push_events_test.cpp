// Exit codes and JSON of `airlift push`: docs/cli.md promises them.
#include "push_events.hpp"

#include <gmock/gmock.h>

#include "fleet_devices.hpp"

namespace airlift::testing {
namespace {

using cli::FleetDevices;
using cli::Stage;
using State = cli::Schedule::State;
using ::testing::HasSubstr;
using ::testing::Not;

TEST(PushEvents, ExitCodesOfOneDevice) {
  EXPECT_EQ(cli::exit_code_of(cli::UploadReport{}), 0);
  const std::vector<std::tuple<int, UpdateError, Stage>> promised{
      {1, UpdateError::rejected, Stage::verify},
      {1, UpdateError::stalled, Stage::transfer},
      {1, UpdateError::connection_lost, Stage::transfer},
      {1, UpdateError::no_result, Stage::verify},
      {1, UpdateError::bad_answer, Stage::transfer},
      {1, UpdateError::not_back, Stage::reboot},
      {1, UpdateError::application_crashed, Stage::confirm},
      {3, UpdateError::name_not_found, Stage::resolve},
      {4, UpdateError::no_answer, Stage::invite},
      {4, UpdateError::no_answer, Stage::authenticate},
      {4, UpdateError::bad_answer, Stage::invite},
      {4, UpdateError::no_route, Stage::route},
      {5, UpdateError::wrong_password, Stage::authenticate},
      {5, UpdateError::password_needed, Stage::authenticate},
      {5, UpdateError::device_not_proven, Stage::authenticate},
      {6, UpdateError::refused, Stage::invite},
      {6, UpdateError::no_space, Stage::invite},
      {6, UpdateError::busy, Stage::invite},
      {6, UpdateError::safe_mode, Stage::invite},
      {6, UpdateError::too_many_tries, Stage::invite},
      {6, UpdateError::wrong_board, Stage::connect},
      {6, UpdateError::extension_missing, Stage::invite},
      {7, UpdateError::no_connect_back, Stage::connect},
      {7, UpdateError::no_connection, Stage::connect},
      {7, UpdateError::tls_failed, Stage::connect},
      {8, UpdateError::listen_failed, Stage::listen},
      {8, UpdateError::file_unreadable, Stage::file},
      {130, UpdateError::cancelled, Stage::transfer},
  };
  for (const auto& [exit_code, error, stage] : promised) {
    EXPECT_EQ(cli::exit_code_of(failed_device("devding", error, stage).report), exit_code)
        << describe(error).name;
  }
}

TEST(PushEvents, ExitCodesOfMany) {
  const auto password = failed_device("a");
  const auto silent = failed_device("b", UpdateError::no_answer, Stage::invite);
  const auto skipped = fleet_device("c", State::skipped);
  const auto good = proven_device("d");
  EXPECT_EQ(cli::exit_code_of(FleetDevices{good, good}), 0);
  EXPECT_EQ(cli::exit_code_of(FleetDevices{good, password}), 1);
  EXPECT_EQ(cli::exit_code_of(FleetDevices{password, password}), 5);
  EXPECT_EQ(cli::exit_code_of(FleetDevices{password, silent}), 1);
  EXPECT_EQ(cli::exit_code_of(FleetDevices{password, skipped}), 5);
  EXPECT_EQ(cli::exit_code_of(FleetDevices{good, skipped}), 1);
}

TEST(PushEvents, SuccessKeepsItsKeys) {
  EXPECT_EQ(cli::finished_event(proven_device("devding"), "app.bin"),
            R"({"event":"finished","result":"ok","code":"ok","number":0,)"
            R"("device":{"name":"devding","address":"192.168.1.20","port":8266},)"
            R"("file":"app.bin","size_bytes":1048576,"sent_bytes":1048576,"duration_ms":3200,)"
            R"("tries":0,"protocol":"extension","encrypted":false,"compressed":false,"resumed":0,)"
            R"("taken_bytes":1048576,"transfer_ms":0,"proof":"confirmed",)"
            R"("image_sha256":"abcdef0000000000000000000000000000000000000000000000000000000000"})");
}

TEST(PushEvents, ARejection) {
  cli::FleetDevice device = failed_device("devding");
  device.report.failure = cli::rejection("devding", "MD5 check failed", 7);
  const std::string json = cli::finished_event(device, "app.bin");
  EXPECT_THAT(json, HasSubstr(R"("result":"error","code":"rejected","number":55,"stage":"verify")"));
  EXPECT_THAT(json, HasSubstr(R"("device_says":"MD5 check failed","device_number":7)"));
  EXPECT_THAT(json, Not(HasSubstr("causes")));
  device.report.failure->causes = {"a firewall"};
  EXPECT_THAT(cli::finished_event(device, "app.bin"), HasSubstr(R"("causes":["a firewall"])"));
}

TEST(PushEvents, ADeviceThatWasNotFoundHasItsNameOnly) {
  cli::FleetDevice device = failed_device("devding", UpdateError::name_not_found, Stage::resolve);
  device.report.device = {};
  EXPECT_THAT(cli::finished_event(device, "app.bin"), HasSubstr(R"("device":{"name":"devding"},)"));
}

TEST(PushEvents, ADeviceThatWasNotTried) {
  cli::FleetDevice device = failed_device("devding");
  device.state = State::skipped;  // after a try that did not count
  EXPECT_THAT(
      cli::finished_event(device, "app.bin"),
      HasSubstr(R"({"event":"finished","result":"not_tried","code":"not_tried","number":0,"device")"));
}

TEST(PushEvents, OneLineWhateverTheDeviceSays) {
  cli::FleetDevice device = failed_device("\xFF\n");
  device.report.failure = cli::rejection("devding", "bad\n\xFF\"", 0);
  const std::string json = cli::finished_event(device, "\xFE");
  EXPECT_EQ(json.find('\n'), std::string::npos);
  EXPECT_THAT(json, HasSubstr(R"(\n)"));
}

TEST(PushEvents, TheCourse) {
  const std::string device = R"("device":{"name":"devding","address":"192.168.1.20","port":8266})";
  cli::FleetDevice sending = sending_device("devding");
  EXPECT_EQ(cli::found_event(sending), R"({"event":"found",)" + device + R"(,"board":"esp12"})");
  EXPECT_EQ(cli::stage_event(sending), R"({"event":"stage",)" + device + R"(,"stage":"transfer"})");
  EXPECT_EQ(cli::progress_event(sending),
            R"({"event":"progress",)" + device + R"(,"taken_bytes":524288,"size_bytes":1048576})");
  cli::FleetDevice resting = failed_device("devding", UpdateError::busy, Stage::invite);
  resting.tries = 1;
  EXPECT_EQ(cli::retry_event(resting, seconds{2}),
            R"({"event":"retry",)" + device +
                R"(,"result":"error","code":"busy","number":22,"tries":1,"rest_ms":2000})");
  sending.report.target.board.clear();
  EXPECT_THAT(cli::found_event(sending), HasSubstr(R"("board":null)"));
}

TEST(PushEvents, TheSummary) {
  FleetDevices devices{proven_device("a"), failed_device("b"), fleet_device("c", State::skipped)};
  EXPECT_EQ(
      cli::summary_event(devices, seconds{5}, 1),
      R"({"event":"summary","result":"error","code":"wrong_password","devices":3,"succeeded":1,"failed":1,)"
      R"("not_tried":1,"duration_ms":5000,"exit_code":1})");
  devices.push_back(failed_device("d", UpdateError::no_answer, Stage::invite));
  EXPECT_THAT(cli::summary_event(devices, {}, 1), HasSubstr(R"("code":"several")"));
  EXPECT_THAT(cli::summary_event(FleetDevices{proven_device("a")}, {}, 0),
              HasSubstr(R"("result":"ok","code":"ok","devices":1)"));
  EXPECT_THAT(cli::summary_event(FleetDevices{fleet_device("a", State::skipped)}, {}, 130),
              HasSubstr(R"("code":"cancelled")"));
}

TEST(PushEvents, ThePushThatCouldNotBegin) {
  const auto failure = cli::make_failure(UpdateError::file_unreadable, Stage::file, "app.bin: no");
  EXPECT_THAT(
      cli::summary_event(failure, "app.bin"),
      HasSubstr(
          R"({"event":"summary","result":"error","code":"file_unreadable","number":58,"stage":"file",)"));
  EXPECT_THAT(cli::summary_event(failure, "app.bin"), HasSubstr(R"("exit_code":8})"));
}

TEST(PushEvents, ProgressOncePerSecondAndDevice) {
  ::testing::internal::CaptureStdout();
  cli::PushEvents events{"app.bin"};
  cli::FleetDevice a = sending_device("a");
  cli::FleetDevice b = sending_device("b");
  b.id = 1;
  for (milliseconds at{0}; at < seconds{3}; at += milliseconds{100}) {
    events.progress(a, Instant{at});
    events.progress(b, Instant{at});
  }
  const std::string lines = ::testing::internal::GetCapturedStdout();
  EXPECT_EQ(std::count(lines.begin(), lines.end(), '\n'), 6);
}

}  // namespace
}  // namespace airlift::testing
