// Proving the password to a scripted device of each flavour, with lost and crossing datagrams.
#include <gmock/gmock.h>

#include "airlift/codec/text.hpp"
#include "push_rig.hpp"

namespace airlift::testing {
namespace {

using cli::Stage;
using State = cli::InvitationExchange::State;
using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr std::string_view password{"test123"};

const std::string md5_nonce{"0123456789abcdef0123456789abcdef"};
const std::string other_md5_nonce{"ffff456789abcdef0123456789abcdef"};
const std::string sha256_nonce{md5_nonce + md5_nonce};
const std::string other_sha256_nonce{other_md5_nonce + md5_nonce};

cli::InvitationPlan plan_with_password() {
  cli::InvitationPlan plan = rig_plan();
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

TEST(InvitationPassword, Md5DeviceAccepts) {
  InvitationRig rig{plan_with_password()};
  rig.sent();
  rig.says("AUTH " + md5_nonce);
  rig.says(verdict(rig.sent(), md5_nonce, wire::StoredHash::md5));
  EXPECT_EQ(rig.state(), State::awaiting_connection);
}

TEST(InvitationPassword, Sha256DeviceAccepts) {
  InvitationRig rig{plan_with_password()};
  rig.sent();
  rig.says("AUTH " + sha256_nonce);
  rig.says(verdict(rig.sent(), sha256_nonce, wire::StoredHash::sha256));
  EXPECT_EQ(rig.state(), State::awaiting_connection);
}

TEST(InvitationPassword, EachProofHasItsOwnNonce) {
  InvitationRig rig{plan_with_password()};
  rig.says("AUTH " + md5_nonce);
  const std::string first = rig.sent();
  rig.says("AUTH " + other_md5_nonce);
  EXPECT_NE(rig.sent().substr(4, 32), first.substr(4, 32));
}

TEST(InvitationPassword, DeviceWithOldHashGetsANewInvitationAndTheOldHash) {
  InvitationRig rig{plan_with_password()};
  const std::string invitation = rig.sent();
  rig.says("AUTH " + sha256_nonce);
  rig.says(verdict(rig.sent(), sha256_nonce, wire::StoredHash::md5));
  EXPECT_EQ(rig.sent(), invitation);
  rig.says("AUTH " + other_sha256_nonce);
  rig.says(verdict(rig.sent(), other_sha256_nonce, wire::StoredHash::md5));
  EXPECT_EQ(rig.state(), State::awaiting_connection);
}

TEST(InvitationPassword, Md5TargetIsTriedAtOnce) {
  cli::InvitationPlan plan = plan_with_password();
  plan.first_hash = wire::StoredHash::md5;
  InvitationRig rig{plan};
  rig.sent();
  rig.says("AUTH " + sha256_nonce);
  rig.says(verdict(rig.sent(), sha256_nonce, wire::StoredHash::md5));
  EXPECT_EQ(rig.state(), State::awaiting_connection);
}

TEST(InvitationPassword, WrongInTheMd5Scheme) {
  InvitationRig rig{plan_with_password()};
  rig.says("AUTH " + md5_nonce);
  rig.says("Authentication Failed");
  ASSERT_EQ(rig.error(), UpdateError::wrong_password);
  EXPECT_EQ(rig.exchange.failure().stage, Stage::authenticate);
  EXPECT_EQ(rig.sent(), "");
}

TEST(InvitationPassword, WrongWithBothHashes) {
  InvitationRig rig{plan_with_password()};
  rig.says("AUTH " + sha256_nonce);
  rig.says("Authentication Failed");
  EXPECT_EQ(rig.error(), UpdateError::none);
  rig.says("AUTH " + other_sha256_nonce);
  rig.says("Authentication Failed");
  EXPECT_EQ(rig.error(), UpdateError::wrong_password);
}

TEST(InvitationPassword, WrongAndThenSilence) {
  InvitationRig rig{plan_with_password()};
  rig.says("AUTH " + sha256_nonce);
  rig.says("Authentication Failed");
  rig.wait(milliseconds{10000});
  EXPECT_EQ(rig.error(), UpdateError::wrong_password);
}

TEST(InvitationPassword, WrongTooOften) {
  InvitationRig rig{plan_with_password()};
  rig.says("AUTH " + sha256_nonce);
  rig.says("Authentication Failed");
  rig.says("ERR: too many wrong passwords: wait 4 s");
  EXPECT_EQ(rig.error(), UpdateError::too_many_tries);
}

TEST(InvitationPassword, NeededButNotGiven) {
  InvitationRig rig;
  rig.sent();
  rig.says("AUTH " + md5_nonce);
  ASSERT_EQ(rig.error(), UpdateError::password_needed);
  EXPECT_THAT(rig.exchange.failure().advice, HasSubstr("--password-file"));
  EXPECT_EQ(rig.sent(), "");
}

TEST(InvitationPassword, NotAskedForIsNotTold) {
  InvitationRig rig{plan_with_password()};
  rig.sent();
  rig.says("OK");
  rig.connects();
  EXPECT_EQ(rig.state(), State::connected);
  EXPECT_EQ(rig.sent(), "");
}

TEST(InvitationPassword, NoRandomNumbersNoProof) {
  InvitationRig rig{plan_with_password()};
  rig.sent();
  rig.entropy.fails = true;
  rig.says("AUTH " + md5_nonce);
  EXPECT_EQ(rig.error(), UpdateError::no_entropy);
  EXPECT_EQ(rig.sent(), "");
}

TEST(InvitationPassword, NonceOfAnotherLengthIsForeign) {
  InvitationRig rig{plan_with_password()};
  rig.says("AUTH 1234");
  EXPECT_EQ(rig.error(), UpdateError::bad_answer);
}

TEST(InvitationPassword, LostAnswerIsSentAgainThenANewChallengeIsAskedFor) {
  InvitationRig rig{plan_with_password()};
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

TEST(InvitationPassword, NeverAWordOnTheProofEndsAfterTenSeconds) {
  InvitationRig rig{plan_with_password()};
  rig.says("AUTH " + md5_nonce);
  rig.wait(milliseconds{9999});
  EXPECT_EQ(rig.error(), UpdateError::none);
  rig.wait(milliseconds{1});
  ASSERT_EQ(rig.error(), UpdateError::no_answer);
  EXPECT_EQ(rig.exchange.failure().stage, Stage::authenticate);
  EXPECT_THAT(rig.exchange.failure().message, HasSubstr("never said whether it is right"));
}

TEST(InvitationPassword, ADeviceThatAlwaysChallengesDoesNotHoldUsForEver) {
  InvitationRig rig{plan_with_password()};
  for (int i = 0; i < 11; ++i) {
    rig.says("AUTH " + (i % 2 == 0 ? md5_nonce : other_md5_nonce));
    rig.wait(milliseconds{1000});
  }
  EXPECT_EQ(rig.error(), UpdateError::no_answer);
}

TEST(InvitationPassword, TheSameChallengeAgainIsNotAnsweredAgain) {
  InvitationRig rig{plan_with_password()};
  rig.says("AUTH " + md5_nonce);
  rig.sent();
  rig.says("AUTH " + md5_nonce);
  EXPECT_EQ(rig.sent(), "");
}

TEST(InvitationPassword, ANewerChallengeReplacesTheOlder) {
  InvitationRig rig{plan_with_password()};
  rig.says("AUTH " + md5_nonce);
  rig.sent();
  rig.says("AUTH " + other_md5_nonce);
  EXPECT_EQ(verdict(rig.sent(), other_md5_nonce, wire::StoredHash::md5), "OK");
}

TEST(InvitationPassword, LostOkIsToldByTheConnection) {
  InvitationRig rig{plan_with_password()};
  rig.says("AUTH " + md5_nonce);
  rig.wait(milliseconds{1000});
  rig.says("ERR: no challenge is open");  // to the answer that was sent again
  EXPECT_EQ(rig.state(), State::proving);
  rig.connects();
  EXPECT_EQ(rig.state(), State::connected);
}

TEST(InvitationPassword, LateWordsOnAnAnswerSentTwiceAreIgnored) {
  InvitationRig rig{plan_with_password()};
  rig.says("AUTH " + sha256_nonce);
  rig.says("Authentication Failed");
  rig.says("Authentication Failed");
  rig.says("ERR: no challenge is open");
  EXPECT_EQ(rig.state(), State::inviting);
}

TEST(InvitationPassword, ForeignWordsOnTheProof) {
  InvitationRig rig{plan_with_password()};
  rig.says("AUTH " + md5_nonce);
  rig.says("maybe");
  ASSERT_EQ(rig.error(), UpdateError::bad_answer);
  EXPECT_THAT(rig.exchange.failure().message, HasSubstr("\"maybe\""));
}

TEST(InvitationPassword, RefusedAfterTheProof) {
  InvitationRig rig{plan_with_password()};
  rig.says("AUTH " + md5_nonce);
  rig.says("ERR: another upload is running");
  EXPECT_EQ(rig.error(), UpdateError::busy);
}

TEST(InvitationPassword, StaysOutOfEveryMessage) {
  InvitationRig rig{plan_with_password()};
  rig.says("AUTH " + md5_nonce);
  EXPECT_THAT(rig.sent(), ::testing::Not(HasSubstr(std::string{password})));
  rig.says("Authentication Failed");
  EXPECT_THAT(rig.exchange.failure().message, ::testing::Not(HasSubstr(std::string{password})));
}

}  // namespace
}  // namespace airlift::testing
