// What can be seen of a device that took an image, and what that proves.
#include "return_course.hpp"

#include <gmock/gmock.h>

namespace airlift::testing {
namespace {

using cli::ConfirmCourse;
using cli::Presence;
using cli::Proof;
using cli::ReachCourse;
using cli::ReturnOutcome;
using cli::ReturnPlan;
using cli::Stage;
using ::testing::HasSubstr;
using wire::DeviceStatus;
using wire::SlotStatus;

constexpr seconds return_timeout{60};
constexpr Instant start{seconds{1000}};
const crypto::Sha256Digest image = crypto::sha256(as_bytes("new"));
const crypto::Sha256Digest older = crypto::sha256(as_bytes("old"));

ReturnPlan plan(wire::Command command = wire::Command::firmware) {
  return {"devding", {}, "devding (192.168.1.20:8266)", cli::Protocol::extension, command, image};
}

SlotStatus slot(std::string_view state, const crypto::Sha256Digest& sha256,
                UpdateError reason = UpdateError::none) {
  return {state, reason, sha256, {}};
}

/// Slot A holds the older image, B the one that was taken.
DeviceStatus device(char running, const SlotStatus& b, const SlotStatus& a = slot("good", older)) {
  DeviceStatus status;
  status.trial_period_s = 60;
  status.trial_attempts = 3;
  status.trial_used = 1;
  status.firmware.running = running;
  status.firmware.slots = {a, b};
  return status;
}

struct Confirm {
  explicit Confirm(const ReturnPlan& return_plan = plan()) : course{return_plan, return_timeout, start} {}

  void status(seconds at, const DeviceStatus& what) { course.status(start + at, what); }
  void silence(seconds at, UpdateError code = UpdateError::no_answer) {
    course.no_status(start + at, cli::make_failure(code, Stage::invite, "the reason"));
  }
  [[nodiscard]] bool open() const { return !course.outcome().has_value(); }
  [[nodiscard]] UpdateError error() const {
    return open() || !course.outcome()->failure ? UpdateError::none : course.outcome()->failure->code;
  }
  [[nodiscard]] std::string message() const {
    return open() || !course.outcome()->failure ? "" : course.outcome()->failure->message;
  }
  [[nodiscard]] Stage failed_at() const { return course.outcome()->failure->stage; }

