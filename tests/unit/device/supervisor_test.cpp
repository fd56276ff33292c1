#include "supervisor.hpp"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/stat.h>

#include <functional>

#include "signals.hpp"
#include "support/eventually.hpp"
#include "support/fake_system.hpp"
#include "support/temp_directory.hpp"

namespace airlift::device {
namespace {

using testing::read_file;

/// Real children; the delays between them pass in the test's own time.
class Supervised : public ::testing::Test {
 protected:
  Program script(std::string_view text, std::vector<std::string> environment = {"PATH=/usr/bin:/bin"}) {
    const std::string path = directory.write("application", "#!/bin/sh\n" + std::string{text});
    ::chmod(path.c_str(), 0700);
    return {path, directory.path(), std::move(environment)};
  }
  bool wait_until(const std::function<bool()>& condition) {
    return testing::eventually(loop, [&] {
      if (std::exchange(child_changed, false)) supervisor.child_changed(now);
      return condition();
    });
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
  Supervisor supervisor{log};
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

}  // namespace
}  // namespace airlift::device
