// The uploader's course against a scripted device: the transfer and every way it can fail.
#include "push_session.hpp"

#include <gmock/gmock.h>

#include <random>

#include "push_rig.hpp"

namespace airlift::testing {
namespace {

using cli::PushSession;
using cli::Stage;
using State = PushSession::State;
using ::testing::HasSubstr;
using ::testing::StartsWith;

TEST(PushSession, InvitesWithThePlannedText) {
  PushRig rig;
  EXPECT_EQ(rig.sent(), "0 40123 5000 78805a221a988e79ef3f42d7c5bfd418\n");
  EXPECT_EQ(rig.sent(), "");
}

TEST(PushSession, SucceedsWithoutPassword) {
  PushRig rig;
  rig.says("OK");
  EXPECT_EQ(rig.state(), State::awaiting_connection);
  EXPECT_EQ(rig.session.bytes_to_send(), 0U);
  rig.connects();
  EXPECT_EQ(rig.welcome, PushSession::Welcome::device);
  EXPECT_EQ(rig.session.bytes_to_send(), 5000U);
  rig.takes(1460);
  EXPECT_EQ(rig.session.bytes_to_send(), 3540U);
  rig.answers("1460");
  rig.takes(3540);
  EXPECT_EQ(rig.state(), State::awaiting_result);
  rig.answers("14601460620");
  EXPECT_EQ(rig.state(), State::awaiting_result);
  rig.answers("OK");
  EXPECT_EQ(rig.state(), State::succeeded);
}

TEST(PushSession, RepeatsTheSameInvitationUntilItIsAnswered) {
  PushRig rig;
  const std::string first = rig.sent();
  rig.wait(milliseconds{999});
  EXPECT_EQ(rig.sent(), "");
  rig.wait(milliseconds{1});
  EXPECT_EQ(rig.sent(), first);
  rig.wait(milliseconds{1999});
  EXPECT_EQ(rig.sent(), "");
  rig.wait(milliseconds{1});
  EXPECT_EQ(rig.sent(), first);
  rig.says("OK");
  rig.wait(milliseconds{3000});
  EXPECT_EQ(rig.sent(), "");
}

TEST(PushSession, NoAnswerNamesDeviceCountAndTime) {
  PushRig rig;
  rig.wait(milliseconds{9999});
  EXPECT_EQ(rig.state(), State::inviting);
  rig.wait(milliseconds{1});
  ASSERT_EQ(rig.error(), UpdateError::no_answer);
  EXPECT_EQ(rig.session.failure().stage, Stage::invite);
  EXPECT_EQ(rig.session.failure().message,
            "devding (192.168.1.20:8266) did not answer 6 invitations within 10 s");
  EXPECT_THAT(rig.session.failure().advice, HasSubstr("8266"));
}

TEST(PushSession, AnswersFromOtherAddressesDoNotCount) {
  PushRig rig;
  rig.says("OK", ipv4(99, 8266));
  rig.says("ERR: safe mode", ipv4(99, 8266));
  EXPECT_EQ(rig.state(), State::inviting);
  rig.says("OK", ipv4(20, 999));  // another port of the device is the device
  EXPECT_EQ(rig.state(), State::awaiting_connection);
}

TEST(PushSession, AConnectionSaysWhatALostOkWouldHaveSaid) {
  PushRig rig;
  rig.connects();
  EXPECT_EQ(rig.state(), State::sending);
}

TEST(PushSession, ForeignAnswerToTheInvitation) {
  PushRig rig;
  rig.says("SSH-2.0-\x01\n");
  ASSERT_EQ(rig.error(), UpdateError::bad_answer);
  EXPECT_THAT(rig.session.failure().message, HasSubstr("SSH-2.0-?"));
}

TEST(PushSession, AuthenticationFailedBeforeAnyPasswordIsForeign) {
  PushRig rig;
  rig.says("Authentication Failed");
  ASSERT_EQ(rig.error(), UpdateError::bad_answer);
}

struct RefusalCase {
  std::string_view words;
  UpdateError meaning;
};

class PushRefused : public ::testing::TestWithParam<RefusalCase> {};

TEST_P(PushRefused, NamesTheReason) {
  PushRig rig;
  rig.says("ERR: " + std::string{GetParam().words});
  ASSERT_EQ(rig.error(), GetParam().meaning);
  EXPECT_EQ(rig.session.failure().device_says, GetParam().words);
  EXPECT_THAT(rig.session.failure().message, HasSubstr(std::string{GetParam().words}));
  EXPECT_EQ(rig.session.failure().advice, describe(GetParam().meaning).advice);
}

INSTANTIATE_TEST_SUITE_P(
    Words, PushRefused,
    ::testing::Values(RefusalCase{"not enough space: 9000000 bytes, the slot holds 8388608",
                                  UpdateError::no_space},
                      RefusalCase{"ERROR[4]: Not Enough Space", UpdateError::no_space},
                      RefusalCase{"another upload is running", UpdateError::busy},
                      RefusalCase{"safe mode", UpdateError::safe_mode},
                      RefusalCase{"too many wrong passwords: wait 4 s", UpdateError::too_many_tries},
                      RefusalCase{describe(UpdateError::trial_running).text, UpdateError::trial_running},
                      RefusalCase{"no challenge is open", UpdateError::refused},
                      RefusalCase{"it is Sunday", UpdateError::refused}));

TEST(PushSession, RefusalAfterOkCounts) {
  PushRig rig;
  rig.says("OK");
  rig.says("ERR: not enough space");
  EXPECT_EQ(rig.error(), UpdateError::no_space);
}

TEST(PushSession, NoConnectBackNamesPortAddressAndFirewall) {
  PushRig rig;
  rig.says("OK");
  rig.wait(milliseconds{9999});
  EXPECT_EQ(rig.state(), State::awaiting_connection);
  rig.wait(milliseconds{1});
  ASSERT_EQ(rig.error(), UpdateError::no_connect_back);
  EXPECT_EQ(rig.session.failure().stage, Stage::connect);
  EXPECT_THAT(rig.session.failure().message, HasSubstr("TCP port 40123"));
  EXPECT_THAT(rig.session.failure().message, HasSubstr("0.0.0.0:40123"));
  EXPECT_THAT(rig.session.failure().advice, HasSubstr("from 192.168.1.20 to port 40123"));
  EXPECT_THAT(rig.session.failure().advice, HasSubstr("firewall"));
}

TEST(PushSession, StrangersAreTurnedAwayAndMentioned) {
  PushRig rig;
  rig.says("OK");
  rig.connects(ipv4(66, 1234));
  EXPECT_EQ(rig.welcome, PushSession::Welcome::stranger);
  EXPECT_EQ(rig.state(), State::awaiting_connection);
  rig.connects(ipv4(67, 1234));
  rig.wait(milliseconds{10000});
  ASSERT_EQ(rig.error(), UpdateError::no_connect_back);
  EXPECT_THAT(rig.session.failure().message, HasSubstr("2 connections from other addresses"));
  EXPECT_THAT(rig.session.failure().message, HasSubstr("192.168.1.67:1234"));
}

TEST(PushSession, TheDeviceIsWelcomeAfterAStranger) {
  PushRig rig;
  rig.says("OK");
  rig.connects(ipv4(66, 1234));
  rig.connects();
  EXPECT_EQ(rig.welcome, PushSession::Welcome::device);
  EXPECT_EQ(rig.state(), State::sending);
}

TEST(PushSession, StallsAfterTenSecondsWithoutBytesAndAnswers) {
  PushRig rig;
  rig.says("OK");
  rig.connects();
  rig.takes(1460);
  rig.wait(milliseconds{9000});
  rig.answers("1460");
  rig.wait(milliseconds{9999});
  EXPECT_EQ(rig.state(), State::sending);
  rig.wait(milliseconds{1});
  ASSERT_EQ(rig.error(), UpdateError::stalled);
  EXPECT_THAT(rig.session.failure().message, HasSubstr("1460 of 5000 bytes"));
  EXPECT_EQ(rig.session.failure().stage, Stage::transfer);
}

TEST(PushSession, ConnectionEndingInTransferIsLost) {
  for (const auto end : {&PushRig::closes, &PushRig::breaks}) {
    PushRig rig;
    rig.says("OK");
    rig.connects();
    rig.takes(1460);
    rig.answers("1460");
    (rig.*end)();
    ASSERT_EQ(rig.error(), UpdateError::connection_lost);
    EXPECT_THAT(rig.session.failure().message, HasSubstr("1460 of 5000 bytes"));
  }
}

TEST(PushSession, CloseWithoutResult) {
  PushRig rig;
  rig.take_everything();
  rig.answers("14601460");
  rig.closes();
  ASSERT_EQ(rig.error(), UpdateError::no_result);
  EXPECT_EQ(rig.session.failure().stage, Stage::verify);
}

TEST(PushSession, HalfAnOkIsNoResult) {
  PushRig rig;
  rig.take_everything();
  rig.answers("O");
  rig.closes();
  EXPECT_EQ(rig.error(), UpdateError::no_result);
}

TEST(PushSession, BreakBeforeTheResultIsLost) {
  PushRig rig;
  rig.take_everything();
  rig.breaks();
  EXPECT_EQ(rig.error(), UpdateError::connection_lost);
}

TEST(PushSession, SilenceAfterTheLastByteEndsAfterAMinute) {
  PushRig rig;
  rig.take_everything();
  rig.wait(milliseconds{30000});
  rig.answers("1460");  // still taking bytes
  rig.wait(milliseconds{59999});
  EXPECT_EQ(rig.state(), State::awaiting_result);
  rig.wait(milliseconds{1});
  ASSERT_EQ(rig.error(), UpdateError::no_result);
  EXPECT_THAT(rig.session.failure().message, HasSubstr("60 s"));
}

TEST(PushSession, OkGluedToTheLastCount) {
  PushRig rig;
  rig.take_everything();
  rig.answers("1460146014601460620OK");
  EXPECT_EQ(rig.state(), State::succeeded);
}

TEST(PushSession, OkInTwoSegmentsAndRepeated) {
  PushRig rig;
  rig.take_everything();
  rig.answers("5000O");
  EXPECT_EQ(rig.state(), State::awaiting_result);
  rig.answers("KOKOK");
  EXPECT_EQ(rig.state(), State::succeeded);
  rig.breaks();
  EXPECT_EQ(rig.state(), State::succeeded);
}

TEST(PushSession, OkTooEarlyIsNoOk) {
  PushRig rig;
  rig.says("OK");
  rig.connects();
  rig.takes(100);
  rig.answers("100OK");
  ASSERT_EQ(rig.error(), UpdateError::bad_answer);
  EXPECT_THAT(rig.session.failure().message, HasSubstr("100 of 5000"));
}

TEST(PushSession, ErrorAtTheEnd) {
  PushRig rig;
  rig.take_everything();
  rig.answers("1460ERROR[7]: MD5 check failed\n");
  ASSERT_EQ(rig.error(), UpdateError::rejected);
  const cli::PushFailure& failure = rig.session.failure();
  EXPECT_EQ(failure.device_says, "MD5 check failed");
  EXPECT_EQ(failure.device_number, 7);
  EXPECT_EQ(failure.message,
            "devding (192.168.1.20:8266) rejected the image: MD5 check failed (its error 7)");
  EXPECT_EQ(failure.advice, describe(UpdateError::digest_mismatch).advice);
}

TEST(PushSession, ErrorWithAForeignNumberKeepsTheGeneralAdvice) {
  PushRig rig;
  rig.take_everything();
  rig.answers("ERROR[10]: Magic byte is wrong, not 0xE9\n");
  ASSERT_EQ(rig.error(), UpdateError::rejected);
  EXPECT_EQ(rig.session.failure().advice, describe(UpdateError::rejected).advice);
}

TEST(PushSession, ErrorInTheMiddleOfTheTransfer) {
  PushRig rig;
  rig.says("OK");
  rig.connects();
  rig.takes(1460);
  rig.answers("ERROR[1]: flash ");
  EXPECT_EQ(rig.state(), State::hearing_error);
  EXPECT_EQ(rig.session.bytes_to_send(), 0U);
  rig.answers("write failed: sector 3\nERROR[1]: again\n");
  ASSERT_EQ(rig.error(), UpdateError::rejected);
  EXPECT_EQ(rig.session.failure().device_says, "flash write failed: sector 3");
}

TEST(PushSession, AnErrorLineThatIsCutStillCounts) {
  PushRig closed;
  closed.take_everything();
  closed.answers("ERROR[5]: Bad Si");
  closed.closes();
  EXPECT_EQ(closed.error(), UpdateError::rejected);

  PushRig silent;
  silent.take_everything();
  silent.answers("ERROR[5]: Bad Si");
  silent.wait(PushSession::error_line_timeout);
  EXPECT_EQ(silent.error(), UpdateError::rejected);
  EXPECT_EQ(silent.session.failure().device_says, "Bad Si");
}

TEST(PushSession, AnEsp32RejectsWithoutNumber) {
  PushRig rig;
  rig.take_everything();
  rig.answers("1460MD5 Check Failed\r\n");
  ASSERT_EQ(rig.error(), UpdateError::rejected);
  EXPECT_EQ(rig.session.failure().message,
            "devding (192.168.1.20:8266) rejected the image: MD5 Check Failed");
  EXPECT_EQ(rig.session.failure().device_number, 0);
}

TEST(PushSession, NonsenseInsteadOfCounts) {
  PushRig rig;
  rig.says("OK");
  rig.connects();
  rig.answers("\x01\x02");
  EXPECT_EQ(rig.error(), UpdateError::bad_answer);
}

TEST(PushSession, CancelSaysHowFarItCame) {
  PushRig rig;
  rig.says("OK");
  rig.connects();
  rig.takes(1460);
  rig.session.cancel();
  ASSERT_EQ(rig.error(), UpdateError::cancelled);
  EXPECT_EQ(rig.session.failure().message, "cancelled after 1460 of 5000 bytes");
  EXPECT_EQ(rig.session.failure().stage, Stage::transfer);
}

TEST(PushSession, NothingIsSentAfterTheEnd) {
  PushRig rig;
  rig.session.cancel();
  EXPECT_EQ(rig.sent(), "");
  rig.says("AUTH 0123456789abcdef0123456789abcdef");
  rig.wait(milliseconds{20000});
  EXPECT_EQ(rig.sent(), "");
  EXPECT_EQ(rig.error(), UpdateError::cancelled);
}

// The same device answers, cut anywhere, must end the same way.
class PushCuts : public ::testing::TestWithParam<std::string> {
 protected:
  static UpdateError run(const std::vector<std::size_t>& cuts) {
    PushRig rig;
    rig.take_everything();
    std::string_view rest = GetParam();
    for (const std::size_t cut : cuts) {
      rig.answers(rest.substr(0, cut));
      rest.remove_prefix(std::min(cut, rest.size()));
    }
    rig.answers(rest);
    rig.closes();
    return rig.error();
  }
};

TEST_P(PushCuts, EndTheSame) {
  const UpdateError whole = run({});
  EXPECT_EQ(run(std::vector<std::size_t>(GetParam().size(), 1)), whole);
  std::mt19937 random{42};
  for (int round = 0; round < 200; ++round) {
    std::vector<std::size_t> cuts(8);
    for (std::size_t& cut : cuts) cut = random() % 9;
    EXPECT_EQ(run(cuts), whole) << "round " << round;
  }
}

TEST(PushCutsMean, WhatTheyShould) {
  // The parameters below cover all ends, so that "the same" is not always the same.
  PushRig rig;
  rig.take_everything();
  rig.answers("14601460OK");
  rig.closes();
  EXPECT_EQ(rig.error(), UpdateError::none);
}

INSTANTIATE_TEST_SUITE_P(Streams, PushCuts,
                         ::testing::Values("14601460OK", "OKOKOK", "1460ERROR[7]: MD5 check failed\nERROR[7]",
                                           "1460Wrong Magic Byte\r\n", "14601460", "1460O", "1460\x7F"));

}  // namespace
}  // namespace airlift::testing