  ConfirmCourse course;
};

TEST(ConfirmCourse, ConfirmedIsWhatRunsAndIsGood) {
  Confirm confirm;
  confirm.status(seconds{1}, device('A', slot("staged", image)));
  EXPECT_TRUE(confirm.open());
  EXPECT_EQ(confirm.course.stage(), Stage::reboot);
  confirm.silence(seconds{2});
  confirm.status(seconds{3}, device('B', slot("trying", image)));
  EXPECT_TRUE(confirm.open());
  EXPECT_EQ(confirm.course.stage(), Stage::confirm);
  confirm.status(seconds{4}, device('B', slot("good", image)));
  ASSERT_FALSE(confirm.open());
  EXPECT_FALSE(confirm.course.outcome()->failure);
  EXPECT_EQ(confirm.course.outcome()->proof, Proof::confirmed);
}

TEST(ConfirmCourse, TheSameImageInTheOtherSlotProvesNothing) {
  const SlotStatus before = slot("good", image);
  Confirm confirm;
  confirm.status(seconds{1}, device('A', slot("staged", image), before));
  EXPECT_TRUE(confirm.open());
  confirm.status(seconds{2}, device('B', slot("trying", image), before));
  EXPECT_TRUE(confirm.open());
  confirm.status(seconds{3}, device('A', slot("bad", image, UpdateError::not_confirmed), before));
  EXPECT_EQ(confirm.error(), UpdateError::not_confirmed);
}

TEST(ConfirmCourse, AFilesystemIsLookedForAmongFilesystems) {
  DeviceStatus status = device('A', slot("empty", older));
  status.filesystem.running = 'B';
  status.filesystem.slots = {slot("good", older), slot("good", image)};
  Confirm confirm{plan(wire::Command::filesystem)};
  confirm.status(seconds{1}, status);
  ASSERT_FALSE(confirm.open());
  EXPECT_EQ(confirm.course.outcome()->proof, Proof::confirmed);
  Confirm firmware;
  firmware.status(seconds{1}, status);
  EXPECT_EQ(firmware.error(), UpdateError::other_image);
}

TEST(ConfirmCourse, RolledBackGivesTheReason) {
  for (const UpdateError reason : {UpdateError::not_confirmed, UpdateError::application_crashed,
                                   UpdateError::watchdog_missed, UpdateError::image_damaged}) {
    Confirm confirm;
    confirm.status(seconds{1}, device('B', slot("trying", image)));
    confirm.status(seconds{2}, device('A', slot("bad", image, reason)));
    EXPECT_EQ(confirm.error(), reason);
    EXPECT_EQ(confirm.failed_at(), Stage::confirm);
    EXPECT_EQ(confirm.course.outcome()->proof, Proof::taken);
    EXPECT_THAT(confirm.message(), HasSubstr("rolled back"));
    EXPECT_THAT(confirm.message(), HasSubstr(std::string{describe(reason).text}));
    EXPECT_EQ(confirm.course.outcome()->failure->advice, describe(reason).advice);
  }
}

TEST(ConfirmCourse, TheLastUpdateTellsWhenTheSlotDoesNot) {
  DeviceStatus status = device('A', slot("empty", {}));
  std::copy_n(image.begin(), 8, status.update.image_prefix.begin());
  status.update.result = std::string_view{"rolled_back"};
  status.update.cause = UpdateError::application_exited;
  Confirm confirm;
  confirm.status(seconds{1}, status);
  EXPECT_EQ(confirm.error(), UpdateError::application_exited);

  status.update.result = std::string_view{"installed"};
  Confirm other;
  other.status(seconds{1}, status);
  EXPECT_EQ(other.error(), UpdateError::other_image);
}

TEST(ConfirmCourse, AnotherImageIsNoSuccess) {
  Confirm replaced;
  replaced.status(seconds{1}, device('B', slot("good", older)));
  EXPECT_EQ(replaced.error(), UpdateError::other_image);
  Confirm not_running;
  not_running.status(seconds{1}, device('A', slot("good", image)));
  EXPECT_EQ(not_running.error(), UpdateError::other_image);
}

TEST(ConfirmCourse, AnImageThatIsKeptForWantOfAnotherHasFailed) {
  Confirm confirm;
  confirm.status(seconds{1}, device('B', slot("good", image, UpdateError::not_confirmed), slot("empty", {})));
  EXPECT_EQ(confirm.error(), UpdateError::not_confirmed);
  EXPECT_EQ(confirm.course.outcome()->proof, Proof::running);
  EXPECT_THAT(confirm.message(), HasSubstr("want of another"));
}

TEST(ConfirmCourse, ATrialMayTakeAllItsStarts) {
  Confirm confirm;
  const seconds end = 3 * (seconds{60} + std::chrono::duration_cast<seconds>(ConfirmCourse::start_margin));
  for (seconds at{5}; at < seconds{5} + end; at += seconds{5}) {
    confirm.status(at, device('B', slot("trying", image, UpdateError::application_crashed)));
    ASSERT_TRUE(confirm.open()) << at.count();
  }
  confirm.status(seconds{5} + end, device('B', slot("trying", image, UpdateError::application_crashed)));
  EXPECT_EQ(confirm.error(), UpdateError::still_on_trial);
  EXPECT_EQ(confirm.course.outcome()->proof, Proof::running);
  EXPECT_THAT(confirm.message(), HasSubstr("start 1 of 3, 60 s each: the application crashed"));
}

TEST(ConfirmCourse, SilenceIsNoFailureUntilTheTimeIsUp) {
  Confirm confirm;
  confirm.silence(seconds{59});
  EXPECT_TRUE(confirm.open());
  confirm.silence(seconds{60});
  EXPECT_EQ(confirm.error(), UpdateError::not_back);
  EXPECT_EQ(confirm.failed_at(), Stage::reboot);
  EXPECT_THAT(confirm.message(), HasSubstr("the reason"));
}

TEST(ConfirmCourse, EachStartOfATrialMayBeAwaySoLong) {
  Confirm confirm;
  confirm.status(seconds{30}, device('B', slot("trying", image)));
  confirm.silence(seconds{89});
  EXPECT_TRUE(confirm.open());
  confirm.silence(seconds{90});
  EXPECT_EQ(confirm.error(), UpdateError::not_back);
  EXPECT_EQ(confirm.failed_at(), Stage::confirm);
  EXPECT_EQ(confirm.course.outcome()->proof, Proof::running);
}

TEST(ConfirmCourse, ADeviceThatRefusesToTellIsNamedSo) {
  for (const UpdateError code : {UpdateError::busy, UpdateError::safe_mode, UpdateError::no_challenge}) {
    Confirm confirm;
    confirm.silence(seconds{10}, code);
    EXPECT_TRUE(confirm.open());
    confirm.silence(seconds{60}, code);
    EXPECT_EQ(confirm.error(), code);
  }
}

TEST(ConfirmCourse, AWrongPasswordIsNotTriedAgain) {
  for (const UpdateError code : {UpdateError::wrong_password, UpdateError::password_needed}) {
    Confirm confirm;
    confirm.silence(seconds{1}, code);
    EXPECT_EQ(confirm.error(), code);
    EXPECT_THAT(confirm.message(), HasSubstr("not known"));
  }
}

TEST(ConfirmCourse, ADeviceThatDoesNotRestartIsNotBack) {
  Confirm confirm;
  confirm.status(seconds{59}, device('A', slot("staged", image)));
  EXPECT_TRUE(confirm.open());
  confirm.status(seconds{60}, device('A', slot("staged", image)));
  EXPECT_EQ(confirm.error(), UpdateError::not_back);
  EXPECT_THAT(confirm.message(), HasSubstr("not restarted"));
}

TEST(ConfirmCourse, AsksOftenAtFirst) {
  Confirm confirm;
  EXPECT_EQ(confirm.course.ask_at(), start + ConfirmCourse::first_interval);
  confirm.silence(seconds{9});
  EXPECT_EQ(confirm.course.ask_at(), start + seconds{9} + ConfirmCourse::first_interval);
  confirm.silence(seconds{10});
  EXPECT_EQ(confirm.course.ask_at(), start + seconds{10} + ConfirmCourse::next_interval);
}

class Reach {
 public:
  explicit Reach(milliseconds timeout = return_timeout) : course_{plan(), timeout, start} {}

