// The board's address and its mDNS names, with the test at the other end of the cable.

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>

#include "contract/lwip/host_board.hpp"
#include "net/lwip_advertiser.hpp"

namespace airlift {
namespace {

using firmware::LwipAdvertiser;
using firmware::MdnsName;
using testing::board_network;
using testing::cable;
using testing::Frame;
using State = port::Advertiser::State;

constexpr port::TxtEntry txt[]{{"board", "mps2"}, {"auth_upload", "no"}};
constexpr port::Service arduino{"_arduino._tcp", 8266, txt};
constexpr port::Service http{"_http._tcp", 80, {}};

/// A label as it travels; names are made of them.
std::string label(std::string_view text) {
  return std::string(1, static_cast<char>(text.size())) + std::string{text};
}

std::string number(unsigned value) {
  return {static_cast<char>(value >> 8), static_cast<char>(value & 0xFF)};
}

/// The message of mDNS in a frame of another device, 169.254.9.9.
Frame multicast(const std::string& message) {
  const std::string udp =
      number(5353) + number(5353) + number(static_cast<unsigned>(8 + message.size())) + number(0);
  std::string ip = std::string{"\x45\0", 2} +
                   number(static_cast<unsigned>(20 + udp.size() + message.size())) +
                   std::string{"\0\1\0\0\xFF\x11", 6};
  const std::string addresses{"\xA9\xFE\x09\x09\xE0\0\0\xFB", 8};
  unsigned sum{0};
  for (const std::string& part : {ip, addresses}) {
    for (std::size_t i = 0; i < part.size(); i += 2)
      sum += 256U * static_cast<std::uint8_t>(part[i]) + static_cast<std::uint8_t>(part[i + 1]);
  }
  sum = (sum & 0xFFFF) + (sum >> 16);  // RFC 1071
  ip += number(~sum & 0xFFFF) + addresses;
  const std::string all =
      std::string{"\x01\x00\x5E\x00\x00\xFB\x02\x00\x00\x00\x00\x09\x08\x00", 14} + ip + udp + message;
  return {all.begin(), all.end()};
}

/// "host.local has the address 169.254.9.9", authoritative.
Frame claim(std::string_view host) {
  return multicast(number(0) + number(0x8400) + number(0) + number(1) + number(0) + number(0) + label(host) +
                   label("local") + std::string(1, '\0') + number(1) + number(1) + number(0) + number(120) +
                   number(4) + std::string{"\xA9\xFE\x09\x09"});
}

/// Whether the board has sent a message with all of these in it; forgets what it has sent.
bool has_sent(std::initializer_list<std::string> parts) {
  bool found{false};
  for (; !cable().from_board.empty(); cable().from_board.pop_front()) {
    const Frame& frame = cable().from_board.front();
    const std::string text{frame.begin(), frame.end()};
    found = found || std::all_of(parts.begin(), parts.end(),
                                 [&](const std::string& part) { return text.find(part) != text.npos; });
  }
  return found;
}

/// Ten minutes of the board's time pass at once.
template <typename Condition>
bool comes_about(Condition condition) {
  for (int i = 0; i < 600'000; ++i) {
    if (condition()) return true;
    board_network().poll();
  }
  return false;
}

class LwipMdns : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(comes_about([] { return board_network().address().has_value(); }));
    cable().from_board.clear();
  }
  static bool settle(port::Advertiser& advertiser) {
    return comes_about([&] { return advertiser.state() == State::established; });
  }

  MdnsName name_{board_network()};
  LwipAdvertiser first_{name_};
  LwipAdvertiser second_{name_};
};

TEST_F(LwipMdns, TheAddressIsLinkLocalWhereNoServerAnswers) {
  const port::IpAddress address = *board_network().address();
  EXPECT_EQ(address.bytes[12], 169);
  EXPECT_EQ(address.bytes[13], 254);
}

TEST_F(LwipMdns, IsSilentFirstAndEstablishedInTheEnd) {
  EXPECT_EQ(first_.state(), State::silent);
  EXPECT_EQ(first_.name(), "");
  first_.withdraw();
  ASSERT_TRUE(first_.advertise("dev ice", arduino).ok());
  EXPECT_EQ(first_.state(), State::probing);
  ASSERT_TRUE(settle(first_));
  EXPECT_EQ(first_.name(), "dev ice");
  EXPECT_TRUE(has_sent({label("_arduino"), label("dev ice"), label("dev-ice"),
                        label("board=mps2") + label("auth_upload=no"), number(8266)}));
  first_.withdraw();
  EXPECT_EQ(first_.state(), State::silent);
  EXPECT_EQ(first_.name(), "");
}

TEST_F(LwipMdns, SaysGoodbye) {
  ASSERT_TRUE(first_.advertise("dev", arduino).ok());
  ASSERT_TRUE(settle(first_));
  cable().from_board.clear();
  first_.withdraw();
  const std::string pointer = number(12) + number(1) + number(0) + number(0) + number(6);  // lives for 0 s
  EXPECT_TRUE(has_sent(
      {label("_arduino") + label("_tcp") + label("local") + std::string(1, '\0') + pointer + label("dev")}));
}

