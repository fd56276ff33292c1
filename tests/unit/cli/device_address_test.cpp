#include "device_address.hpp"

#include <gmock/gmock.h>

#include "airlift_posix/address.hpp"
#include "duration.hpp"

namespace airlift::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::string split(std::string_view text) {
  const cli::DeviceAddress address = cli::split_port(text);
  return address.host + " " + (address.port ? std::to_string(*address.port) : "-");
}

TEST(DeviceAddress, PortsAreCutOff) {
  EXPECT_EQ(split("devding"), "devding -");
  EXPECT_EQ(split("devding.local:8267"), "devding.local 8267");
  EXPECT_EQ(split("192.168.1.20"), "192.168.1.20 -");
  EXPECT_EQ(split("192.168.1.20:3232"), "192.168.1.20 3232");
  EXPECT_EQ(split("fd00::1"), "fd00::1 -");
  EXPECT_EQ(split("[fd00::1]"), "fd00::1 -");
  EXPECT_EQ(split("[fe80::1%eth0]:8266"), "fe80::1%eth0 8266");
}

TEST(DeviceAddress, WhatIsNoPortStays) {
  EXPECT_EQ(split("devding:0"), "devding:0 -");
  EXPECT_EQ(split("devding:65536"), "devding:65536 -");
  EXPECT_EQ(split("devding:ota"), "devding:ota -");
  EXPECT_EQ(split("[fd00::1]x:1"), "[fd00::1]x:1 -");
  EXPECT_EQ(split(""), " -");
  EXPECT_EQ(split("["), "[ -");
  EXPECT_EQ(split("]:1"), "] 1");
}

TEST(DeviceAddress, NamesAreNoAddresses) {
  EXPECT_EQ(posix::to_text(*cli::numeric_endpoint("127.0.0.1")), "127.0.0.1:0");
  EXPECT_EQ(posix::to_text(*cli::numeric_endpoint("fd00::1")), "[fd00::1]:0");
  EXPECT_NE(cli::numeric_endpoint("fe80::1%lo")->scope, 0U);
  EXPECT_FALSE(cli::numeric_endpoint("localhost"));
  EXPECT_FALSE(cli::numeric_endpoint("devding"));
}

TEST(DeviceAddress, LinesOfAFile) {
  EXPECT_THAT(cli::parse_device_lines("# ours\nkitchen\n  192.168.1.20:3232 # the old one\r\n\n\tbath"),
              ElementsAre("kitchen", "192.168.1.20:3232", "bath"));
  EXPECT_THAT(cli::parse_device_lines("#\n \n"), IsEmpty());
}

TEST(Duration, NumbersWithUnits) {
  EXPECT_EQ(cli::parse_duration("90s"), seconds{90});
  EXPECT_EQ(cli::parse_duration("10m"), seconds{600});
  EXPECT_EQ(cli::parse_duration("2h"), seconds{7200});
  EXPECT_EQ(cli::parse_duration("1500ms"), milliseconds{1500});
  EXPECT_EQ(cli::parse_duration("5"), seconds{5});
  EXPECT_EQ(cli::parse_duration("0"), seconds{0});
  EXPECT_EQ(cli::parse_duration("168h"), seconds{168 * 3600});
}

TEST(Duration, NothingElse) {
  for (const auto* text :
       {"", "s", "-1s", "1.5h", "10 s", "10sm", "10d", "169h", "4294967295h", "99999999999"}) {
    EXPECT_FALSE(cli::parse_duration(text)) << text;
  }
}

}  // namespace
}  // namespace airlift::testing
