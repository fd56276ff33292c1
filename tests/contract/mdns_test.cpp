// MdnsAdvertiser and MdnsBrowser together, on the loopback interface and in networks of their own.

#include <gmock/gmock.h>
#include <sched.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <string>
#include <vector>

#include "airlift_posix/address.hpp"
#include "airlift_posix/interfaces.hpp"
#include "airlift_posix/mdns_advertiser.hpp"
#include "airlift_posix/mdns_browser.hpp"
#include "support/eventually.hpp"
#include "support/mdns_services.hpp"

namespace airlift {
namespace {

using posix::BrowserEvent;
using posix::DiscoveredService;
using posix::EventLoop;
using posix::MdnsAdvertiser;
using posix::MdnsBrowser;
using testing::eventually;
using testing::own_name;
using testing::service;
using testing::service_type;
using State = port::Advertiser::State;
using ::testing::ElementsAre;
using ::testing::Pair;

/// Looks on one interface and keeps what it saw of one name (and names derived from it).
class Observer {
 public:
  Observer(EventLoop& loop, std::string name_start, std::string interface = "lo",
           std::string of_type = std::string{service_type})
      : name_start_{std::move(name_start)},
        browser_{loop, std::move(of_type), [this](const BrowserEvent& event) { take(event); },
                 std::move(interface)} {}

  [[nodiscard]] std::size_t count(BrowserEvent::Kind kind) const {
    return static_cast<std::size_t>(std::count_if(
        events.begin(), events.end(), [kind](const BrowserEvent& event) { return event.kind == kind; }));
  }

  std::vector<BrowserEvent> events;
  bool all_for_now{false};

 private:
  void take(const BrowserEvent& event) {
    all_for_now = all_for_now || event.kind == BrowserEvent::Kind::all_for_now;
    if (event.service.name.starts_with(name_start_)) events.push_back(event);
  }

  std::string name_start_;
  MdnsBrowser browser_;
};

class Mdns : public ::testing::Test {
 protected:
  bool settle(MdnsAdvertiser& advertiser) {
    return eventually(loop_, [&] { return advertiser.state() == State::established; });
  }