TEST_F(LwipMdns, TakesTheNextNameWhenAnotherDeviceOwnsIt) {
  ASSERT_TRUE(first_.advertise("dev", arduino).ok());
  ASSERT_TRUE(second_.advertise("dev", http).ok());
  for (const char* const taken : {"dev", "dev-2"}) {
    ASSERT_TRUE(comes_about([&] { return has_sent({label(taken) + label("local")}); })) << taken;
    cable().to_board.push_back(claim(taken));
    ASSERT_TRUE(comes_about([&] { return first_.name() != taken; })) << taken;
  }
  ASSERT_TRUE(settle(first_));
  EXPECT_EQ(first_.name(), "dev-3");
  EXPECT_EQ(second_.name(), "dev-3");
  EXPECT_EQ(second_.state(), State::established);
  // The host, and both instances, whose names go on elsewhere in the message.
  const std::string instance = label("dev-3") + '\xC0';
  EXPECT_TRUE(has_sent({label("dev-3") + label("local"), label("_http"), label("_arduino"), instance}));
}

TEST_F(LwipMdns, CutsALongNameForTheNext) {
  const std::string long_name(63, 'n');
  ASSERT_TRUE(first_.advertise(long_name, arduino).ok());
  ASSERT_TRUE(comes_about([&] { return has_sent({label(long_name) + label("local")}); }));
  cable().to_board.push_back(claim(long_name));
  ASSERT_TRUE(comes_about([&] { return first_.name() != long_name; }));
  EXPECT_EQ(first_.name(), long_name.substr(0, 61) + "-2");
}

TEST_F(LwipMdns, OtherServicesStayWhenOneGoes) {
  ASSERT_TRUE(first_.advertise("dev", arduino).ok());
  ASSERT_TRUE(second_.advertise("other name", http).ok());
  ASSERT_TRUE(settle(second_));
  EXPECT_EQ(second_.name(), "dev");
  first_.withdraw();
  EXPECT_EQ(second_.state(), State::established);
  ASSERT_TRUE(first_.advertise("dev", arduino).ok());
  second_.withdraw();
  ASSERT_TRUE(settle(first_));
  first_.withdraw();
  ASSERT_TRUE(second_.advertise("new", http).ok());
  ASSERT_TRUE(settle(second_));
  EXPECT_EQ(second_.name(), "new");
}

TEST_F(LwipMdns, FailsAtOnceWithWhatCannotBeAdvertised) {
  EXPECT_EQ(first_.advertise("", arduino).error(), UpdateError::network_failed);
  EXPECT_EQ(first_.advertise(std::string(64, 'x'), arduino).error(), UpdateError::network_failed);
  for (const char* const type : {"no type", "_arduino", "._tcp", "_arduino._sctp", ""}) {
    EXPECT_EQ(first_.advertise("x", {type, 1, {}}).error(), UpdateError::network_failed) << type;
  }
  EXPECT_EQ(first_.state(), State::silent);
  ASSERT_TRUE(first_.advertise("good", arduino).ok());
  ASSERT_TRUE(settle(first_));
}

TEST_F(LwipMdns, RefusesMoreServicesThanThereIsRoomFor) {
  LwipAdvertiser third{name_};
  LwipAdvertiser fourth{name_};
  LwipAdvertiser fifth{name_};
  for (LwipAdvertiser* advertiser : {&first_, &second_, &third, &fourth}) {
    ASSERT_TRUE(advertiser->advertise("dev", http).ok());
  }
  EXPECT_EQ(fifth.advertise("dev", http).error(), UpdateError::network_failed);
  ASSERT_TRUE(settle(fourth));
}

TEST_F(LwipMdns, AnnouncesAllServicesTogetherHoweverMuchTheyTell) {
  const std::string value(63, 'v');
  const port::TxtEntry entries[]{{"a", value}, {"b", value}, {"c", value}};
  LwipAdvertiser third{name_};
  ASSERT_TRUE(first_.advertise("dev", {"_arduino._tcp", 8266, entries}).ok());
  ASSERT_TRUE(second_.advertise("dev", {"_http._tcp", 80, entries}).ok());
  ASSERT_TRUE(third.advertise("dev", {"_homeding._tcp", 80, entries}).ok());
  ASSERT_TRUE(settle(third));
  EXPECT_TRUE(has_sent({number(0x8400), label("_arduino"), label("_http"), label("_homeding")}));
}

TEST_F(LwipMdns, CutsALongTextEntryAndLeavesOutWhatIsTooMuch) {
  const std::string value(100, 'v');
  const port::TxtEntry entries[]{{"title", value}, {"b", value}, {"c", value}, {"d", "last"}, {"e", value}};
  ASSERT_TRUE(first_.advertise("dev", {"_arduino._tcp", 8266, entries}).ok());
  ASSERT_TRUE(settle(first_));
  EXPECT_TRUE(
      has_sent({label("title=" + value.substr(0, 57)), label("b=" + value.substr(0, 61)), label("d=last")}));
}

}  // namespace
}  // namespace airlift
