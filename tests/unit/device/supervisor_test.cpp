#include "supervisor.hpp"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/stat.h>

#include <cerrno>
#include <functional>
#include <utility>
#include <vector>

#include "signals.hpp"
#include "support/eventually.hpp"
#include "support/fake_system.hpp"
#include "support/temp_directory.hpp"

namespace airlift::device {
namespace {

using testing::read_file;
using Kind = ApplicationEvent::Kind;

constexpr std::string_view ignores_abort{"trap '' ABRT; echo > ready; while :; do sleep 0.05; done"};

/// Real children; the delays between them pass in the test's own time.
class Supervised : public ::testing::Test {
 protected:
  Program script(std::string_view text, std::vector<std::string> environment = {"PATH=/usr/bin:/bin"}) {
    const std::string path = directory.write("application", "#!/bin/sh\n" + std::string{text});
    ::chmod(path.c_str(), 0700);
    return {path, directory.path(), std::move(environment)};
  }
  Program on_trial(std::string_view text) {
    Program program = script(text);
    program.on_end = OnEnd::report;
    return program;
  }
  void say(std::string_view text) { supervisor.notified(parse_notify(text), now); }
  bool wait_until(const std::function<bool()>& condition) {
    return testing::eventually(loop, [&] {
      if (std::exchange(child_changed, false)) supervisor.child_changed(now);
      return condition();
    });
  }
  bool wait_for_end() {
    return wait_until([&] { return !supervisor.running(); });
  }
  void expect_events(const std::vector<ApplicationEvent>& expected) {
    ASSERT_EQ(events.size(), expected.size());
    for (std::size_t i = 0; i < expected.size(); ++i) {
      EXPECT_EQ(static_cast<int>(events[i].kind), static_cast<int>(expected[i].kind)) << i;
      EXPECT_EQ(events[i].detail, expected[i].detail) << i;
    }
  }
  bool wait_for_file(std::string_view name, std::string_view content) {
    return wait_until([&] { return read_file(directory / name) == content; });
  }