  EventLoop loop_;
};

TEST_F(Mdns, BrowserSeesEverythingOfAServiceAndThatItGoes) {
  const std::string name = own_name("seen");
  Observer observer{loop_, name};
  MdnsAdvertiser advertiser{loop_, testing::mdns_address()};
  const port::TxtEntry txt[]{{"board", "linux"}, {"tcp_check", "no"}, {"note", "a=b"}};
  ASSERT_TRUE(advertiser.advertise(name, service(8266, txt)).ok());
  ASSERT_TRUE(eventually(loop_, [&] { return observer.events.size() == 1; }));
  const BrowserEvent found = observer.events[0];
  EXPECT_EQ(found.kind, BrowserEvent::Kind::found);
  EXPECT_EQ(found.service.name, name);
  EXPECT_EQ(found.service.host, name + ".local");
  EXPECT_THAT(found.service.endpoints, ElementsAre(port::Endpoint{testing::mdns_address(), 8266, 0}));
  EXPECT_EQ(found.service.interface, "lo");
  EXPECT_THAT(found.service.txt,
              ElementsAre(Pair("board", "linux"), Pair("note", "a=b"), Pair("tcp_check", "no")));

  ASSERT_TRUE(settle(advertiser));
  advertiser.withdraw();
  ASSERT_TRUE(eventually(loop_, [&] { return observer.events.size() == 2; }));
  EXPECT_EQ(observer.events[1].kind, BrowserEvent::Kind::lost);
  EXPECT_EQ(observer.events[1].service, found.service);
}

TEST_F(Mdns, BrowserSeesARestartWithTheSameNameAndAnotherPort) {
  const std::string name = own_name("again");
  Observer observer{loop_, name};
  MdnsAdvertiser advertiser{loop_, testing::mdns_address()};
  ASSERT_TRUE(advertiser.advertise(name, service(1000)).ok());
  ASSERT_TRUE(settle(advertiser));
  ASSERT_TRUE(eventually(loop_, [&] { return !observer.events.empty(); }));
  ASSERT_TRUE(advertiser.advertise(name, service(2000)).ok());
  ASSERT_TRUE(settle(advertiser));
  EXPECT_EQ(advertiser.name(), name);
  EXPECT_TRUE(eventually(loop_, [&] {
    const BrowserEvent& last = observer.events.back();
    return last.kind != BrowserEvent::Kind::lost && last.service.endpoints[0].port == 2000;
  }));
}

TEST_F(Mdns, BrowserTellsWhenAllThatWasThereIsReported) {
  const std::string name = own_name("early");
  MdnsAdvertiser advertiser{loop_, testing::mdns_address()};
  ASSERT_TRUE(advertiser.advertise(name, service(1000)).ok());
  ASSERT_TRUE(settle(advertiser));
  // An answer that was multicast within the last second is not given again (RFC 6762, 6), and "all for now"
  // comes after about a second: the first questions may fall into the announcements.
  std::size_t found{0};
  for (int tries = 0; tries < 5 && found == 0; ++tries) {
    Observer observer{loop_, name};
    ASSERT_TRUE(eventually(loop_, [&] { return observer.all_for_now; }));
    found = observer.count(BrowserEvent::Kind::found);
  }
  EXPECT_EQ(found, 1U);
}

TEST_F(Mdns, OneAddressCarriesManyNamesWithoutQuarrel) {
  // With reverse records both would rename themselves for ever.
  std::vector<std::unique_ptr<MdnsAdvertiser>> advertisers;
  Observer observer{loop_, own_name("many")};
  for (std::uint16_t i = 0; i < 5; ++i) {
    advertisers.push_back(std::make_unique<MdnsAdvertiser>(loop_, testing::mdns_address()));
    const std::string name = own_name("many") + static_cast<char>('a' + i);
    ASSERT_TRUE(advertisers.back()->advertise(name, service(static_cast<std::uint16_t>(1000 + i))).ok());
  }
  for (std::uint16_t i = 0; i < 5; ++i) {
    ASSERT_TRUE(settle(*advertisers[i]));
    EXPECT_EQ(advertisers[i]->name(), own_name("many") + static_cast<char>('a' + i));
  }
  EXPECT_TRUE(eventually(loop_, [&] { return observer.count(BrowserEvent::Kind::found) == 5; }));
}

TEST_F(Mdns, TwoThatStartAtTheSameTimeEndWithTwoNames) {
  const std::string name = own_name("race");
  MdnsAdvertiser first{loop_, testing::mdns_address()};
  MdnsAdvertiser second{loop_, *posix::parse_address("127.0.0.2")};
  ASSERT_TRUE(first.advertise(name, service(1000)).ok());
  ASSERT_TRUE(second.advertise(name, service(1000)).ok());
  ASSERT_TRUE(settle(first));
  ASSERT_TRUE(settle(second));
  EXPECT_NE(first.name(), second.name());
  EXPECT_EQ(std::min(first.name(), second.name()), name);
  EXPECT_EQ(std::max(first.name(), second.name()), name + "-2");
}

TEST_F(Mdns, PublishesOnlyTheAddressItWasMadeWith) {
  const std::string name = own_name("address");
  Observer observer{loop_, name};
  MdnsAdvertiser advertiser{loop_, *posix::parse_address("127.0.0.5")};
  ASSERT_TRUE(advertiser.advertise(name, service(1000)).ok());
  ASSERT_TRUE(eventually(loop_, [&] { return !observer.events.empty(); }));
  EXPECT_EQ(posix::to_text(observer.events[0].service.endpoints[0]), "127.0.0.5:1000");
}

TEST_F(Mdns, BrowserTellsAllAddressesIpv4First) {
  if (!posix::owner_of(*posix::parse_address("::1"))) GTEST_SKIP() << "this machine has no IPv6";
  const std::string name = own_name("both");
  Observer observer{loop_, name};
  MdnsAdvertiser advertiser{loop_, *posix::parse_address("::")};
  ASSERT_TRUE(advertiser.advertise(name, service(1000)).ok());
  ASSERT_TRUE(eventually(loop_, [&] {
    return !observer.events.empty() && observer.events.back().service.endpoints.size() == 2;
  }));
  EXPECT_THAT(observer.events.back().service.endpoints,
              ElementsAre(port::Endpoint{testing::mdns_address(), 1000, 0},
                          port::Endpoint{*posix::parse_address("::1"), 1000, 0}));
  EXPECT_EQ(observer.count(BrowserEvent::Kind::found), 1U);
  EXPECT_EQ(observer.count(BrowserEvent::Kind::lost), 0U);

  ASSERT_TRUE(settle(advertiser));
  advertiser.withdraw();
  ASSERT_TRUE(eventually(loop_, [&] { return observer.count(BrowserEvent::Kind::lost) == 1; }));
  // Answers over both families are of one service.
  EXPECT_EQ(observer.count(BrowserEvent::Kind::found), 1U);
}

TEST_F(Mdns, PublishesAnIpv6AddressAlone) {
  if (!posix::owner_of(*posix::parse_address("::1"))) GTEST_SKIP() << "this machine has no IPv6";
  const std::string name = own_name("six");
  Observer observer{loop_, name};
  MdnsAdvertiser advertiser{loop_, *posix::parse_address("::1")};
  ASSERT_TRUE(advertiser.advertise(name, service(1000)).ok());
  ASSERT_TRUE(eventually(loop_, [&] { return !observer.events.empty(); }));
  EXPECT_THAT(observer.events[0].service.endpoints,
              ElementsAre(port::Endpoint{*posix::parse_address("::1"), 1000, 0}));
}

TEST_F(Mdns, MakesAHostNameOfAnyName) {
  const std::string name = own_name(
      "My. Dev\xC3\xAF"
      "ce");
  Observer observer{loop_, name};
  MdnsAdvertiser first{loop_, testing::mdns_address()};
  MdnsAdvertiser second{loop_, testing::mdns_address()};
  ASSERT_TRUE(first.advertise(name, service(1000)).ok());
  ASSERT_TRUE(settle(first));
  ASSERT_TRUE(second.advertise(name, service(1001)).ok());
  ASSERT_TRUE(settle(second));
  EXPECT_EQ(second.name(), name + " #2");
  ASSERT_TRUE(eventually(loop_, [&] { return observer.count(BrowserEvent::Kind::found) == 2; }));
  EXPECT_EQ(observer.events[0].service.name, name);
  EXPECT_EQ(observer.events[0].service.host, own_name("My--Dev--ce.local"));
}

TEST_F(Mdns, BrowserSeesEachServiceOfADevice) {
  const std::string name = own_name("three");
  posix::MdnsName shared{loop_, testing::mdns_address()};
  MdnsAdvertiser uploads{shared};
  MdnsAdvertiser page{shared};
  const port::TxtEntry txt[]{{"path", "/"}};
  Observer of_uploads{loop_, name};
  Observer of_page{loop_, name, "lo", "_http._tcp"};
  ASSERT_TRUE(uploads.advertise(name, service(8266)).ok());
  ASSERT_TRUE(page.advertise(name, {"_http._tcp", 8080, txt}).ok());
  ASSERT_TRUE(eventually(loop_, [&] { return !of_uploads.events.empty() && !of_page.events.empty(); }));
  EXPECT_THAT(of_uploads.events[0].service.endpoints,
              ElementsAre(port::Endpoint{testing::mdns_address(), 8266, 0}));
  EXPECT_THAT(of_page.events[0].service.endpoints,
              ElementsAre(port::Endpoint{testing::mdns_address(), 8080, 0}));
  EXPECT_THAT(of_page.events[0].service.txt, ElementsAre(Pair("path", "/")));
  EXPECT_EQ(of_page.events[0].service.host, of_uploads.events[0].service.host);
}

TEST_F(Mdns, KeepsItsServicesWhenAnotherCannotBeAdvertised) {
  posix::MdnsName shared{loop_, testing::mdns_address()};
  MdnsAdvertiser good{shared};
  MdnsAdvertiser bad{shared};
  ASSERT_TRUE(good.advertise(own_name("good"), service(1)).ok());
  EXPECT_EQ(bad.advertise(own_name("good"), {"no type", 1, {}}).error(), UpdateError::network_failed);
  EXPECT_EQ(bad.state(), State::silent);
  EXPECT_TRUE(settle(good));
}

TEST_F(Mdns, FailsAtOnceWithWhatCannotBeAdvertised) {
  MdnsAdvertiser advertiser{loop_, testing::mdns_address()};
  EXPECT_EQ(advertiser.advertise("", service(1)).error(), UpdateError::network_failed);
  EXPECT_EQ(advertiser.advertise(std::string(64, 'x'), service(1)).error(), UpdateError::network_failed);
  EXPECT_EQ(advertiser.advertise("x", {"no type", 1, {}}).error(), UpdateError::network_failed);
  EXPECT_EQ(advertiser.state(), State::silent);
  MdnsAdvertiser elsewhere{loop_, *posix::parse_address("203.0.113.77")};
  EXPECT_EQ(elsewhere.advertise("x", service(1)).error(), UpdateError::network_failed);
}

TEST_F(Mdns, BrowserFailsOnAnUnknownInterfaceOrType) {
  for (const auto& [what, interface] :
       {std::pair{"_arduino._tcp", "no-such-if"}, std::pair{"nonsense", "lo"}}) {
    std::vector<BrowserEvent::Kind> kinds;
    const MdnsBrowser browser{loop_, what, [&](const BrowserEvent& event) { kinds.push_back(event.kind); },
                              interface};
    EXPECT_TRUE(kinds.empty());
    EXPECT_TRUE(eventually(loop_, [&] { return !kinds.empty(); }));
    EXPECT_THAT(kinds, ElementsAre(BrowserEvent::Kind::failed));
  }
}

constexpr int skipped{77};

bool ip(const char* arguments) {
  // Constant texts only.
  return std::system((std::string{"ip "} + arguments).c_str()) == 0;
}

/// The rest of this process has a network of its own: lo and a pair of interfaces without addresses.
bool enter_own_network() {
  return (unshare(CLONE_NEWNET) == 0 || unshare(CLONE_NEWUSER | CLONE_NEWNET) == 0) && ip("link set lo up") &&
         ip("link add v0 type veth peer name v1") && ip("link set v0 up") && ip("link set v1 up");
}

bool is_seen_at(EventLoop& loop, const Observer& observer, std::vector<std::string> addresses) {
  return eventually(loop, [&] {
    if (observer.events.empty() || observer.events.back().kind == BrowserEvent::Kind::lost) return false;
    std::vector<std::string> seen;
    for (const port::Endpoint& endpoint : observer.events.back().service.endpoints) {
      seen.push_back(posix::to_text(endpoint.address));
    }
    return seen == addresses;
  });
}

/// Runs in a process of its own. 0: as expected, `skipped`: not possible here, else: where it failed.
int follow_addresses_in_own_network() {
  if (!enter_own_network()) return skipped;
  EventLoop loop;
  MdnsAdvertiser advertiser{loop, *posix::parse_address("0.0.0.0")};
  Observer observer{loop, "moving", "v0"};
  if (!advertiser.advertise("moving", service(1000)).ok()) return 1;
  if (!eventually(loop, [&] { return advertiser.state() == State::established; })) return 2;
  if (!ip("addr add 10.9.0.1/24 dev v0") || !is_seen_at(loop, observer, {"10.9.0.1"})) return 3;
  if (!ip("addr del 10.9.0.1/24 dev v0") || !ip("addr add 10.9.0.2/24 dev v0") ||
      !is_seen_at(loop, observer, {"10.9.0.2"}))
    return 4;
  return advertiser.name() == "moving" ? 0 : 5;
}

/// Likewise.
int use_ipv6_alone_in_own_network() {
  if (!enter_own_network() || !ip("addr del 127.0.0.1/8 dev lo") ||
      !ip("addr add fd00:9::1/64 dev v0 nodad")) {
    return skipped;
  }
  EventLoop loop;
  MdnsAdvertiser advertiser{loop, *posix::parse_address("::")};
  Observer observer{loop, "six", "v0"};
  if (!advertiser.advertise("six", service(1000)).ok()) return 1;
  if (!is_seen_at(loop, observer, {"fd00:9::1"})) return 2;
  if (!ip("addr add 10.9.0.1/24 dev v0") || !is_seen_at(loop, observer, {"10.9.0.1", "fd00:9::1"})) return 3;
  if (!ip("addr del fd00:9::1/64 dev v0") || !is_seen_at(loop, observer, {"10.9.0.1"})) return 4;
  return advertiser.name() == "six" ? 0 : 5;
}

/// Likewise.
int lose_ipv4_in_own_network() {
  if (!enter_own_network() || !ip("addr add fd00:9::1/64 dev v0 nodad") ||
      !ip("addr add 10.9.0.1/24 dev v0")) {
    return skipped;
  }
  EventLoop loop;
  MdnsAdvertiser advertiser{loop, *posix::parse_address("fd00:9::1")};
  if (!advertiser.advertise("stays", service(1000)).ok()) return 1;
  if (!eventually(loop, [&] { return advertiser.state() == State::established; })) return 2;
  Observer observer{loop, "stays", "v0"};
  if (!eventually(loop, [&] { return observer.all_for_now && !observer.events.empty(); })) return 3;
  bool changed{false};
  const posix::AddressWatch watch{loop, [&] { changed = true; }};
  if (!ip("addr del 10.9.0.1/24 dev v0") || !eventually(loop, [&] { return changed; })) return 4;
  for (int i = 0; i < 20; ++i) loop.iterate(std::chrono::milliseconds{1});  // avahi is told, too
  if (observer.count(BrowserEvent::Kind::lost) != 0) return 5;
  advertiser.withdraw();
  return eventually(loop, [&] { return observer.count(BrowserEvent::Kind::lost) == 1; }) ? 0 : 6;
}

void run_in_child(int (*work)()) {
  const pid_t child = fork();
  if (child == 0) _exit(work());
  int status{0};
  ASSERT_EQ(waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFEXITED(status));
  if (WEXITSTATUS(status) == skipped) GTEST_SKIP() << "needs network namespaces, IPv6 and the program ip";
  EXPECT_EQ(WEXITSTATUS(status), 0);
}

TEST_F(Mdns, FollowsTheMachinesAddresses) {
  run_in_child(follow_addresses_in_own_network);
}

TEST_F(Mdns, IsSeenAsLongAsOneFamilyTellsIt) {
  run_in_child(lose_ipv4_in_own_network);
}

TEST_F(Mdns, WorksWhereThereIsOnlyIpv6) {
  run_in_child(use_ipv6_alone_in_own_network);
}

}  // namespace
}  // namespace airlift
