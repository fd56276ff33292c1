// Likely causes of failures, from facts about the machine.
#include "diagnosis.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <filesystem>

#include "airlift_posix/address.hpp"
#include "support/temp_directory.hpp"

namespace airlift::testing {
namespace {

using cli::Confinement;
using cli::Firewall;
using cli::FirewallKind;
using cli::Protocol;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

port::IpAddress address(std::string_view text) {
  return *posix::parse_address(text);
}

posix::InterfaceAddress own(std::string_view interface, std::string_view text, int prefix_bits = 96 + 24) {
  return {std::string{interface}, 1, false, address(text), prefix_bits};
}

/// A device at 192.168.1.20, and us in its network.
struct Scene {
  cli::PushFailure failure;
  cli::Attempt attempt{{address("192.168.1.20"), 8266, 0}, Protocol::old, "0.0.0.0:41234", 300'000};
  cli::UploadOptions options;
  cli::HostFacts facts{own("eth0", "192.168.1.5"), {own("eth0", "192.168.1.5")}, {}, Confinement::none};

  explicit Scene(UpdateError code) : failure{cli::make_failure(code, cli::Stage::connect, "")} {}
  [[nodiscard]] std::vector<std::string> causes() const {
    return likely_causes(failure, attempt, options, facts);
  }
};

TEST(Diagnosis, TheFirewallInTheWayComesWithItsCommand) {
  struct Case {
    FirewallKind kind;
    std::string_view command;
    std::string_view command_ipv6;
  };
  const Case cases[]{
      {FirewallKind::ufw, "`sudo ufw allow from 192.168.1.20 to any port 41234 proto tcp`",
       "`sudo ufw allow from fd00::20 to any port 41234 proto tcp`"},
      {FirewallKind::firewalld,
       "`sudo firewall-cmd --add-rich-rule='rule family=\"ipv4\" source address=\"192.168.1.20\" port "
       "port=\"41234\" protocol=\"tcp\" accept'`",
       "family=\"ipv6\" source address=\"fd00::20\""},
      {FirewallKind::nftables,
       "`sudo nft insert rule inet filter input ip saddr 192.168.1.20 tcp dport 41234 accept`",
       "input ip6 saddr fd00::20 tcp"},
      {FirewallKind::iptables, "`sudo iptables -I INPUT -p tcp -s 192.168.1.20 --dport 41234 -j ACCEPT`",
       "`sudo ip6tables -I INPUT -p tcp -s fd00::20"},
  };
  for (const Case& each : cases) {
    Scene scene{UpdateError::no_connect_back};
    scene.facts.firewalls = {{each.kind, true}};
    EXPECT_THAT(scene.causes().front(),
                AllOf(HasSubstr(std::string{each.command}), HasSubstr("once more with -P 41234"),
                      HasSubstr("firewall stops the device")));
    scene.attempt.device.address = address("fd00::20");
    EXPECT_THAT(scene.causes().front(), HasSubstr(std::string{each.command_ipv6}));
  }
}

TEST(Diagnosis, AFixedPortNeedsNoSecondLook) {
  Scene scene{UpdateError::no_connect_back};
  scene.options.host_port = 41234;
  scene.facts.firewalls = {{FirewallKind::ufw, false}};
  EXPECT_THAT(scene.causes().front(), AllOf(Not(HasSubstr("-P")), HasSubstr("if it is on")));
}

TEST(Diagnosis, WithoutAFirewallTheNetworkIsToBlame) {
  const Scene scene{UpdateError::no_connect_back};
  EXPECT_THAT(scene.causes(),
              ElementsAre(AllOf(HasSubstr("No firewall is installed"), HasSubstr("guest network"),
                                HasSubstr("192.168.1.5 port 41234")),
                          AllOf(HasSubstr("ESP32"), HasSubstr("300000 bytes"))));
}

TEST(Diagnosis, AWrongInterfaceComesFirst) {
  Scene scene{UpdateError::no_connect_back};
  scene.facts.firewalls = {{FirewallKind::ufw, true}};
  scene.options.host_address = "10.0.0.5";
  EXPECT_THAT(scene.causes().front(), AllOf(HasSubstr("calls back 10.0.0.5"), HasSubstr("192.168.1.5 (eth0)"),
                                            HasSubstr("leave -I out")));
  scene.options.host_address = "192.168.1.5";
  EXPECT_THAT(scene.causes().front(), HasSubstr("ufw"));
}

TEST(Diagnosis, SeveralInterfacesInTheDevicesNetworkAreNamed) {
  Scene scene{UpdateError::no_connect_back};
  scene.facts.addresses.push_back(own("wlan0", "192.168.1.6"));
  scene.facts.addresses.push_back(own("docker0", "172.17.0.1"));
  EXPECT_THAT(scene.causes().front(), AllOf(HasSubstr("192.168.1.5 (eth0)"),
                                            HasSubstr("-I 192.168.1.6 (wlan0)"), Not(HasSubstr("172.17"))));
}

TEST(Diagnosis, AMachineInAMachineCannotBeCalled) {
  Scene scene{UpdateError::no_connect_back};
  scene.facts.way = own("eth0", "172.17.0.2");
  scene.facts.addresses = {*scene.facts.way};
  scene.facts.confinement = Confinement::container;
  EXPECT_THAT(scene.causes().front(), AllOf(HasSubstr("172.17.0.2"), HasSubstr("--network host")));
  scene.facts.confinement = Confinement::wsl;
  EXPECT_THAT(scene.causes().front(), HasSubstr("networkingMode=mirrored"));
  // One that is in the device's network can be called.
  scene.facts.addresses.push_back(own("eth1", "192.168.1.7"));
  EXPECT_THAT(scene.causes().front(), Not(HasSubstr("WSL")));
}

TEST(Diagnosis, BothWaysBlockedBeginsWithTheDevicesFirewall) {
  Scene scene{UpdateError::no_connection};
  scene.attempt.protocol = Protocol::extension;
  EXPECT_THAT(scene.causes(),
              ElementsAre(HasSubstr("`sudo ufw allow 8266/tcp` there"), HasSubstr("No firewall")));
}

TEST(Diagnosis, SilenceMayBeTheWrongPort) {
  Scene scene{UpdateError::no_answer};
  EXPECT_THAT(scene.causes(), ElementsAre(HasSubstr("ping -c 1 192.168.1.20"), HasSubstr("-p 3232"),
                                          HasSubstr("sudo ufw allow 8266/udp")));
  scene.attempt.device.port = 3232;
  EXPECT_THAT(scene.causes()[1], HasSubstr("-p 8266"));
  scene.attempt.device.port = 80;
  EXPECT_THAT(scene.causes()[1], HasSubstr("80 may not be its OTA port"));
}

TEST(Diagnosis, ADeviceThatRefusesIsThere) {
  Scene scene{UpdateError::no_answer};
  scene.failure.message = fmt::format("devding {} 8266", cli::nothing_listens);
  EXPECT_THAT(scene.causes(), ElementsAre(HasSubstr("-p 3232"), HasSubstr("console")));
}

TEST(Diagnosis, SilenceMayBeAnotherNetwork) {
  Scene scene{UpdateError::no_answer};
  scene.attempt.device.address = address("192.168.7.20");
  EXPECT_THAT(scene.causes()[2],
              AllOf(HasSubstr("192.168.7.20 is in none"), HasSubstr("192.168.1.5 (eth0)")));
}

TEST(Diagnosis, NoRouteNamesOurAddresses) {
  Scene scene{UpdateError::no_route};
  scene.facts.way.reset();
  EXPECT_THAT(scene.causes(),
              ElementsAre(AllOf(HasSubstr("ip route get 192.168.1.20"), HasSubstr("192.168.1.5 (eth0)"))));
  scene.options.host_address = "10.0.0.5";
  EXPECT_THAT(scene.causes().back(), HasSubstr("-I 10.0.0.5"));
}

TEST(Diagnosis, AWrongPasswordMayBeAHashOrAnotherScheme) {
  Scene scene{UpdateError::wrong_password};
  scene.options.password = "secret";
  EXPECT_THAT(scene.causes(), ElementsAre(HasSubstr("setPassword()"), HasSubstr("older")));
  scene.options.password = std::string(32, 'a');
  EXPECT_THAT(scene.causes().front(), HasSubstr("looks like a hash"));
  scene.options.password = std::string(64, 'a');
  EXPECT_THAT(scene.causes().front(), HasSubstr("looks like a hash"));
  scene.options.password = "secret";
  scene.options.first_hash = wire::StoredHash::md5;
  EXPECT_THAT(scene.causes()[1], AllOf(HasSubstr("-m"), HasSubstr("3.3.1")));
  scene.attempt.protocol = Protocol::extension;
  EXPECT_THAT(scene.causes(), ElementsAre(HasSubstr("`passwd`")));
}

TEST(Diagnosis, NoSpaceHasBothNumbers) {
  Scene scene{UpdateError::no_space};
  scene.failure.device_says = "not enough space: 300000 bytes, the slot holds 262144";
  EXPECT_THAT(scene.causes().front(), AllOf(HasSubstr("300000 bytes"), HasSubstr("holds 262144")));
}

TEST(Diagnosis, PortsAndAddressesThatCannotBeUsed) {
  Scene scene{UpdateError::listen_failed};
  EXPECT_THAT(scene.causes(), IsEmpty());
  scene.options.host_address = "10.0.0.5";
  scene.options.host_port = 41234;
  EXPECT_THAT(scene.causes(),
              ElementsAre(HasSubstr("ip -brief address"), HasSubstr("ss -tlnp 'sport = :41234'")));
}

TEST(Diagnosis, TheAdviceOfOtherErrorsSaysItAll) {
  EXPECT_THAT(Scene{UpdateError::not_confirmed}.causes(), IsEmpty());
  EXPECT_THAT(Scene{UpdateError::signature_wrong}.causes(), IsEmpty());
}

class HostFactsTest : public ::testing::Test {
 protected:
  void have(std::string_view path, std::string_view content = "") {
    const std::filesystem::path full = root_ / path;
    std::filesystem::create_directories(full.parent_path());
    root_.write(path, content);
  }
  [[nodiscard]] cli::HostFacts facts(std::string_view device = "127.0.0.1") const {
    return cli::host_facts({address(device), 8266, 0}, root_.path());
  }
  TempDirectory root_;
};

TEST_F(HostFactsTest, FindsTheWay) {
  ASSERT_TRUE(facts().way);
  EXPECT_EQ(facts().way->address, address("127.0.0.1"));
  EXPECT_EQ(facts().way->interface, "lo");
}

TEST_F(HostFactsTest, FindsFirewallsTheOneThatIsOnFirst) {
  EXPECT_THAT(facts().firewalls, IsEmpty());
  have("usr/sbin/ufw");
  have("usr/sbin/nft");
  have("usr/bin/firewall-cmd");
  have("etc/ufw/ufw.conf", "# ENABLED=yes\nENABLED=no\n");
  auto found = facts().firewalls;
  ASSERT_EQ(found.size(), 3U);
  EXPECT_EQ(found[0].kind, FirewallKind::ufw);
  EXPECT_FALSE(found[0].on);
  have("run/firewalld.pid");
  found = facts().firewalls;
  EXPECT_EQ(found[0].kind, FirewallKind::firewalld);
  EXPECT_TRUE(found[0].on);
  have("etc/ufw/ufw.conf", "# comment\nENABLED=yes\n");
  EXPECT_EQ(facts().firewalls[0].kind, FirewallKind::ufw);
  EXPECT_TRUE(facts().firewalls[0].on);
}

TEST_F(HostFactsTest, TellsMachinesInMachines) {
  EXPECT_EQ(facts().confinement, Confinement::none);
  have("run/.containerenv");
  EXPECT_EQ(facts().confinement, Confinement::container);
  have("proc/sys/kernel/osrelease", "5.15.90.1-microsoft-standard-WSL2\n");
  EXPECT_EQ(facts().confinement, Confinement::wsl);
}

TEST(Subnets, CountBits) {
  const posix::InterfaceAddress here = own("eth0", "192.168.1.5", 96 + 23);
  EXPECT_TRUE(posix::in_subnet(address("192.168.0.255"), here));
  EXPECT_TRUE(posix::in_subnet(address("192.168.1.20"), here));
  EXPECT_FALSE(posix::in_subnet(address("192.168.2.1"), here));
  EXPECT_FALSE(posix::in_subnet(address("fd00::1"), here));
  EXPECT_FALSE(posix::in_subnet(address("192.168.1.20"), own("eth0", "192.168.1.5", 0)));
  EXPECT_EQ(posix::owner_of(address("127.0.0.1"))->prefix_bits, 96 + 8);
}

}  // namespace
}  // namespace airlift::testing