  testing::TempDirectory directory;
  posix::EventLoop loop;
  bool child_changed{false};
  Signals signals{loop, [] {}, [this] { child_changed = true; }};
  testing::MemoryLog log;
  Instant now{seconds{1000}};
  std::vector<ApplicationEvent> events;
  Supervisor supervisor{log, [this](const ApplicationEvent& event) { events.push_back(event); }};
};

TEST_F(Supervised, TheChildGetsACleanEnvironmentAndDirectory) {
  ::setenv("AIRLIFT_TEST_SECRET", "leak", 1);
  supervisor.start(
      script("tr '\\0' '\\n' < /proc/$$/environ > out; pwd >> out; readlink /proc/$$/fd/0 >> out\n"
             "ls /proc/$$/fd > fds; mv out done; sleep 100",
             {"PATH=/usr/bin:/bin", "AIRLIFT_SLOT=A"}),
      now);
  EXPECT_TRUE(
      wait_for_file("done", "PATH=/usr/bin:/bin\nAIRLIFT_SLOT=A\n" + directory.path() + "\n/dev/null\n"))
      << read_file(directory / "done");
  ::unsetenv("AIRLIFT_TEST_SECRET");
}

TEST_F(Supervised, ACrashIsLoggedAndTheNextStartWaitsLongerEachTime) {
  supervisor.start(script("echo x >> starts; kill -SEGV $$"), now);
  for (const long delay : {1000, 2000, 4000}) {
    ASSERT_TRUE(wait_until([&] { return !supervisor.running(); }));
    EXPECT_EQ(supervisor.loop(now), milliseconds{delay});
    now += milliseconds{delay};
    EXPECT_EQ(supervisor.loop(now), milliseconds{0});
  }
  EXPECT_TRUE(log.contains("was ended by signal Segmentation fault"));
}

TEST_F(Supervised, AGoodRunForgetsEarlierCrashes) {
  supervisor.start(script("exit 3"), now);
  ASSERT_TRUE(wait_until([&] { return !supervisor.running(); }));
  EXPECT_TRUE(log.contains("ended with exit code 3"));
  now += milliseconds{1000};
  (void)supervisor.loop(now);
  now += Supervisor::good_run;
  ASSERT_TRUE(wait_until([&] { return !supervisor.running(); }));
  EXPECT_EQ(supervisor.loop(now), milliseconds{1000});
}

TEST_F(Supervised, StopSendsTermAndWaits) {
  supervisor.start(script("trap 'echo term > got; exit 0' TERM; echo > ready; while :; do sleep 0.05; done"),
                   now);
  ASSERT_TRUE(wait_for_file("ready", "\n"));
  supervisor.request_stop(now);
  ASSERT_TRUE(wait_until([&] { return !supervisor.running(); }));
  EXPECT_EQ(read_file(directory / "got"), "term\n");
  EXPECT_TRUE(log.contains("stopped"));
  EXPECT_GT(supervisor.loop(now), seconds{1});  // no restart
}

TEST_F(Supervised, WhatIgnoresTermIsKilledInTime) {
  supervisor.start(script("trap '' TERM; echo > ready; while :; do sleep 0.05; done"), now);
  ASSERT_TRUE(wait_for_file("ready", "\n"));
  supervisor.request_stop(now);
  EXPECT_EQ(supervisor.loop(now), Supervisor::stop_timeout);
  now += Supervisor::stop_timeout;
  (void)supervisor.loop(now);
  EXPECT_TRUE(wait_until([&] { return !supervisor.running(); }));
}

TEST_F(Supervised, WhatTheApplicationStartedEndsWithIt) {
  supervisor.start(script("sleep 1000 & echo $! > helper; exit 0"), now);
  ASSERT_TRUE(wait_until([&] { return !supervisor.running(); }));
  const pid_t helper = std::stoi(read_file(directory / "helper"));
  const auto gone = [helper] {
    const std::string state = read_file("/proc/" + std::to_string(helper) + "/stat");
    return state.empty() || state.find(") Z") != std::string::npos;
  };
  EXPECT_TRUE(wait_until(gone));
}

TEST_F(Supervised, WhatCannotBeStartedIsLoggedWithTheReasonAndTriedAgain) {
  Program program = script("exit 0");
  program.path = directory / "missing";
  supervisor.start(program, now);
  EXPECT_FALSE(supervisor.running());
  EXPECT_TRUE(log.contains("cannot be started: No such file or directory"));
  EXPECT_EQ(supervisor.loop(now), milliseconds{1000});
  program.path = directory.write("text", "no program");
  supervisor.start(program, now);
  EXPECT_TRUE(log.contains("cannot be started: Permission denied"));
}

TEST_F(Supervised, TheChildIsToldWhereAndHowOftenToNotify) {
  Program program =
      script("tr '\\0' '\\n' < /proc/$$/environ | sed \"s/=$$\\$/=itself/\" > out; mv out done; sleep 100");
  program.notify_socket = "/somewhere/notify";
  program.watchdog = seconds{2};
  supervisor.start(program, now);
  EXPECT_TRUE(wait_for_file("done",
                            "PATH=/usr/bin:/bin\nNOTIFY_SOCKET=/somewhere/notify\nWATCHDOG_USEC=2000000\n"
                            "WATCHDOG_PID=itself\n"))
      << read_file(directory / "done");
}

TEST_F(Supervised, AnExitOnTrialIsReportedAndNotRepeated) {
  supervisor.start(on_trial("exit 3"), now);
  ASSERT_TRUE(wait_for_end());
  expect_events({{Kind::started}, {Kind::exited, 3}});
  EXPECT_GE(supervisor.loop(now), seconds{60});
}

TEST_F(Supervised, ACrashOnTrialIsReportedAndNotRepeated) {
  supervisor.start(on_trial("kill -KILL $$"), now);
  ASSERT_TRUE(wait_for_end());
  expect_events({{Kind::started}, {Kind::crashed, SIGKILL}});
  EXPECT_GE(supervisor.loop(now), seconds{60});
}

TEST_F(Supervised, WhatIsNoProgramOnTrialIsReportedAndNotTriedAgain) {
  Program program = on_trial("exit 0");
  program.path = directory.write("text", "no program");
  ::chmod(program.path.c_str(), 0700);
  supervisor.start(program, now);
  program.path = directory / "missing";
  supervisor.start(program, now);
  expect_events({{Kind::not_started, ENOEXEC}, {Kind::not_started, ENOENT}});
  EXPECT_GE(supervisor.loop(now), seconds{60});
}

TEST_F(Supervised, ExitCode127IsAnExit) {
  supervisor.start(on_trial("exit 127"), now);
  ASSERT_TRUE(wait_for_end());
  expect_events({{Kind::started}, {Kind::exited, 127}});
}

TEST_F(Supervised, OnceConfirmedACrashIsFollowedByARestart) {
  supervisor.start(on_trial("exit 3"), now);
  supervisor.set_on_end(OnEnd::restart);
  ASSERT_TRUE(wait_for_end());
  EXPECT_EQ(supervisor.loop(now), Supervisor::first_restart_delay);
}

TEST_F(Supervised, AStopOnRequestIsNoEvent) {
  supervisor.start(on_trial("trap 'exit 3' TERM; echo > ready; while :; do sleep 0.05; done"), now);
  ASSERT_TRUE(wait_for_file("ready", "\n"));
  supervisor.request_stop(now);
  ASSERT_TRUE(wait_for_end());
  expect_events({{Kind::started}});
}

TEST_F(Supervised, ReadyIsToldOncePerStart) {
  supervisor.start(script("read line; sleep 100"), now);
  say("STATUS=loading");
  expect_events({{Kind::started}});
  say("READY=1\nSTATUS=serving");
  say("READY=1");
  expect_events({{Kind::started}, {Kind::ready}});
  ::kill(supervisor.pid(), SIGKILL);
  ASSERT_TRUE(wait_for_end());
  EXPECT_TRUE(log.contains("was ended by signal Killed; its last status: serving"));
  say("READY=1");  // too late
  now += Supervisor::first_restart_delay;
  (void)supervisor.loop(now);
  say("READY=1");
  expect_events({{Kind::started}, {Kind::ready}, {Kind::crashed, SIGKILL}, {Kind::started}, {Kind::ready}});
}

TEST_F(Supervised, AMissedWatchdogAborts) {
  Program program = on_trial("sleep 100");
  program.watchdog = seconds{2};
  supervisor.start(program, now);
  EXPECT_GE(supervisor.loop(now), seconds{60}) << "nothing is due before READY=1";
  say("READY=1");
  now += milliseconds{1999};
  EXPECT_EQ(supervisor.loop(now), milliseconds{1});
  say("WATCHDOG=1");
  EXPECT_EQ(supervisor.loop(now), seconds{2});
  now += seconds{2};
  EXPECT_EQ(supervisor.loop(now), milliseconds{0});
  EXPECT_EQ(supervisor.loop(now), milliseconds{0});
  EXPECT_TRUE(log.contains("no WATCHDOG=1 for 2000 ms"));
  ASSERT_TRUE(wait_for_end());
  expect_events({{Kind::started}, {Kind::ready}, {Kind::hung}});
  EXPECT_TRUE(log.contains("was ended by signal Aborted"));
}

TEST_F(Supervised, AWatchdogThatWaitedToBeReadIsNotMissed) {
  Program program = on_trial("sleep 100");
  program.watchdog = seconds{2};
  supervisor.start(program, now);
  say("READY=1");
  now += seconds{20};  // the device itself did not get to run
  EXPECT_EQ(supervisor.loop(now), milliseconds{0});
  say("WATCHDOG=1");
  EXPECT_EQ(supervisor.loop(now), seconds{2});
  EXPECT_TRUE(supervisor.running());
}

TEST_F(Supervised, AWatchdogFromTheStartNeedsNoReady) {
  Program program = on_trial("sleep 100");
  program.watchdog = seconds{2};
  program.watchdog_from = WatchdogFrom::start;
  supervisor.start(program, now);
  EXPECT_EQ(supervisor.loop(now), seconds{2});
}

TEST_F(Supervised, TheFirstWatchdogBeginsTheWatchAlsoBeforeReady) {
  Program program = on_trial("sleep 100");
  program.watchdog = seconds{2};
  supervisor.start(program, now);
  say("WATCHDOG=1");
  EXPECT_EQ(supervisor.loop(now), seconds{2});
}

TEST_F(Supervised, WithoutAPeriodNothingIsWatched) {
  supervisor.start(on_trial("sleep 100"), now);
  say("READY=1\nWATCHDOG=1");
  EXPECT_GE(supervisor.loop(now), seconds{60});
}

TEST_F(Supervised, TheApplicationMaySetItsPeriod) {
  supervisor.start(on_trial("sleep 100"), now);
  say("WATCHDOG_USEC=500000");
  EXPECT_EQ(supervisor.loop(now), milliseconds{500});
  say("WATCHDOG_USEC=0");
  EXPECT_GE(supervisor.loop(now), seconds{60});
}

TEST_F(Supervised, WatchdogTriggerAbortsAtOnce) {
  supervisor.start(on_trial("sleep 100"), now);
  say("WATCHDOG=trigger");
  ASSERT_TRUE(wait_for_end());
  expect_events({{Kind::started}, {Kind::hung}});
}

TEST_F(Supervised, WhatHangsAndIgnoresAbortIsKilledInTime) {
  supervisor.start(on_trial(ignores_abort), now);
  ASSERT_TRUE(wait_for_file("ready", "\n"));
  say("WATCHDOG=trigger");
  EXPECT_EQ(supervisor.loop(now), Supervisor::stop_timeout);
  say("WATCHDOG=1");  // does not save it any more
  now += Supervisor::stop_timeout;
  (void)supervisor.loop(now);
  ASSERT_TRUE(wait_for_end());
  expect_events({{Kind::started}, {Kind::hung}});
}

TEST_F(Supervised, AHangOfAConfirmedApplicationIsFollowedByARestart) {
  supervisor.start(script("sleep 100"), now);
  say("WATCHDOG=trigger");
  ASSERT_TRUE(wait_for_end());
  EXPECT_EQ(supervisor.loop(now), Supervisor::first_restart_delay);
}

}  // namespace
}  // namespace airlift::device
