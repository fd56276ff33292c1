#include "push_text.hpp"

#include <gmock/gmock.h>

#include "fleet_console.hpp"
#include "fleet_devices.hpp"
#include "text_table.hpp"

namespace airlift::testing {
namespace {

using cli::FleetDevices;
using cli::Proof;
using State = cli::Schedule::State;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;
using ::testing::StartsWith;

std::string success(Proof proof) {
  cli::UploadReport report = proven_device("devding").report;
  report.proof = proof;
  return cli::success_text(report, "app.bin");
}

TEST(PushText, SuccessTellsWhatWasProven) {
  EXPECT_EQ(success(Proof::confirmed), "devding runs it, confirmed: app.bin (1.0 MiB), 3.20 s");
  EXPECT_THAT(success(Proof::reachable),
              StartsWith("devding is back (an old device cannot tell what it runs): "));
  EXPECT_THAT(success(Proof::taken), StartsWith("devding took it; not waited for (--no-wait): "));
  EXPECT_THAT(success(Proof::waits), StartsWith("devding waits for the other image of its bundle: "));
}

TEST(PushText, HintsAreTheCausesElseTheAdvice) {
  cli::PushFailure failure = *failed_device("devding").report.failure;
  failure.advice = "advice";
  EXPECT_THAT(cli::hints_of(failure), ElementsAre("advice"));
  failure.causes = {"a firewall", "another network"};
  EXPECT_THAT(cli::hints_of(failure), ElementsAre("1. a firewall", "2. another network"));
  EXPECT_THAT(cli::hints_of({}), SizeIs(0));
}

TEST(PushText, ADeviceLineHasABarOnlyWhileSending) {
  EXPECT_EQ(cli::device_line(sending_device("kitchen"), 8, 80),
            "kitchen    50 % [=======>         ] 512.0 KiB of 1.0 MiB, 256.0 KiB/s, 2 s left");
  cli::FleetDevice device = sending_device("kitchen");
  device.stage = cli::Stage::confirm;
  EXPECT_EQ(cli::device_line(device, 7, 80), "kitchen  waiting until it confirms the image");
  device.state = State::resting;
  EXPECT_EQ(cli::device_line(device, 7, 80), "kitchen  failed, rests before the next try");
}

TEST(PushText, NoDeviceLineIsWiderThanTheTerminal) {
  for (int columns = 0; columns < 120; ++columns) {
    EXPECT_LT(static_cast<int>(cli::device_line(sending_device("kitchen"), 7, columns).size()),
              std::max(columns, 1));
  }
}

TEST(PushText, NamesOfStrangersDoNotMoveTheCursor) {
  EXPECT_EQ(cli::printable("a\x1b[2Jb\n\x7F\xC3\xA9"), "a?[2Jb??\xC3\xA9");
  EXPECT_THAT(cli::device_line(sending_device("\x1b[2J"), 4, 80), StartsWith("?[2J"));
  EXPECT_THAT(cli::result_table({failed_device("\x1b[2J")}), HasSubstr("?[2J"));
  EXPECT_THAT(success(Proof::taken), StartsWith("devding"));
}

TEST(PushText, TheSummaryCountsWhatThereIs) {
  FleetDevices devices{proven_device("a"), proven_device("b")};
  EXPECT_EQ(cli::summary_line(devices, seconds{42}), "2 of 2 done, 42.0 s");
  devices.push_back(failed_device("c"));
  devices.push_back(fleet_device("d", State::skipped));
  devices.push_back(sending_device("e"));
  devices.push_back(sending_device("f"));
  devices.push_back(fleet_device("g", State::queued));
  devices.push_back(fleet_device("h", State::resting));
  EXPECT_EQ(cli::summary_line(devices, seconds{42}),
            "2 of 8 done, 1 failed, 1 not tried, 2 running, 2 to go, 512.0 KiB/s, 42.0 s");
}

TEST(PushText, TheTableTellsHowItEnded) {
  FleetDevices devices{proven_device("kitchen"), failed_device("bath"), fleet_device("hall", State::skipped)};
  devices.back().report.device = {};
  EXPECT_EQ(cli::result_table(devices),
            "DEVICE   ADDRESS            PROTOCOL  RESULT              IMAGE         TIME    ERROR\n"
            "kitchen  192.168.1.20:8266  airlift   runs it, confirmed  abcdef000000  3.20 s  -\n"
            "bath     192.168.1.20:8266  -         failed              -             0.00 s  "
            "authenticate: wrong_password\n"
            "hall     -                  -         not tried           -             0.00 s  -\n");
}

FleetDevices crowd(std::size_t sending) {
  FleetDevices devices{proven_device("done")};
  for (std::size_t i = 0; i < sending; ++i) devices.push_back(sending_device("device" + std::to_string(i)));
  return devices;
}

TEST(FleetConsole, ALineForEachThatRunsAndASummary) {
  EXPECT_THAT(cli::live_lines(crowd(2), seconds{42}, 80, 23),
              ElementsAre(StartsWith("device0   50 %"), StartsWith("device1   50 %"),
                          StartsWith("1 of 3 done, 2 run")));
}

TEST(FleetConsole, FallsBackToWhatFits) {
  EXPECT_THAT(
      cli::live_lines(crowd(8), seconds{42}, 80, 4),
      ElementsAre(StartsWith("device0"), StartsWith("device1"), "... and 6 more", StartsWith("1 of 9 done")));
  EXPECT_THAT(cli::live_lines(crowd(3), seconds{42}, 80, 4), SizeIs(4));
  EXPECT_THAT(cli::live_lines(crowd(8), seconds{42}, 80, 2),
              ElementsAre("... and 8 more", StartsWith("1 of 9 done")));
  EXPECT_THAT(cli::live_lines(crowd(8), seconds{42}, 80, 1), ElementsAre(StartsWith("1 of 9 done")));
  for (const std::string& line : cli::live_lines(crowd(8), seconds{42}, 20, 9)) EXPECT_LT(line.size(), 20U);
}

}  // namespace
}  // namespace airlift::testing
