// The uploader's course up to the connection with devices that speak Airlift's extension, that have several
// addresses, or that cannot be reached.
#include <gmock/gmock.h>

#include "airlift/codec/text.hpp"
#include "push_rig.hpp"

namespace airlift::testing {
namespace {

using cli::ExtensionUse;
using cli::InvitationExchange;
using cli::InvitationPlan;
using cli::Protocol;
using cli::Stage;
using State = InvitationExchange::State;
using Trouble = InvitationExchange::Trouble;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr std::string_view invitation{"0 40123 5000 78805a221a988e79ef3f42d7c5bfd418\n"};
constexpr std::string_view first_cnonce{"000102030405060708090a0b0c0d0e0f"};
constexpr std::string_view second_cnonce{"101112131415161718191a1b1c1d1e1f"};

InvitationPlan plan_with(ExtensionUse use) {
  InvitationPlan plan = rig_plan();
  plan.extension = use;
  return plan;
}

std::string request(std::string_view purpose, int port, std::string_view cnonce) {
  return "AIRLIFT 1 " + std::string{purpose} + " " + std::to_string(port) + " " + std::string{cnonce} + "\n";
}

wire::ExtensionAnswer answer_from(std::uint16_t port, std::uint8_t nonce = 7) {
  wire::ExtensionAnswer answer;
  answer.port = port;
  answer.gzip = answer.tls = true;
  answer.nonce.fill(nonce);
  return answer;
}

std::string text_of(const wire::ExtensionAnswer& answer) {
  return std::string{wire::format_extension_answer(answer).view()};
}

struct ExtensionRig : InvitationRig {
  explicit ExtensionRig(InvitationPlan plan = plan_with(ExtensionUse::automatic))
      : InvitationRig{std::move(plan)} {}

