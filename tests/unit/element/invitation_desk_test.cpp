#include "airlift/element/invitation_desk.hpp"

#include <gtest/gtest.h>

#include "support/fake_datagram_socket.hpp"
#include "support/fake_system.hpp"
#include "support/slots.hpp"

namespace airlift::element {
namespace {

using testing::test_endpoint;
using wire::PasswordScheme;
using wire::StoredHash;

constexpr Instant start{seconds{1000}};
const port::Endpoint host = test_endpoint(1, 40000);
const port::Endpoint host_other_port = test_endpoint(1, 40001);
const port::Endpoint stranger = test_endpoint(9, 40000);

std::string invitation(std::uint32_t size_bytes = 1000, int command = 0) {
  return std::to_string(command) + " 50000 " + std::to_string(size_bytes) +
         " 0123456789abcdef0123456789abcdef\n";
}

class Desk : public ::testing::Test {
 protected:
  std::string send(std::string_view datagram, const port::Endpoint& from = host) {
    verdict = desk.handle(as_bytes(datagram), from, situation, now);
    while (desk.checking()) {
      if (const auto checked = desk.step(situation, now)) verdict = *checked;
    }
    return std::string{verdict.reply.view()};
  }

  /// Invites and returns the nonce of the challenge.
  std::string challenged(const port::Endpoint& from = host) {
    const std::string reply = send(invitation(), from);
    EXPECT_EQ(reply.substr(0, 5), "AUTH ");
    return reply.substr(5);
  }

  static std::string answer(std::string_view password, std::string_view nonce, PasswordScheme scheme,
                            StoredHash stored) {
    const std::string cnonce(nonce.size(), 'c');
    wire::PasswordProof proof{password, stored, nonce, cnonce, scheme};
    while (!proof.done()) proof.step(1000);
    return std::string{wire::format_auth_answer({scheme, wire::Nonce{cnonce}, proof.response()}).view()};
  }
  static std::string md5_answer(std::string_view password, std::string_view nonce) {
    return answer(password, nonce, PasswordScheme::md5, StoredHash::md5);
  }
  static std::string sha256_answer(std::string_view password, std::string_view nonce) {
    return answer(password, nonce, PasswordScheme::sha256, StoredHash::sha256);
  }

