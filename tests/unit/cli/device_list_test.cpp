#include "device_list.hpp"

#include <gmock/gmock.h>

#include "discover_command.hpp"
#include "push_rig.hpp"

namespace airlift::testing {
namespace {

using cli::Device;
using cli::DeviceList;
using cli::PasswordNeed;
using ChangeKind = DeviceList::Change::Kind;
using EventKind = posix::BrowserEvent::Kind;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

port::Endpoint loopback(std::uint16_t port) {
  return {port::IpAddress{{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, 127, 0, 0, 1}}, port, 0};
}

posix::DiscoveredService service(std::string name, std::string interface = "eth0",
                                 port::Endpoint endpoint = ipv4(20, 8266)) {
  return {
      name, name + ".local", {endpoint}, std::move(interface), {{"board", "esp12"}, {"auth_upload", "yes"}}};
}

TEST(DeviceList, FoundUpdatedLost) {
  DeviceList list;
  posix::DiscoveredService kitchen = service("kitchen");
  EXPECT_EQ(list.apply({EventKind::found, kitchen}).kind, ChangeKind::found);
  EXPECT_EQ(list.apply({EventKind::found, kitchen}).kind, ChangeKind::none);
  kitchen.txt["auth_upload"] = "no";
  const auto updated = list.apply({EventKind::updated, kitchen});
  EXPECT_EQ(updated.kind, ChangeKind::updated);
  EXPECT_EQ(updated.device.password(), PasswordNeed::no);
  EXPECT_EQ(list.apply({EventKind::lost, kitchen}).kind, ChangeKind::lost);
  EXPECT_EQ(list.apply({EventKind::lost, kitchen}).kind, ChangeKind::none);
  EXPECT_THAT(list.devices(), SizeIs(0));
}

TEST(DeviceList, OneDeviceOnTwoInterfacesIsListedOnce) {
  DeviceList list;
  EXPECT_EQ(list.apply({EventKind::found, service("devding", "aa-lo", loopback(8266))}).kind,
            ChangeKind::found);
  EXPECT_EQ(list.apply({EventKind::found, service("devding", "eth0")}).kind, ChangeKind::updated);
  ASSERT_THAT(list.devices(), SizeIs(1));
  // Other machines do not reach the loopback address: it comes last.
  EXPECT_THAT(list.devices().front().interfaces, ElementsAre("eth0", "aa-lo"));
  EXPECT_EQ(list.devices().front().endpoint(), ipv4(20, 8266));
  EXPECT_EQ(list.apply({EventKind::lost, service("devding", "eth0")}).kind, ChangeKind::updated);
  EXPECT_EQ(list.devices().front().endpoint(), loopback(8266));
}

TEST(DeviceList, OtherPortIsAnotherDevice) {
  DeviceList list;
  list.apply({EventKind::found, service("devding", "eth0", ipv4(20, 8266))});
  list.apply({EventKind::found, service("devding", "eth1", ipv4(21, 8267))});
  EXPECT_THAT(list.matching("devding"), SizeIs(2));
}

TEST(DeviceList, OtherEventsChangeNothing) {
  DeviceList list;
  EXPECT_EQ(list.apply({EventKind::all_for_now, {}}).kind, ChangeKind::none);
  EXPECT_EQ(list.apply({EventKind::failed, {}}).kind, ChangeKind::none);
  EXPECT_THAT(list.devices(), SizeIs(0));
}

TEST(DeviceList, MatchesNameAndHostWithAndWithoutDomainInAnyCase) {
  DeviceList list;
  posix::DiscoveredService kitchen = service("Kitchen light #2");
  kitchen.host = "esp-1234.local";
  list.apply({EventKind::found, kitchen});
  for (const auto* name : {"Kitchen light #2", "kitchen LIGHT #2", "esp-1234", "ESP-1234.local",
                           "esp-1234.Local.", "Kitchen light #2.local"}) {
    EXPECT_THAT(list.matching(name), SizeIs(1)) << name;
  }
  for (const auto* name : {"Kitchen light", "esp-123", "esp-1234.lan", "", ".local"}) {
    EXPECT_THAT(list.matching(name), SizeIs(0)) << name;
  }
}

TEST(Device, PasswordIsUnknownWithoutTxt) {
  EXPECT_EQ(Device{}.password(), PasswordNeed::unknown);
  EXPECT_EQ(Device{}.board(), "");
}

TEST(DiscoverText, TableFitsItsColumns) {
  DeviceList list;
  list.apply({EventKind::found, service("a")});
  posix::DiscoveredService other = service("a-much-longer-name");
  other.txt.clear();
  list.apply({EventKind::found, other});
  EXPECT_EQ(cli::to_table(list.devices()),
            "NAME                ADDRESS       PORT  BOARD  PASSWORD\n"
            "a                   192.168.1.20  8266  esp12  yes\n"
            "a-much-longer-name  192.168.1.20  8266  -      -\n");
}

TEST(DiscoverText, NamesCannotMoveTheCursor) {
  DeviceList list;
  list.apply({EventKind::found, service("evil\x1b[2J\n")});
  EXPECT_THAT(cli::to_table(list.devices()), HasSubstr("evil?[2J?"));
}

TEST(DiscoverText, JsonHasNullForWhatIsNotTold) {
  DeviceList list;
  posix::DiscoveredService plain = service("plain");
  plain.txt = {};
  list.apply({EventKind::found, plain});
  EXPECT_EQ(cli::to_json(list.devices()),
            R"([{"name":"plain","host":"plain.local","address":"192.168.1.20","port":8266,"board":null,)"
            R"("password":null,"addresses":[{"address":"192.168.1.20","interface":"eth0"}],"txt":{}}])");
  EXPECT_EQ(cli::to_json(std::vector<Device>{}), "[]");
}

TEST(DiscoverText, ChangesAreOneLineEach) {
  DeviceList list;
  const auto change = list.apply({EventKind::found, service("devding")});
  EXPECT_EQ(cli::to_text(change), "found    devding  192.168.1.20  port 8266  board esp12  password yes");
  EXPECT_THAT(cli::to_json(change), ::testing::StartsWith(R"({"event":"found","name":"devding")"));
}

TEST(DiscoverText, BytesThatAreNoUtf8StayJson) {
  DeviceList list;
  list.apply({EventKind::found, service("bad\xFF")});
  EXPECT_THAT(cli::to_json(list.devices()), HasSubstr("bad\xEF\xBF\xBD"));
}

}  // namespace
}  // namespace airlift::testing