  void answers(std::uint16_t port, std::uint8_t nonce = 7) { says(text_of(answer_from(port, nonce))); }
};

TEST(InvitationExtension, TheSecondLineAsksForIt) {
  ExtensionRig rig;
  EXPECT_EQ(rig.sent(), std::string{invitation} + request("upload", 0, first_cnonce));
}

TEST(InvitationExtension, RepeatsTheVerySameDatagram) {
  ExtensionRig rig;
  const std::string first = rig.sent();
  rig.wait(milliseconds{1000});
  EXPECT_EQ(rig.sent(), first);
}

TEST(InvitationExtension, OffIsAnOldUploader) {
  ExtensionRig rig{plan_with(ExtensionUse::off)};
  EXPECT_EQ(rig.sent(), invitation);
  rig.answers(8266);
  EXPECT_EQ(rig.error(), UpdateError::bad_answer);
}

TEST(InvitationExtension, StatusNeedsNoInvitation) {
  InvitationPlan plan = plan_with(ExtensionUse::off);
  plan.invitation.reset();
  ExtensionRig rig{plan};
  EXPECT_EQ(rig.sent(), request("status", 0, first_cnonce));
  rig.answers(8266);
  EXPECT_EQ(rig.state(), State::dialling);
}

TEST(InvitationExtension, TheHostConnects) {
  ExtensionRig rig;
  const std::string datagram = rig.sent();
  const std::string answer = text_of(answer_from(8300));
  rig.says(answer);
  ASSERT_EQ(rig.state(), State::dialling);
  EXPECT_EQ(rig.exchange.stage(), Stage::connect);
  EXPECT_EQ(rig.exchange.dial_to(), ipv4(20, 8300));
  rig.exchange.dialled(rig.clock.now());
  ASSERT_EQ(rig.state(), State::connected);
  EXPECT_EQ(rig.exchange.protocol(), Protocol::extension);
  EXPECT_EQ(rig.exchange.request_sha256(), crypto::sha256(as_bytes(datagram)));
  EXPECT_EQ(rig.exchange.answer_sha256(), crypto::sha256(as_bytes(answer)));
  EXPECT_EQ(rig.exchange.answer().nonce, answer_from(8300).nonce);
}

TEST(InvitationExtension, WhenTheHostCannotConnectTheDeviceIsAskedTo) {
  ExtensionRig rig;
  rig.sent();
  rig.answers(8300);
  rig.exchange.dial_failed(rig.clock.now(), "Connection refused");
  EXPECT_EQ(rig.state(), State::inviting);
  const std::string datagram = rig.sent();
  EXPECT_EQ(datagram, std::string{invitation} + request("upload", 40123, second_cnonce));
  rig.answers(8300, 8);
  ASSERT_EQ(rig.state(), State::awaiting_connection);
  rig.connects();
  ASSERT_EQ(rig.state(), State::connected);
  EXPECT_EQ(rig.exchange.protocol(), Protocol::extension);
  EXPECT_EQ(rig.exchange.request_sha256(), crypto::sha256(as_bytes(datagram)));
  EXPECT_EQ(rig.exchange.answer().nonce, answer_from(8300, 8).nonce);
}

TEST(InvitationExtension, NoAnswerToTheHostsConnectionTakesAMomentOnly) {
  ExtensionRig rig;
  rig.sent();
  rig.answers(8300);
  rig.wait(milliseconds{1499});
  EXPECT_EQ(rig.state(), State::dialling);
  rig.wait(milliseconds{1});
  EXPECT_EQ(rig.state(), State::inviting);
  rig.exchange.dialled(rig.clock.now());  // too late
  EXPECT_EQ(rig.state(), State::inviting);
}

TEST(InvitationExtension, ADeviceThatDoesNotListenIsAskedToConnect) {
  ExtensionRig rig;
  rig.sent();
  rig.answers(0);
  EXPECT_EQ(rig.sent(), std::string{invitation} + request("upload", 40123, second_cnonce));
}

TEST(InvitationExtension, NeitherCanConnectNamesBothReasons) {
  ExtensionRig rig;
  rig.answers(8300);
  rig.exchange.dial_failed(rig.clock.now(), "Connection refused");
  rig.answers(8300, 8);
  rig.wait(milliseconds{9999});
  EXPECT_EQ(rig.state(), State::awaiting_connection);
  rig.wait(milliseconds{1});
  ASSERT_EQ(rig.error(), UpdateError::no_connection);
  EXPECT_EQ(rig.exchange.failure().stage, Stage::connect);
  EXPECT_THAT(rig.exchange.failure().message,
              AllOf(HasSubstr("devding (192.168.1.20:8266)"), HasSubstr("TCP port 8300: Connection refused"),
                    HasSubstr("TCP port 40123"), HasSubstr("0.0.0.0:40123")));
}

TEST(InvitationExtension, SilenceWhenAskedToConnectIsNoConnection) {
  ExtensionRig rig;
  rig.answers(8300);
  rig.exchange.dial_failed(rig.clock.now(), "Connection refused");
  rig.wait(milliseconds{10000});
  ASSERT_EQ(rig.error(), UpdateError::no_connection);
  EXPECT_EQ(rig.exchange.failure().stage, Stage::connect);
}

TEST(InvitationExtension, TheAnswerBeforeIsNoAnswer) {
  ExtensionRig rig;
  rig.answers(8300, 7);
  rig.exchange.dial_failed(rig.clock.now(), "Connection refused");
  rig.answers(8300, 7);  // came twice, or late
  EXPECT_EQ(rig.state(), State::inviting);
  rig.answers(8300, 8);
  EXPECT_EQ(rig.state(), State::awaiting_connection);
}

TEST(InvitationExtension, AConnectionMayOvertakeTheAnswer) {
  ExtensionRig rig;
  rig.answers(8300);
  rig.exchange.dial_failed(rig.clock.now(), "Connection refused");
  rig.sent();
  rig.connects();
  EXPECT_EQ(rig.welcome, InvitationExchange::Welcome::device);
  EXPECT_EQ(rig.state(), State::inviting);
  rig.wait(milliseconds{1000});
  EXPECT_NE(rig.sent(), "");  // the answer is still wanted
  rig.answers(8300, 8);
  EXPECT_EQ(rig.state(), State::connected);
}

TEST(InvitationExtension, AnOldDeviceIsAnOldDevice) {
  ExtensionRig rig;
  rig.says("OK");
  EXPECT_EQ(rig.state(), State::awaiting_connection);
  rig.connects();
  EXPECT_EQ(rig.state(), State::connected);
  EXPECT_EQ(rig.exchange.protocol(), Protocol::old);
}

class ExtensionHeldTo : public ::testing::TestWithParam<std::string_view> {};

TEST_P(ExtensionHeldTo, RequiredMeansRequired) {
  InvitationPlan plan = plan_with(ExtensionUse::required);
  plan.password = "test123";
  ExtensionRig rig{plan};
  rig.sent();
  rig.says(GetParam());
  ASSERT_EQ(rig.error(), UpdateError::extension_missing);
  EXPECT_EQ(rig.exchange.failure().stage, Stage::invite);
  EXPECT_EQ(rig.sent(), "") << "no proof of the password for an old device";
}

TEST_P(ExtensionHeldTo, EncryptMeansRequired) {
  InvitationPlan plan = plan_with(ExtensionUse::automatic);
  plan.encrypt = true;
  ExtensionRig rig{plan};
  rig.says(GetParam());
  EXPECT_EQ(rig.error(), UpdateError::extension_missing);
}

TEST_P(ExtensionHeldTo, SpokenOnceMeansRequired) {
  ExtensionRig rig;
  rig.answers(8300);
  rig.exchange.dial_failed(rig.clock.now(), "Connection refused");
  rig.says(GetParam());
  EXPECT_EQ(rig.error(), UpdateError::extension_missing);
}

INSTANTIATE_TEST_SUITE_P(OldAnswers, ExtensionHeldTo,
                         ::testing::Values("OK", "AUTH 0123456789abcdef0123456789abcdef"));

TEST(InvitationExtension, AnOldDevicesConnectionIsNotTakenWhenItIsRequired) {
  ExtensionRig rig{plan_with(ExtensionUse::required)};
  rig.connects();
  EXPECT_EQ(rig.error(), UpdateError::extension_missing);
}

TEST(InvitationExtension, RefusalsAreThoseOfTheOldProtocol) {
  ExtensionRig rig;
  rig.says("ERR: safe mode");
  EXPECT_EQ(rig.error(), UpdateError::safe_mode);
}

TEST(InvitationExtension, RefusedWhenAskedToConnect) {
  ExtensionRig rig;
  rig.answers(8300);
  rig.exchange.dial_failed(rig.clock.now(), "Connection refused");
  rig.says("ERR: another upload is running");
  EXPECT_EQ(rig.error(), UpdateError::busy);
}

TEST(InvitationExtension, PasswordNeededIsKnownAtOnce) {
  ExtensionRig rig;
  wire::ExtensionAnswer answer = answer_from(8300);
  answer.password = true;
  rig.says(text_of(answer));
  ASSERT_EQ(rig.error(), UpdateError::password_needed);
  EXPECT_EQ(rig.exchange.failure().stage, Stage::authenticate);
}

TEST(InvitationExtension, ADeviceWithoutPasswordProvesNothingToWhoInsists) {
  InvitationPlan plan = plan_with(ExtensionUse::required);
  plan.password = "test123";
  ExtensionRig strict{plan};
  strict.answers(8300);
  ASSERT_EQ(strict.error(), UpdateError::device_not_proven);
  EXPECT_EQ(strict.exchange.failure().stage, Stage::authenticate);

  plan.extension = ExtensionUse::automatic;
  ExtensionRig lenient{plan};
  lenient.answers(8300);
  EXPECT_EQ(lenient.state(), State::dialling);
}

TEST(InvitationExtension, ADeviceThatCannotEncryptIsLeftAlone) {
  InvitationPlan plan = plan_with(ExtensionUse::automatic);
  plan.encrypt = true;
  ExtensionRig rig{plan};
  wire::ExtensionAnswer answer = answer_from(8300);
  answer.tls = false;
  rig.says(text_of(answer));
  EXPECT_EQ(rig.error(), UpdateError::tls_failed);
}

TEST(InvitationExtension, NoRandomNumbersNoInvitation) {
  FakeEntropy entropy;
  entropy.fails = true;
  InvitationExchange exchange{plan_with(ExtensionUse::automatic), entropy};
  exchange.start(Instant{seconds{1}});
  ASSERT_EQ(exchange.state(), State::failed);
  EXPECT_EQ(exchange.failure().code, UpdateError::no_entropy);
  EXPECT_FALSE(exchange.take_datagram());
}

// Several addresses

const port::Endpoint ipv6_device{port::IpAddress{{0xFD, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}}, 8266,
                                 0};

InvitationPlan plan_with_two_addresses() {
  InvitationPlan plan = plan_with(ExtensionUse::automatic);
  plan.endpoints = {rig_device, ipv6_device};
  return plan;
}

TEST(InvitationAddresses, AreTriedInTurn) {
  ExtensionRig rig{plan_with_two_addresses()};
  const std::string text = rig.sent();
  EXPECT_EQ(rig.to, rig_device);
  rig.wait(milliseconds{1000});
  EXPECT_EQ(rig.sent(), text);
  EXPECT_EQ(rig.to, ipv6_device);
  rig.wait(milliseconds{2000});
  rig.sent();
  EXPECT_EQ(rig.to, rig_device);
}

TEST(InvitationAddresses, TheFirstThatAnswersIsUsed) {
  ExtensionRig rig{plan_with_two_addresses()};
  rig.sent();
  rig.wait(milliseconds{1000});
  rig.sent();
  rig.says(text_of(answer_from(8300)), ipv6_device);
  EXPECT_EQ(rig.exchange.device(), ipv6_device);
  EXPECT_EQ(rig.exchange.dial_to().address, ipv6_device.address);
  rig.exchange.dial_failed(rig.clock.now(), "Connection refused");
  rig.sent();
  EXPECT_EQ(rig.to, ipv6_device);
  rig.wait(milliseconds{1000});
  rig.sent();
  EXPECT_EQ(rig.to, ipv6_device);
}

TEST(InvitationAddresses, ALateAnswerOfTheFirstCounts) {
  ExtensionRig rig{plan_with_two_addresses()};
  rig.wait(milliseconds{1000});
  rig.says("OK", rig_device);
  EXPECT_EQ(rig.exchange.device(), rig_device);
  rig.connects(ipv6_device);
  EXPECT_EQ(rig.welcome, InvitationExchange::Welcome::stranger);
}

TEST(InvitationAddresses, SilenceNamesAll) {
  ExtensionRig rig{plan_with_two_addresses()};
  rig.wait(milliseconds{10000});
  ASSERT_EQ(rig.error(), UpdateError::no_answer);
  EXPECT_THAT(rig.exchange.failure().message,
              StartsWith("devding (192.168.1.20:8266, [fd00::1]:8266) did not"));
}

TEST(InvitationAddresses, NoWayToTheOneTakesTheOtherAtOnce) {
  ExtensionRig rig{plan_with_two_addresses()};
  rig.sent();
  rig.exchange.trouble(rig.clock.now(), rig_device, Trouble::not_sent, "Network is unreachable");
  EXPECT_NE(rig.sent(), "");
  EXPECT_EQ(rig.to, ipv6_device);
  rig.wait(milliseconds{1000});
  rig.wait(milliseconds{2000});
  rig.sent();
  EXPECT_EQ(rig.to, ipv6_device) << "the other is hopeless";
  rig.wait(milliseconds{10000});
  ASSERT_EQ(rig.error(), UpdateError::no_answer);
  EXPECT_THAT(rig.exchange.failure().message, HasSubstr("192.168.1.20: Network is unreachable"));
}

TEST(InvitationAddresses, NoWayAtAllIsNoRoute) {
  ExtensionRig rig;
  rig.sent();
  rig.exchange.trouble(rig.clock.now(), rig_device, Trouble::not_sent, "Network is unreachable");
  ASSERT_EQ(rig.error(), UpdateError::no_route);
  EXPECT_EQ(rig.exchange.failure().stage, Stage::route);
  EXPECT_EQ(rig.exchange.failure().message,
            "no way to devding (192.168.1.20:8266); 192.168.1.20: Network is unreachable");
}

TEST(InvitationAddresses, ADeviceThatStartsUpMayRefuseTwice) {
  ExtensionRig rig;
  for (int i = 0; i < 2; ++i) {
    rig.sent();
    rig.exchange.trouble(rig.clock.now(), rig_device, Trouble::refused, "Connection refused");
    EXPECT_EQ(rig.sent(), "") << "not at once again";
    rig.wait(milliseconds{2000});
  }
  EXPECT_NE(rig.sent(), "");
  rig.exchange.trouble(rig.clock.now(), rig_device, Trouble::refused, "Connection refused");
  ASSERT_EQ(rig.error(), UpdateError::no_answer);
  EXPECT_EQ(rig.exchange.failure().stage, Stage::invite);
  EXPECT_EQ(rig.exchange.failure().message,
            "devding (192.168.1.20:8266) is there, but nothing listens on its UDP port 8266");
}

TEST(InvitationAddresses, UnreachableThreeTimesIsNoRoute) {
  ExtensionRig rig;
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(rig.error(), UpdateError::none);
    rig.exchange.trouble(rig.clock.now(), rig_device, Trouble::unreachable, "No route to host");
  }
  EXPECT_EQ(rig.error(), UpdateError::no_route);
}

TEST(InvitationAddresses, TroubleElsewhereOrLaterIsNone) {
  ExtensionRig rig;
  rig.exchange.trouble(rig.clock.now(), ipv4(99, 8266), Trouble::not_sent, "Network is unreachable");
  EXPECT_EQ(rig.state(), State::inviting);
  rig.answers(8300);
  rig.exchange.trouble(rig.clock.now(), rig_device, Trouble::not_sent, "Network is unreachable");
  EXPECT_EQ(rig.state(), State::dialling);
}

TEST(DeviceText, ShowsWhatItIsCalledAndWhereItIs) {
  const std::vector<port::Endpoint> both{rig_device, ipv6_device};
  EXPECT_EQ(cli::device_text("devding", {both.data(), 1}), "devding (192.168.1.20:8266)");
  EXPECT_EQ(cli::device_text("192.168.1.20", {both.data(), 1}), "192.168.1.20:8266");
  EXPECT_EQ(cli::device_text("fd00::1", {&both[1], 1}), "[fd00::1]:8266");
  EXPECT_EQ(cli::device_text("devding", {both.data(), 2}), "devding (192.168.1.20:8266, [fd00::1]:8266)");
}

}  // namespace
}  // namespace airlift::testing
