// Proving the password to a scripted device of each flavour, with lost and crossing datagrams.
#include <gmock/gmock.h>

#include "airlift/codec/text.hpp"
#include "push_rig.hpp"

namespace airlift::testing {
namespace {

using cli::PushSession;
using cli::Stage;
using State = PushSession::State;
using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr std::string_view password{"test123"};

const std::string md5_nonce{"0123456789abcdef0123456789abcdef"};
const std::string other_md5_nonce{"ffff456789abcdef0123456789abcdef"};
const std::string sha256_nonce{md5_nonce + md5_nonce};
const std::string other_sha256_nonce{other_md5_nonce + md5_nonce};

cli::PushPlan plan_with_password() {
  cli::PushPlan plan = rig_plan();
  plan.password = password;
  return plan;
}

/// What a device that stored `stored` of the password says to `answer` to the challenge `nonce`.
std::string verdict(const std::string& answer, const std::string& nonce, wire::StoredHash stored) {
  const auto parsed = wire::parse_auth_answer(as_bytes(answer));
  if (!parsed.ok() || parsed.value().cnonce.size() != nonce.size()) return "Authentication Failed";
  wire::PasswordProof proof{password, stored, nonce, parsed.value().cnonce, parsed.value().scheme};
  proof.step(wire::pbkdf2_rounds);
  return proof.response().view() == parsed.value().response.view() ? "OK" : "Authentication Failed";
}

TEST(PushPassword, Md5DeviceAccepts) {
  PushRig rig{plan_with_password()};
  rig.sent();
  rig.says("AUTH " + md5_nonce);
  rig.says(verdict(rig.sent(), md5_nonce, wire::StoredHash::md5));
  EXPECT_EQ(rig.state(), State::awaiting_connection);
}

TEST(PushPassword, Sha256DeviceAccepts) {
  PushRig rig{plan_with_password()};
  rig.sent();
  rig.says("AUTH " + sha256_nonce);
  rig.says(verdict(rig.sent(), sha256_nonce, wire::StoredHash::sha256));
  EXPECT_EQ(rig.state(), State::awaiting_connection);
}

TEST(PushPassword, EachProofHasItsOwnNonce) {
  PushRig rig{plan_with_password()};
  rig.says("AUTH " + md5_nonce);
  const std::string first = rig.sent();
  rig.says("AUTH " + other_md5_nonce);
  EXPECT_NE(rig.sent().substr(4, 32), first.substr(4, 32));
}

TEST(PushPassword, DeviceWithOldHashGetsANewInvitationAndTheOldHash) {
  PushRig rig{plan_with_password()};
  const std::string invitation = rig.sent();
  rig.says("AUTH " + sha256_nonce);
  rig.says(verdict(rig.sent(), sha256_nonce, wire::StoredHash::md5));
  EXPECT_EQ(rig.sent(), invitation);
  rig.says("AUTH " + other_sha256_nonce);
  rig.says(verdict(rig.sent(), other_sha256_nonce, wire::StoredHash::md5));
  EXPECT_EQ(rig.state(), State::awaiting_connection);
}

TEST(PushPassword, Md5TargetIsTriedAtOnce) {
  cli::PushPlan plan = plan_with_password();
  plan.first_hash = wire::StoredHash::md5;
  PushRig rig{plan};
  rig.sent();
  rig.says("AUTH " + sha256_nonce);
  rig.says(verdict(rig.sent(), sha256_nonce, wire::StoredHash::md5));
  EXPECT_EQ(rig.state(), State::awaiting_connection);
}

TEST(PushPassword, WrongInTheMd5Scheme) {
  PushRig rig{plan_with_password()};
  rig.says("AUTH " + md5_nonce);
  rig.says("Authentication Failed");
  ASSERT_EQ(rig.error(), UpdateError::wrong_password);
  EXPECT_EQ(rig.session.failure().stage, Stage::authenticate);
  EXPECT_EQ(rig.sent(), "");
}

TEST(PushPassword, WrongWithBothHashes) {
  PushRig rig{plan_with_password()};
  rig.says("AUTH " + sha256_nonce);
  rig.says("Authentication Failed");
  EXPECT_EQ(rig.error(), UpdateError::none);
  rig.says("AUTH " + other_sha256_nonce);
  rig.says("Authentication Failed");
  EXPECT_EQ(rig.error(), UpdateError::wrong_password);
}

TEST(PushPassword, WrongAndThenSilence) {
  PushRig rig{plan_with_password()};
  rig.says("AUTH " + sha256_nonce);
  rig.says("Authentication Failed");
  rig.wait(milliseconds{10000});
  EXPECT_EQ(rig.error(), UpdateError::wrong_password);
}

TEST(PushPassword, WrongTooOften) {
  PushRig rig{plan_with_password()};
  rig.says("AUTH " + sha256_nonce);
  rig.says("Authentication Failed");
  rig.says("ERR: too many wrong passwords: wait 4 s");
  EXPECT_EQ(rig.error(), UpdateError::too_many_tries);
}

TEST(PushPassword, NeededButNotGiven) {
  PushRig rig;
  rig.sent();
  rig.says("AUTH " + md5_nonce);
  ASSERT_EQ(rig.error(), UpdateError::password_needed);
  EXPECT_THAT(rig.session.failure().advice, HasSubstr("--password-file"));
  EXPECT_EQ(rig.sent(), "");
}

TEST(PushPassword, NotAskedForIsNotTold) {
  PushRig rig{plan_with_password()};
  rig.sent();
  rig.take_everything();
  rig.answers("OK");
  EXPECT_EQ(rig.state(), State::succeeded);
  EXPECT_EQ(rig.sent(), "");
}

TEST(PushPassword, NoRandomNumbersNoProof) {
  PushRig rig{plan_with_password()};
  rig.sent();
  rig.entropy.fails = true;
  rig.says("AUTH " + md5_nonce);
  EXPECT_EQ(rig.error(), UpdateError::no_entropy);
  EXPECT_EQ(rig.sent(), "");
}

TEST(PushPassword, NonceOfAnotherLengthIsForeign) {
  PushRig rig{plan_with_password()};
  rig.says("AUTH 1234");
  EXPECT_EQ(rig.error(), UpdateError::bad_answer);
}

TEST(PushPassword, LostAnswerIsSentAgainThenANewChallengeIsAskedFor) {
  PushRig rig{plan_with_password()};
  const std::string invitation = rig.sent();
  rig.says("AUTH " + md5_nonce);
  const std::string proof = rig.sent();
  rig.wait(milliseconds{1000});
  EXPECT_EQ(rig.sent(), proof);
  rig.wait(milliseconds{2000});
  EXPECT_EQ(rig.sent(), invitation);
  rig.wait(milliseconds{2000});
  EXPECT_EQ(rig.sent(), invitation);
  rig.says("AUTH " + other_md5_nonce);
  rig.says(verdict(rig.sent(), other_md5_nonce, wire::StoredHash::md5));
  EXPECT_EQ(rig.state(), State::awaiting_connection);
}

TEST(PushPassword, NeverAWordOnTheProofEndsAfterTenSeconds) {
  PushRig rig{plan_with_password()};
  rig.says("AUTH " + md5_nonce);
  rig.wait(milliseconds{9999});
  EXPECT_EQ(rig.error(), UpdateError::none);
  rig.wait(milliseconds{1});
  ASSERT_EQ(rig.error(), UpdateError::no_answer);
  EXPECT_EQ(rig.session.failure().stage, Stage::authenticate);
  EXPECT_THAT(rig.session.failure().message, HasSubstr("never said whether it is right"));
}

TEST(PushPassword, ADeviceThatAlwaysChallengesDoesNotHoldUsForEver) {
  PushRig rig{plan_with_password()};
  for (int i = 0; i < 11; ++i) {
    rig.says("AUTH " + (i % 2 == 0 ? md5_nonce : other_md5_nonce));
    rig.wait(milliseconds{1000});
  }
  EXPECT_EQ(rig.error(), UpdateError::no_answer);
}

TEST(PushPassword, TheSameChallengeAgainIsNotAnsweredAgain) {
  PushRig rig{plan_with_password()};
  rig.says("AUTH " + md5_nonce);
  rig.sent();
  rig.says("AUTH " + md5_nonce);
  EXPECT_EQ(rig.sent(), "");
}

TEST(PushPassword, ANewerChallengeReplacesTheOlder) {
  PushRig rig{plan_with_password()};
  rig.says("AUTH " + md5_nonce);
  rig.sent();
  rig.says("AUTH " + other_md5_nonce);
  EXPECT_EQ(verdict(rig.sent(), other_md5_nonce, wire::StoredHash::md5), "OK");
}

TEST(PushPassword, LostOkIsToldByTheConnection) {
  PushRig rig{plan_with_password()};
  rig.says("AUTH " + md5_nonce);
  rig.wait(milliseconds{1000});
  rig.says("ERR: no challenge is open");  // to the answer that was sent again
  EXPECT_EQ(rig.state(), State::proving);
  rig.connects();
  EXPECT_EQ(rig.state(), State::sending);
}

TEST(PushPassword, LateWordsOnAnAnswerSentTwiceAreIgnored) {
  PushRig rig{plan_with_password()};
  rig.says("AUTH " + sha256_nonce);
  rig.says("Authentication Failed");
  rig.says("Authentication Failed");
  rig.says("ERR: no challenge is open");
  EXPECT_EQ(rig.state(), State::inviting);
}

TEST(PushPassword, ForeignWordsOnTheProof) {
  PushRig rig{plan_with_password()};
  rig.says("AUTH " + md5_nonce);
  rig.says("maybe");
  ASSERT_EQ(rig.error(), UpdateError::bad_answer);
  EXPECT_THAT(rig.session.failure().message, HasSubstr("\"maybe\""));
}

TEST(PushPassword, RefusedAfterTheProof) {
  PushRig rig{plan_with_password()};
  rig.says("AUTH " + md5_nonce);
  rig.says("ERR: another upload is running");
  EXPECT_EQ(rig.error(), UpdateError::busy);
}

TEST(PushPassword, StaysOutOfEveryMessage) {
  PushRig rig{plan_with_password()};
  rig.says("AUTH " + md5_nonce);
  EXPECT_THAT(rig.sent(), ::testing::Not(HasSubstr(std::string{password})));
  rig.says("Authentication Failed");
  EXPECT_THAT(rig.session.failure().message, ::testing::Not(HasSubstr(std::string{password})));
}

}  // namespace
}  // namespace airlift::testing
