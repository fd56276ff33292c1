// The uploader's course up to the connection, against a scripted device of the old protocol.
#include "invitation_exchange.hpp"

#include <gmock/gmock.h>

#include "push_rig.hpp"

namespace airlift::testing {
namespace {

using cli::Stage;
using State = cli::InvitationExchange::State;
using ::testing::HasSubstr;

TEST(InvitationExchange, InvitesWithThePlannedText) {
  InvitationRig rig;
  EXPECT_EQ(rig.sent(), "0 40123 5000 78805a221a988e79ef3f42d7c5bfd418\n");
  EXPECT_EQ(rig.sent(), "");
}

TEST(InvitationExchange, RepeatsTheSameInvitationUntilItIsAnswered) {
  InvitationRig rig;
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

TEST(InvitationExchange, NoAnswerNamesDeviceCountAndTime) {
  InvitationRig rig;
  rig.wait(milliseconds{9999});
  EXPECT_EQ(rig.state(), State::inviting);
  rig.wait(milliseconds{1});
  ASSERT_EQ(rig.error(), UpdateError::no_answer);
  EXPECT_EQ(rig.exchange.failure().stage, Stage::invite);
  EXPECT_EQ(rig.exchange.failure().message,
            "devding (192.168.1.20:8266) did not answer 6 invitations within 10 s");
  EXPECT_THAT(rig.exchange.failure().advice, HasSubstr("8266"));
}

TEST(InvitationExchange, AnswersFromOtherAddressesDoNotCount) {
  InvitationRig rig;
  rig.says("OK", ipv4(99, 8266));
  rig.says("ERR: safe mode", ipv4(99, 8266));
  EXPECT_EQ(rig.state(), State::inviting);
  rig.says("OK", ipv4(20, 999));  // another port of the device is the device
  EXPECT_EQ(rig.state(), State::awaiting_connection);
}

TEST(InvitationExchange, AConnectionSaysWhatALostOkWouldHaveSaid) {
  InvitationRig rig;
  rig.connects();
  EXPECT_EQ(rig.state(), State::connected);
}

TEST(InvitationExchange, ForeignAnswerToTheInvitation) {
  InvitationRig rig;
  rig.says("SSH-2.0-\x01\n");
  ASSERT_EQ(rig.error(), UpdateError::bad_answer);
  EXPECT_THAT(rig.exchange.failure().message, HasSubstr("SSH-2.0-?"));
}

TEST(InvitationExchange, AuthenticationFailedBeforeAnyPasswordIsForeign) {
  InvitationRig rig;
  rig.says("Authentication Failed");
  ASSERT_EQ(rig.error(), UpdateError::bad_answer);
}

struct RefusalCase {
  std::string_view words;
  UpdateError meaning;
};

class InvitationRefused : public ::testing::TestWithParam<RefusalCase> {};

TEST_P(InvitationRefused, NamesTheReason) {
  InvitationRig rig;
  rig.says("ERR: " + std::string{GetParam().words});
  ASSERT_EQ(rig.error(), GetParam().meaning);
  EXPECT_EQ(rig.exchange.failure().device_says, GetParam().words);
  EXPECT_THAT(rig.exchange.failure().message, HasSubstr(std::string{GetParam().words}));
  EXPECT_EQ(rig.exchange.failure().advice, describe(GetParam().meaning).advice);
}

INSTANTIATE_TEST_SUITE_P(
    Words, InvitationRefused,
    ::testing::Values(RefusalCase{"not enough space: 9000000 bytes, the slot holds 8388608",
                                  UpdateError::no_space},
                      RefusalCase{"ERROR[4]: Not Enough Space", UpdateError::no_space},
                      RefusalCase{"another upload is running", UpdateError::busy},
                      RefusalCase{"safe mode", UpdateError::safe_mode},
                      RefusalCase{"too many wrong passwords: wait 4 s", UpdateError::too_many_tries},
                      RefusalCase{describe(UpdateError::trial_running).text, UpdateError::trial_running},
                      RefusalCase{"no challenge is open", UpdateError::refused},
                      RefusalCase{"it is Sunday", UpdateError::refused}));

TEST(InvitationExchange, RefusalAfterOkCounts) {
  InvitationRig rig;
  rig.says("OK");
  rig.says("ERR: not enough space");
  EXPECT_EQ(rig.error(), UpdateError::no_space);
}

TEST(InvitationExchange, NoConnectBackNamesPortAddressAndFirewall) {
  InvitationRig rig;
  rig.says("OK");
  rig.wait(milliseconds{9999});
  EXPECT_EQ(rig.state(), State::awaiting_connection);
  rig.wait(milliseconds{1});
  ASSERT_EQ(rig.error(), UpdateError::no_connect_back);
  EXPECT_EQ(rig.exchange.failure().stage, Stage::connect);
  EXPECT_THAT(rig.exchange.failure().message, HasSubstr("TCP port 40123"));
  EXPECT_THAT(rig.exchange.failure().message, HasSubstr("0.0.0.0:40123"));
  EXPECT_THAT(rig.exchange.failure().advice, HasSubstr("from 192.168.1.20 to port 40123"));
  EXPECT_THAT(rig.exchange.failure().advice, HasSubstr("firewall"));
}

TEST(InvitationExchange, StrangersAreTurnedAwayAndMentioned) {
  InvitationRig rig;
  rig.says("OK");
  rig.connects(ipv4(66, 1234));
  EXPECT_EQ(rig.welcome, cli::InvitationExchange::Welcome::stranger);
  EXPECT_EQ(rig.state(), State::awaiting_connection);
  rig.connects(ipv4(67, 1234));
  rig.wait(milliseconds{10000});
  ASSERT_EQ(rig.error(), UpdateError::no_connect_back);
  EXPECT_THAT(rig.exchange.failure().message, HasSubstr("2 connections from other addresses"));
  EXPECT_THAT(rig.exchange.failure().message, HasSubstr("192.168.1.67:1234"));
}

TEST(InvitationExchange, TheDeviceIsWelcomeAfterAStranger) {
  InvitationRig rig;
  rig.says("OK");
  rig.connects(ipv4(66, 1234));
  rig.connects();
  EXPECT_EQ(rig.welcome, cli::InvitationExchange::Welcome::device);
  EXPECT_EQ(rig.state(), State::connected);
}

TEST(InvitationExchange, NothingIsSentAfterTheEnd) {
  InvitationRig rig;
  rig.exchange.fail(cli::make_failure(UpdateError::cancelled, Stage::invite, "cancelled"));
  EXPECT_EQ(rig.sent(), "");
  rig.says("AUTH 0123456789abcdef0123456789abcdef");
  rig.wait(milliseconds{20000});
  EXPECT_EQ(rig.sent(), "");
  EXPECT_EQ(rig.error(), UpdateError::cancelled);
}

}  // namespace
}  // namespace airlift::testing
