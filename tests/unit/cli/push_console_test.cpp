#include "push_console.hpp"

#include <gmock/gmock.h>

#include "fleet_devices.hpp"

namespace airlift::testing {
namespace {

using cli::BarUse;
using cli::Crowd;
using cli::FleetDevice;
using cli::PushConsole;
using cli::Show;
using cli::Stage;
using cli::Verbosity;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::MatchesRegex;
using ::testing::StartsWith;

/// What stands on standard error, which is no terminal here, after a whole upload in which the device tells
/// of half of the bytes only when they have all been sent.
std::string shown(Show show) {
  ::testing::internal::CaptureStderr();
  PushConsole console{std::move(show)};
  FleetDevice device = sending_device("devding");
  device.report.taken_bytes = 0;
  const auto enter = [&](Stage stage) {
    device.stage = stage;
    console.entered(device);
  };
  const auto take = [&](std::uint32_t eighths) {
    device.report.taken_bytes = mebibyte / 8 * eighths;
    console.progress(device,
                     Instant{seconds{10}});  // too soon after one another for a bar to be drawn each time
  };
  enter(Stage::invite);
  enter(Stage::transfer);
  for (const std::uint32_t eighths : {1U, 2U, 3U, 4U}) take(eighths);
  enter(Stage::verify);
  for (const std::uint32_t eighths : {5U, 6U, 7U, 8U}) take(eighths);
  enter(Stage::reboot);
  enter(Stage::confirm);
  device.state = cli::Schedule::State::succeeded;
  device.report.proof = cli::Proof::confirmed;
  console.finished(device);
  return ::testing::internal::GetCapturedStderr();
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream{text};
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

TEST(PushConsole, OneDeviceInALog) {
  EXPECT_THAT(
      lines_of(shown({.success_on_stdout = false})),
      ElementsAre(StartsWith(" 10 % sent: 128.0 KiB"), StartsWith(" 20 % sent"), StartsWith(" 30 % sent"),
                  StartsWith(" 50 % sent"), StartsWith(" 60 % sent"), StartsWith(" 70 % sent"),
                  StartsWith(" 80 % sent"), StartsWith("100 % sent"), "waiting until it is back"));
}

TEST(PushConsole, OneOfManyInALog) {
  EXPECT_THAT(
      lines_of(shown({.crowd = Crowd::many, .file = "app.bin"})),
      ElementsAre("devding: sending", StartsWith("devding:  25 % sent"), StartsWith("devding:  50 % sent"),
                  StartsWith("devding:  75 % sent"), StartsWith("devding: 100 % sent"),
                  "devding: waiting until it is back", StartsWith("devding runs it, confirmed: app.bin")));
}

TEST(PushConsole, TheBarEndsAtItsEnd) {
  const std::string bar = shown({.bar_use = BarUse::always, .success_on_stdout = false});
  // Drawn once at the beginning, once at the end, and never again.
  EXPECT_THAT(bar, MatchesRegex("\r 12 % \\[[^\r]*\r100 % \\[[^\r]*\n"));
}

TEST(PushConsole, QuietSaysNothingOfSuccess) {
  EXPECT_THAT(shown({.verbosity = Verbosity::quiet}), IsEmpty());
  EXPECT_THAT(shown({.verbosity = Verbosity::quiet, .crowd = Crowd::many}), IsEmpty());
}

TEST(PushConsole, FailuresAreSaidWithStageAndHints) {
  FleetDevice device = failed_device("devding");
  device.report.failure->message = "the device says\x1b no";
  device.report.failure->causes = {"one", "two"};
  for (const auto& [crowd, prefix] : {std::pair{Crowd::one, ""}, std::pair{Crowd::many, "devding: "}}) {
    ::testing::internal::CaptureStderr();
    cli::print_outcome(device, {.verbosity = Verbosity::quiet, .crowd = crowd});
    const std::string begin{prefix};
    EXPECT_EQ(::testing::internal::GetCapturedStderr(), begin + "error: authenticate: the device says? no\n" +
                                                            begin + "hint: 1. one\n" + begin +
                                                            "hint: 2. two\n");
  }
}

TEST(PushConsole, RestsAreSaid) {
  ::testing::internal::CaptureStderr();
  cli::print_rest(failed_device("devding", UpdateError::busy, Stage::invite), seconds{4});
  EXPECT_EQ(::testing::internal::GetCapturedStderr(), "devding: invite: what happened; next try in 4 s\n");
}

}  // namespace
}  // namespace airlift::testing
