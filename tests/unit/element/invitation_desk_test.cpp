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
  ChallengeTableOf<ChallengeTable::most> challenges;
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

// The extension

class DeskWithExtension : public DeskWithPassword {
 protected:
  void SetUp() override { use(AccessSettings::Use::on); }
  void use(AccessSettings::Use extension) {
    wire::ExtensionAnswer answer;
    answer.port = 8266;
    answer.password = true;
    desk.set_policy({"secret", PasswordScheme::md5, extension, answer});
  }
  static std::string line(std::string_view purpose, int port = 0, char digit = 'c') {
    return "AIRLIFT 1 " + std::string{purpose} + " " + std::to_string(port) + " " + std::string(32, digit) +
           "\n";
  }
  static std::string extended(int port = 0, char digit = 'c') {
    return invitation() + line("upload", port, digit);
  }
  static bool is_challenge(std::string_view reply) { return reply.substr(0, 10) == "AIRLIFT 1 "; }
};

TEST_F(DeskWithExtension, AnswersASecondLineWithAnOpenChallenge) {
  const std::string datagram = extended();
  const std::string reply = send(datagram);
  EXPECT_EQ(reply.substr(0, 17), "AIRLIFT 1 8266 p ");
  EXPECT_EQ(reply.size(), 10U + 4 + 1 + 1 + 1 + 32 + 1 + 64);
  EXPECT_TRUE(verdict.extension);
  EXPECT_FALSE(verdict.accepted);
  EXPECT_FALSE(verdict.host);
  const auto challenge = challenges.take(host_other_port, Challenge::Protocol::extension, now);
  ASSERT_TRUE(challenge);
  EXPECT_EQ(challenge->request_sha256, crypto::sha256(as_bytes(datagram)));
  EXPECT_EQ(challenge->answer_sha256, crypto::sha256(as_bytes(reply)));
  EXPECT_EQ(challenge->purpose, Challenge::Purpose::upload);
}

TEST_F(DeskWithExtension, TheSameDatagramGetsTheSameAnswerAndAnotherAnother) {
  const std::string reply = send(extended());
  EXPECT_EQ(send(extended()), reply);
  EXPECT_NE(send(extended(0, 'd')), reply);
  EXPECT_NE(send(extended()), reply) << "its challenge was replaced";
}

TEST_F(DeskWithExtension, SaysWhereTheUploaderWantsToBeConnectedTo) {
  (void)send(extended(50001));
  ASSERT_TRUE(verdict.host);
  EXPECT_EQ(*verdict.host, test_endpoint(1, 50001));
  (void)send(extended(50001));
  EXPECT_TRUE(verdict.host) << "also when the answer was lost";
}

TEST_F(DeskWithExtension, AStatusRequestIsAChallengeToo) {
  EXPECT_TRUE(is_challenge(send(line("status"))));
  const Challenge* challenge = challenges.find(host, Challenge::Protocol::extension, now);
  ASSERT_NE(challenge, nullptr);
  EXPECT_EQ(challenge->purpose, Challenge::Purpose::status);
}

TEST_F(DeskWithExtension, RefusesInTheOrderOfTheTable) {
  EXPECT_EQ(send(invitation(1000000) + line("upload")).substr(0, 24), "ERR: not enough space: 1");
  for (int i = 0; i < 3; ++i) limiter.failed(host.address, now);
  EXPECT_EQ(send(extended()), "ERR: too many wrong passwords: wait 1 s");
  EXPECT_EQ(send(line("status")), "ERR: too many wrong passwords: wait 1 s");
  situation.upload_running = true;
  EXPECT_EQ(send(extended()), "ERR: another upload is running");
  EXPECT_EQ(send(line("status")), "ERR: another upload is running");
  situation.safe_mode = true;
  EXPECT_EQ(send(extended()), "ERR: safe mode");
  EXPECT_EQ(send(line("status")), "ERR: safe mode");
}

TEST_F(DeskWithExtension, AnInvitationThatWasAcceptedTheOldWayIsNotRepeatedInTheNew) {
  EXPECT_EQ(send(md5_answer("secret", challenged())), "OK");
  situation.upload_running = situation.waiting_for_first_byte = true;
  EXPECT_EQ(send(invitation()), "OK");
  EXPECT_EQ(send(extended()), "ERR: another upload is running");
}

TEST_F(DeskWithExtension, ATrialRefusesUploadsButNotTheStatus) {
  ASSERT_EQ(storage.install(testing::test_image(500, 1)), UpdateError::none);
  ASSERT_EQ(storage.upload(testing::test_image(500, 2)), UpdateError::none);
  ASSERT_TRUE(storage.boot().ok());
  EXPECT_EQ(send(extended()), "ERR: the running image is on trial");
  EXPECT_TRUE(is_challenge(send(line("status"))));
}

TEST_F(DeskWithExtension, AnOldAnswerDoesNotFitItsChallenge) {
  (void)send(extended());
  EXPECT_EQ(send(md5_answer("secret", std::string(32, '0'))), "ERR: no challenge is open");
  EXPECT_NE(challenges.find(host, Challenge::Protocol::extension, now), nullptr);
}

TEST_F(DeskWithExtension, OldInvitationsGoOnAsEver) {
  EXPECT_EQ(send(md5_answer("secret", challenged())), "OK");
  EXPECT_EQ(send(invitation() + "AIRLIFT 2 upload 0 x\n").substr(0, 5), "AUTH ") << "of another version";
}

TEST_F(DeskWithExtension, RequiredItRefusesWhoDoesWithout) {
  use(AccessSettings::Use::required);
  EXPECT_EQ(send(invitation()), "ERR: only Airlift's uploader is accepted");
  EXPECT_TRUE(is_challenge(send(extended())));
  situation.upload_running = true;
  EXPECT_EQ(send(invitation()), "ERR: only Airlift's uploader is accepted");
}

TEST_F(DeskWithExtension, OffItIsNotSeen) {
  use(AccessSettings::Use::off);
  EXPECT_EQ(send(extended()).substr(0, 5), "AUTH ");
  EXPECT_EQ(send(line("status")), "");
}

TEST_F(DeskWithExtension, NoChallengeWithoutRandomNumbers) {
  entropy.fails = true;
  EXPECT_EQ(send(extended()), "ERR: no random numbers");
}

TEST_F(DeskWithExtension, SharesItsPlacesWithTheOldProtocol) {
  for (std::uint8_t n = 1; n <= ChallengeTable::most; ++n) {
    (void)send(extended(), test_endpoint(n, 1000));
    now += milliseconds{1};
  }
  (void)challenged(test_endpoint(9, 1000));
  EXPECT_EQ(challenges.find(test_endpoint(1, 0), Challenge::Protocol::extension, now), nullptr);
  EXPECT_NE(challenges.find(test_endpoint(2, 0), Challenge::Protocol::extension, now), nullptr);
}

}  // namespace
}  // namespace airlift::element