  /// Sees the same from now on for so long, as often as asked to.
  Reach& see(Presence presence, milliseconds duration) {
    const Instant end = now_ + duration;
    for (; now_ < end && !course_.outcome(); now_ = course_.ask_at()) course_.seen(now_, presence);
    return *this;
  }
  [[nodiscard]] const std::optional<ReturnOutcome>& outcome() const { return course_.outcome(); }
  [[nodiscard]] bool reachable() const {
    return outcome() && !outcome()->failure && outcome()->proof == Proof::reachable;
  }
  [[nodiscard]] milliseconds passed() const { return now_ - start; }

 private:
  ReachCourse course_;
  Instant now_{start};
};

TEST(ReachCourse, GoneAndBackForTwoSeconds) {
  Reach reach;
  reach.see(Presence::there, milliseconds{600}).see(Presence::away, seconds{5});
  EXPECT_FALSE(reach.outcome());
  reach.see(Presence::there, milliseconds{1900});
  EXPECT_FALSE(reach.outcome());
  EXPECT_TRUE(reach.see(Presence::there, seconds{1}).reachable());
}

TEST(ReachCourse, NeverSeenGoneTakesEightSeconds) {
  Reach reach;
  reach.see(Presence::there, milliseconds{7900});
  EXPECT_FALSE(reach.outcome());
  EXPECT_TRUE(reach.see(Presence::there, seconds{1}).reachable());
}

TEST(ReachCourse, OrAsLongAsOneWantsToWait) {
  Reach reach{seconds{3}};
  EXPECT_TRUE(reach.see(Presence::there, seconds{4}).reachable());
  EXPECT_LT(reach.passed(), seconds{4});
}

TEST(ReachCourse, ADeviceThatRestartsAgainIsWaitedForAgain) {
  Reach reach;
  reach.see(Presence::away, seconds{1}).see(Presence::there, seconds{1}).see(Presence::away, seconds{1});
  reach.see(Presence::there, milliseconds{1900});
  EXPECT_FALSE(reach.outcome());
  EXPECT_TRUE(reach.see(Presence::there, seconds{1}).reachable());
}

TEST(ReachCourse, SaysHowItIsNotBack) {
  struct Case {
    Presence presence;
    std::string_view words;
  };
  for (const auto& [presence, words] :
       {Case{Presence::away, "cannot be reached"}, Case{Presence::network_only, "nobody listens"}}) {
    Reach reach;
    reach.see(presence, seconds{59});
    EXPECT_FALSE(reach.outcome());
    reach.see(presence, seconds{2});
    ASSERT_TRUE(reach.outcome() && reach.outcome()->failure);
    EXPECT_EQ(reach.outcome()->failure->code, UpdateError::not_back);
    EXPECT_EQ(reach.outcome()->failure->stage, Stage::reboot);
    EXPECT_THAT(reach.outcome()->failure->message, HasSubstr(std::string{words}));
  }
}

TEST(ReachCourse, ARestartLoopIsNotBack) {
  Reach reach;
  for (int i = 0; i < 40 && !reach.outcome(); ++i) {
    reach.see(Presence::there, seconds{1}).see(Presence::away, milliseconds{900});
  }
  ASSERT_TRUE(reach.outcome());
  EXPECT_TRUE(reach.outcome()->failure);
}

}  // namespace
}  // namespace airlift::testing
