// What every Clock and Entropy does; the fakes of System and Log; the log on standard error.

#include <gmock/gmock.h>

#include <cstdlib>
#include <ctime>
#include <type_traits>

#include "airlift_posix/stderr_log.hpp"
#include "airlift_posix/steady_clock.hpp"
#include "airlift_posix/system_calendar.hpp"
#include "airlift_posix/system_entropy.hpp"
#include "contract/portable/clock_contract.hpp"
#include "contract/portable/entropy_contract.hpp"
#include "support/fake_system.hpp"
#include "support/portable_contract.hpp"

namespace airlift {
namespace {

using testing::FakeClock;
using testing::FakeEntropy;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using testing::MemoryLog;
using ::testing::Not;

TEST(SystemCalendar, TellsTheDateInUtcSeconds) {
  const auto expected = static_cast<std::uint64_t>(std::time(nullptr));
  posix::SystemCalendar calendar;
  EXPECT_GE(calendar.unix_seconds(), expected);
  EXPECT_LE(calendar.unix_seconds(), expected + 60);
}

TEST(SystemCalendar, TellsTheTimeOfDayWhereItIs) {
  constexpr std::uint64_t winter{1'767'225'599};  // 2025-12-31T23:59:59Z
  constexpr std::uint64_t summer{1'782'864'000};  // 2026-07-01T00:00:00Z
  posix::SystemCalendar calendar;
  const char* const before = std::getenv("TZ");
  const std::string restored{before == nullptr ? "" : before};
  ::setenv("TZ", "UTC0", 1);
  EXPECT_EQ(calendar.local_time_of_day(winter), seconds{86399});
  EXPECT_EQ(calendar.local_time_of_day(summer), seconds{0});
  ::setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3", 1);
  EXPECT_EQ(calendar.local_time_of_day(winter), seconds{3599});
  EXPECT_EQ(calendar.local_time_of_day(summer), seconds{7200});
  before == nullptr ? ::unsetenv("TZ") : ::setenv("TZ", restored.c_str(), 1);
  ::tzset();
}

template <typename Clock>
class ClockOf final : public contract::ClockSubject {
 public:
  [[nodiscard]] port::Clock& clock() override { return clock_; }
  void let_time_pass() override {
    if constexpr (std::is_same_v<Clock, FakeClock>) clock_.advance(milliseconds{1});
  }

 private:
  Clock clock_;
};

[[maybe_unused]] const bool contracts_added{
    testing::add_contract<ClockOf<posix::SteadyClock>>("ClockContract/SteadyClock", contract::clock_cases) &&
    testing::add_contract<ClockOf<posix::AwakeClock>>("ClockContract/AwakeClock", contract::clock_cases) &&
    testing::add_contract<ClockOf<FakeClock>>("ClockContract/FakeClock", contract::clock_cases) &&
    testing::add_contract<posix::SystemEntropy>("EntropyContract/SystemEntropy", contract::entropy_cases) &&
    testing::add_contract<FakeEntropy>("EntropyContract/FakeEntropy", contract::entropy_cases)};

TEST(FakeEntropy, FailsWhenToldTo) {
  FakeEntropy entropy;
  entropy.fails = true;
  EXPECT_EQ(entropy.fill({}).error(), UpdateError::no_entropy);
}

TEST(MemoryLog, FindsWhatWasWritten) {
  MemoryLog log;
  log.write(port::LogLevel::warning, "ota/0", "a message");
  EXPECT_TRUE(log.contains("ota/0: a mess"));
  EXPECT_TRUE(log.contains(port::LogLevel::warning, "message"));
  EXPECT_FALSE(log.contains(port::LogLevel::error, "message"));
  EXPECT_FALSE(log.contains("another"));
}

class StderrLog : public ::testing::Test {
 protected:
  void TearDown() override { unsetenv("JOURNAL_STREAM"); }

  static std::string written_by(port::LogLevel least, const std::function<void(posix::StderrLog&)>& use) {
    ::testing::internal::CaptureStderr();
    posix::StderrLog log{least};
    use(log);
    return ::testing::internal::GetCapturedStderr();
  }
};

TEST_F(StderrLog, ShowsTimeLevelSourceAndMessage) {
  unsetenv("JOURNAL_STREAM");
  EXPECT_THAT(
      written_by(port::LogLevel::info,
                 [](posix::StderrLog& log) { log.write(port::LogLevel::info, "ota/0", "50% {} done"); }),
      MatchesRegex("....-..-.. ..:..:......  ?\\[info\\] ota/0: 50% \\{\\} done\n"));
}

TEST_F(StderrLog, LeavesTheTimeToTheJournal) {
  setenv("JOURNAL_STREAM", "8:12345", 1);
  EXPECT_EQ(written_by(port::LogLevel::info,
                       [](posix::StderrLog& log) { log.write(port::LogLevel::warning, "ota/0", "text"); }),
            "[warning] ota/0: text\n");
}

TEST_F(StderrLog, DropsWhatIsLessImportant) {
  const std::string text = written_by(port::LogLevel::warning, [](posix::StderrLog& log) {
    log.write(port::LogLevel::error, "a", "kept");
    log.write(port::LogLevel::warning, "b", "kept");
    log.write(port::LogLevel::info, "c", "dropped");
    log.write(port::LogLevel::debug, "d", "dropped");
  });
  EXPECT_THAT(text, HasSubstr("a: kept"));
  EXPECT_THAT(text, HasSubstr("b: kept"));
  EXPECT_THAT(text, Not(HasSubstr("dropped")));
}

TEST_F(StderrLog, DoesNotLetAMessageForgeALine) {
  setenv("JOURNAL_STREAM", "8:12345", 1);
  EXPECT_EQ(
      written_by(port::LogLevel::info,
                 [](posix::StderrLog& log) { log.write(port::LogLevel::info, "a", "x\n[info] b: \x1b[1m"); }),
      "[info] a: x?[info] b: ?[1m\n");
}

}  // namespace
}  // namespace airlift