  testing::Storage storage;
  testing::FakeEntropy entropy;
  ChallengeTable challenges;
  TryLimiter limiter;
  InvitationDesk desk{{entropy, storage.updater, challenges, limiter}};
  InvitationDesk::Situation situation;
  InvitationDesk::Verdict verdict;
  Instant now{start};
};

class DeskWithPassword : public Desk {
 protected:
  void SetUp() override { desk.set_policy({"secret", PasswordScheme::md5}); }
};

TEST_F(Desk, AcceptsWithoutAPassword) {
  EXPECT_EQ(send(invitation()), "OK");
  EXPECT_TRUE(verdict.accepted);
  EXPECT_EQ(verdict.invitation.host_port, 50000);
  EXPECT_EQ(verdict.invitation.size_bytes, 1000U);
  EXPECT_EQ(verdict.uploader, host);
}

TEST_F(Desk, SaysNothingToWhatIsNotThisProtocol) {
  for (const std::string_view datagram : {"", "hello", "\xff\xff", " 0 1 2", "OK", "AUTH 1"}) {
    EXPECT_EQ(send(datagram), "") << datagram;
    EXPECT_FALSE(verdict.accepted);
  }
}

TEST_F(Desk, RefusesWhatItDoesNotUnderstandByName) {
  EXPECT_EQ(send("0 50000 0 0123456789abcdef0123456789abcdef\n"), "ERR: invitation not understood");
  EXPECT_EQ(send("0 50000 1000 nonsense\n"), "ERR: invitation not understood");
  EXPECT_EQ(send("0\n"), "ERR: invitation not understood");
  EXPECT_EQ(send("7 50000 1000 0123456789abcdef0123456789abcdef\n"), "ERR: unknown command");
  EXPECT_FALSE(verdict.accepted);
}

TEST_F(Desk, RefusesEverythingInSafeMode) {
  situation.safe_mode = true;
  EXPECT_EQ(send(invitation()), "ERR: safe mode");
  EXPECT_EQ(send("200 a b\n"), "ERR: safe mode");
  EXPECT_EQ(verdict.refusal, UpdateError::safe_mode);
}

TEST_F(Desk, ChecksTheSizeBeforeOk) {
  const std::uint32_t slot = testing::test_firmware_bytes;
  EXPECT_EQ(send(invitation(slot)), "OK");
  const std::uint32_t too_large = slot + image::longest_trailer_bytes + 1;  // even with a trailer
  EXPECT_EQ(send(invitation(too_large)), "ERR: not enough space: " + std::to_string(too_large) +
                                             " bytes, the slot holds " + std::to_string(slot));
  EXPECT_EQ(send(invitation(slot, 100)).substr(0, 21), "ERR: not enough space");
}

TEST_F(Desk, TheSecondUploadIsRefused) {
  ASSERT_EQ(send(invitation()), "OK");
  situation.upload_running = true;
  EXPECT_EQ(send(invitation(), stranger), "ERR: another upload is running");
  EXPECT_EQ(send(invitation(), host), "ERR: another upload is running");
}

TEST_F(Desk, TheSameInvitationAgainGetsItsLostOkAgainBeforeTheFirstByte) {
  ASSERT_EQ(send(invitation()), "OK");
  situation.upload_running = true;
  situation.waiting_for_first_byte = true;
  EXPECT_EQ(send(invitation(), host_other_port), "OK");
  EXPECT_FALSE(verdict.accepted);
  EXPECT_EQ(verdict.reply_to, host_other_port);
  EXPECT_EQ(send(invitation(1001), host), "ERR: another upload is running");
  EXPECT_EQ(send(invitation(), stranger), "ERR: another upload is running");
}

TEST_F(DeskWithPassword, AcceptsTheRightPasswordMd5) {
  const std::string nonce = challenged();
  EXPECT_EQ(nonce.size(), 32U);
  EXPECT_EQ(send(md5_answer("secret", nonce)), "OK");
  EXPECT_TRUE(verdict.accepted);
  EXPECT_EQ(verdict.invitation.size_bytes, 1000U);
}

TEST_F(Desk, AcceptsTheRightPasswordSha256InBoundedSteps) {
  desk.set_policy({"secret", PasswordScheme::sha256});
  const std::string nonce = challenged();
  EXPECT_EQ(nonce.size(), 64U);
  const std::string datagram = sha256_answer("secret", nonce);
  verdict = desk.handle(as_bytes(datagram), host, situation, now);
  EXPECT_TRUE(verdict.reply.empty());
  std::uint32_t steps{0};
  std::optional<InvitationDesk::Verdict> checked;
  for (; desk.checking(); ++steps) checked = desk.step(situation, now);
  EXPECT_EQ(steps, wire::pbkdf2_rounds / InvitationDesk::rounds_per_step);
  ASSERT_TRUE(checked);
  EXPECT_EQ(checked->reply.view(), "OK");
  EXPECT_TRUE(checked->accepted);
}

TEST_F(Desk, Sha256RefusesTheAnswerOfTheOldScheme) {
  desk.set_policy({"secret", PasswordScheme::sha256});
  const std::string nonce = challenged();
  EXPECT_EQ(send(md5_answer("secret", nonce.substr(0, 32))), "Authentication Failed");
  EXPECT_EQ(send(answer("secret", challenged(), PasswordScheme::sha256, StoredHash::md5)),
            "Authentication Failed");
}

TEST_F(DeskWithPassword, RefusesAWrongPassword) {
  EXPECT_EQ(send(md5_answer("Secret", challenged())), "Authentication Failed");
  EXPECT_FALSE(verdict.accepted);
  EXPECT_EQ(verdict.refusal, UpdateError::wrong_password);
}

TEST_F(DeskWithPassword, AnAnswerFromAnotherPortOfTheSameHostCountsAndConnectsToTheInviter) {
  EXPECT_EQ(send(md5_answer("secret", challenged()), host_other_port), "OK");
  EXPECT_EQ(verdict.reply_to, host_other_port);
  EXPECT_EQ(verdict.uploader, host);
}

TEST_F(DeskWithPassword, AnAnswerFromAnotherHostDoesNot) {
  const std::string nonce = challenged();
  EXPECT_EQ(send(md5_answer("secret", nonce), stranger), "ERR: no challenge is open");
  EXPECT_EQ(send(md5_answer("secret", nonce), host), "OK");
}

TEST_F(DeskWithPassword, ANonceIsUsedOnce) {
  const std::string nonce = challenged();
  EXPECT_EQ(send(md5_answer("wrong", nonce)), "Authentication Failed");
  EXPECT_EQ(send(md5_answer("secret", nonce)), "ERR: no challenge is open");
  const std::string second = challenged();
  EXPECT_NE(second, nonce);
  EXPECT_EQ(send(md5_answer("secret", nonce)), "Authentication Failed");
}

TEST_F(DeskWithPassword, ARepeatedInvitationGetsTheSameChallengeAndAnotherOneANewOne) {
  const std::string nonce = challenged();
  EXPECT_EQ(send(invitation(), host_other_port), "AUTH " + nonce);
  EXPECT_NE(send(invitation(1001)), "AUTH " + nonce);
  EXPECT_EQ(send(md5_answer("secret", nonce)), "Authentication Failed");
}

TEST_F(DeskWithPassword, AChallengeExpires) {
  const std::string nonce = challenged();
  now += wire::challenge_lifetime;
  EXPECT_EQ(send(md5_answer("secret", nonce)), "ERR: no challenge is open");
}

TEST_F(DeskWithPassword, SeveralHostsMayBeChallengedAtOnceAndTheOldestMakesRoom) {
  std::vector<std::string> nonces;
  for (std::uint8_t n = 1; n <= ChallengeTable::most + 1; ++n) {
    nonces.push_back(challenged(test_endpoint(n, 1000)));
    now += milliseconds{1};
  }
  EXPECT_EQ(send(md5_answer("secret", nonces[0]), test_endpoint(1, 1000)), "ERR: no challenge is open");
  EXPECT_EQ(send(md5_answer("secret", nonces[1]), test_endpoint(2, 1000)), "OK");
  EXPECT_EQ(send(md5_answer("secret", nonces[4]), test_endpoint(5, 1000)), "OK");
}

TEST_F(DeskWithPassword, MalformedAnswersCountAsFailures) {
  for (const std::string_view datagram :
       {"200\n", "200 x y\n", "200 0123456789abcdef0123456789abcdef short\n"}) {
    (void)challenged();
    EXPECT_EQ(send(datagram), "Authentication Failed") << datagram;
  }
  EXPECT_EQ(send(invitation()), "ERR: too many wrong passwords: wait 1 s");
}

TEST_F(DeskWithPassword, FailuresMakeTheSourceWaitAndNobodyElse) {
  for (int i = 0; i < 2; ++i) EXPECT_EQ(send(md5_answer("wrong", challenged())), "Authentication Failed");
  EXPECT_EQ(send(md5_answer("wrong", challenged())), "Authentication Failed");
  EXPECT_EQ(send(invitation()), "ERR: too many wrong passwords: wait 1 s");
  EXPECT_EQ(send(md5_answer("secret", challenged(stranger)), stranger), "OK");
  now += seconds{1};
  EXPECT_EQ(send(md5_answer("secret", challenged())), "OK");
  EXPECT_EQ(send(md5_answer("wrong", challenged())), "Authentication Failed");
  EXPECT_EQ(send(invitation()).substr(0, 5), "AUTH ");  // the right password was forgiven the past
}

TEST_F(DeskWithPassword, ARightAnswerDuringAnUploadIsRefused) {
  const std::string nonce = challenged();
  situation.upload_running = true;
  EXPECT_EQ(send(md5_answer("secret", nonce)), "ERR: another upload is running");
  EXPECT_FALSE(verdict.accepted);
}

TEST_F(DeskWithPassword, NoChallengeWithoutRandomNumbers) {
  entropy.fails = true;
  EXPECT_EQ(send(invitation()), "ERR: no random numbers");
}

}  // namespace
}  // namespace airlift::element
