#include "target_selection.hpp"

#include <gmock/gmock.h>

#include "airlift_posix/address.hpp"
#include "push_rig.hpp"

namespace airlift::testing {
namespace {

using cli::PasswordNeed;
using cli::TargetRequest;
using cli::TargetSelection;
using EventKind = posix::BrowserEvent::Kind;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr Instant start{seconds{100}};

/// A selection with its surroundings scripted. What it says is kept as texts: "kitchen@192.168.1.20:8266".
struct Rig {
  explicit Rig(TargetRequest request) : selection{start, std::move(request)} {}

  void sees(const std::string& name, std::uint8_t host, std::uint16_t port = 8266,
            const std::string& board = "esp12", EventKind kind = EventKind::found) {
    selection.browsed(
        now,
        {kind,
         {name, name + ".local", {ipv4(host, port)}, "eth0", {{"board", board}, {"auth_upload", "yes"}}}});
  }
  void mdns_fails() { selection.browsed(now, {EventKind::failed, {}}); }
  void system_says(const std::string& host, const std::vector<port::Endpoint>& addresses) {
    selection.looked_up(now, host, addresses);
  }
  /// Wakes the selection as its driver does.
  void wait(milliseconds duration) {
    const Instant end = now + duration;
    while (selection.wake_at() <= end) {
      now = std::max(now, selection.wake_at());
      selection.tick(now);
    }
    now = end;
  }
  std::vector<std::string> found() {
    std::vector<std::string> texts;
    for (const cli::Finding& finding : selection.take_findings()) {
      last = finding;
      texts.push_back(finding.failure
                          ? "no " + finding.asked
                          : finding.target.name + "@" + posix::to_text(finding.target.endpoints.front()));
    }
    return texts;
  }

  TargetSelection selection;
  Instant now{start};
  cli::Finding last;
};

TargetRequest names(std::vector<std::string> list, milliseconds wait = {}) {
  TargetRequest request;
  request.names = std::move(list);
  request.wait = wait;
  return request;
}

TEST(TargetSelection, AddressesAreThereAtOnce) {
  TargetRequest request = names({"192.168.1.20", "192.168.1.21:3232", "[fd00::1]:8267"});
  request.port = 9999;
  Rig rig{request};
  EXPECT_THAT(rig.found(),
              ElementsAre("192.168.1.20@192.168.1.20:9999", "192.168.1.21:3232@192.168.1.21:3232",
                          "[fd00::1]:8267@[fd00::1]:8267"));
  EXPECT_TRUE(rig.selection.finished());
  EXPECT_FALSE(rig.selection.needs_mdns());
}

TEST(TargetSelection, ThePortIsTheEsp8266sUnlessToldOtherwise) {
  EXPECT_THAT(Rig{names({"192.168.1.20"})}.found(), ElementsAre("192.168.1.20@192.168.1.20:8266"));
}

TEST(TargetSelection, ANameIsTakenFromMdnsOnceItHasSettled) {
  Rig rig{names({"Kitchen.local"})};
  rig.sees("bath", 21);
  rig.sees("kitchen", 20, 8267);
  EXPECT_THAT(rig.found(), IsEmpty());
  rig.wait(TargetSelection::settle_time);
  EXPECT_THAT(rig.found(), ElementsAre("kitchen@192.168.1.20:8267"));
  EXPECT_EQ(rig.last.password, PasswordNeed::yes);
  EXPECT_EQ(rig.last.target.board, "esp12");
  EXPECT_TRUE(rig.selection.finished());
  EXPECT_THAT(rig.selection.take_lookups(), IsEmpty());
}

TEST(TargetSelection, TwoDevicesOfOneNameAreAnError) {
  Rig rig{names({"kitchen"})};
  rig.sees("kitchen", 20);
  rig.sees("kitchen", 21, 8267);
  rig.wait(TargetSelection::settle_time);
  EXPECT_THAT(rig.found(), ElementsAre("no kitchen"));
  EXPECT_THAT(
      rig.last.failure->message,
      HasSubstr("2 devices are called kitchen: kitchen (192.168.1.20:8266), kitchen (192.168.1.21:8267)"));
}

TEST(TargetSelection, WhatMdnsDoesNotKnowTheSystemIsAskedFor) {
  Rig rig{names({"kitchen:3232"})};
  rig.wait(TargetSelection::search_time - milliseconds{1});
  EXPECT_THAT(rig.selection.take_lookups(), IsEmpty());
  rig.wait(milliseconds{1});
  EXPECT_THAT(rig.selection.take_lookups(), ElementsAre("kitchen"));
  const port::Endpoint v6 = *cli::numeric_endpoint("fd00::1");
  rig.system_says("kitchen", {v6, ipv4(20, 0)});
  EXPECT_THAT(rig.found(), ElementsAre("kitchen@192.168.1.20:3232"));
  EXPECT_EQ(posix::to_text(rig.last.target.endpoints.back()), "[fd00::1]:3232");
  EXPECT_TRUE(rig.selection.finished());
}

TEST(TargetSelection, ANameWithADomainIsAskedOfTheSystemFirst) {
  Rig rig{names({"kitchen.example.org"})};
  EXPECT_THAT(rig.selection.take_lookups(), ElementsAre("kitchen.example.org"));
  rig.system_says("kitchen.example.org", {});
  rig.wait(TargetSelection::search_time);
  EXPECT_THAT(rig.selection.take_lookups(), IsEmpty());
  EXPECT_THAT(rig.found(), ElementsAre("no kitchen.example.org"));
}

TEST(TargetSelection, ANameThatNobodyKnows) {
  Rig rig{names({"kitchen"})};
  rig.wait(TargetSelection::search_time);
  rig.system_says("kitchen", {});
  EXPECT_THAT(rig.found(), ElementsAre("no kitchen"));
  EXPECT_EQ(rig.last.failure->code, UpdateError::name_not_found);
  EXPECT_THAT(rig.last.failure->message, HasSubstr("no device called kitchen answered by mDNS"));
  EXPECT_TRUE(rig.selection.finished());
}

TEST(TargetSelection, MdnsMayComeWhileTheSystemThinks) {
  Rig rig{names({"kitchen"})};
  rig.wait(TargetSelection::search_time);
  rig.sees("kitchen", 20);
  rig.system_says("kitchen", {});
  rig.wait(TargetSelection::settle_time);
  EXPECT_THAT(rig.found(), ElementsAre("kitchen@192.168.1.20:8266"));
}

TEST(TargetSelection, WithoutMdnsTheSystemIsAskedAtOnce) {
  Rig rig{names({"kitchen"})};
  rig.mdns_fails();
  EXPECT_THAT(rig.selection.take_lookups(), ElementsAre("kitchen"));
}

TEST(TargetSelection, WithoutMdnsNobodyIsWaitedFor) {
  Rig rig{names({"kitchen", "kitchen.example.org"}, seconds{60})};
  rig.system_says("kitchen.example.org", {});
  rig.mdns_fails();
  rig.system_says("kitchen", {});
  rig.wait(milliseconds{1});
  EXPECT_THAT(rig.found(), ElementsAre("no kitchen", "no kitchen.example.org"));
}

TEST(TargetSelection, ADeviceThatSleepsIsWaitedFor) {
  Rig rig{names({"kitchen", "bath"}, seconds{600})};
  rig.wait(TargetSelection::search_time);
  rig.system_says("kitchen", {});
  rig.system_says("bath", {});
  rig.wait(seconds{500});
  EXPECT_THAT(rig.found(), IsEmpty());
  rig.sees("kitchen", 20);
  rig.wait(TargetSelection::settle_time);
  EXPECT_THAT(rig.found(), ElementsAre("kitchen@192.168.1.20:8266"));
  EXPECT_FALSE(rig.selection.finished());
  rig.wait(seconds{100});
  EXPECT_THAT(rig.found(), ElementsAre("no bath"));
  EXPECT_TRUE(rig.selection.finished());
}

TEST(TargetSelection, AllThatMdnsShowsOnceEach) {
  TargetRequest request = names({"192.168.1.22"});
  request.all = true;
  Rig rig{request};
  rig.sees("kitchen", 20);
  rig.sees("bath", 21, 8267);
  rig.sees("named too", 22);
  rig.wait(TargetSelection::settle_time);
  EXPECT_THAT(rig.found(), ElementsAre("192.168.1.22@192.168.1.22:8266", "bath@192.168.1.21:8267",
                                       "kitchen@192.168.1.20:8266"));
  rig.sees("kitchen", 20, 8266, "esp12", EventKind::lost);
  rig.sees("kitchen", 30);  // back with another address
  rig.wait(TargetSelection::search_time);
  EXPECT_THAT(rig.found(), IsEmpty());
  EXPECT_TRUE(rig.selection.finished());
}

TEST(TargetSelection, LateOnesWithinTheWait) {
  TargetRequest request;
  request.all = true;
  request.wait = seconds{60};
  Rig rig{request};
  rig.wait(seconds{59});
  EXPECT_FALSE(rig.selection.finished());
  rig.sees("kitchen", 20);
  rig.wait(TargetSelection::settle_time);
  EXPECT_THAT(rig.found(), ElementsAre("kitchen@192.168.1.20:8266"));
  rig.wait(seconds{1});
  EXPECT_TRUE(rig.selection.finished());
}

TEST(TargetSelection, BoardAndGlobNarrow) {
  TargetRequest request;
  request.boards = {"esp12", "esp32"};
  request.globs = {"Kitchen-*", "b?th"};
  Rig rig{request};
  rig.sees("kitchen-lamp", 20);
  rig.sees("kitchen", 21);
  rig.sees("bath", 22, 8266, "esp32");
  rig.sees("booth", 23);
  rig.sees("kitchen-fan", 24, 8266, "linux");
  rig.wait(TargetSelection::search_time);
  EXPECT_THAT(rig.found(), ElementsAre("bath@192.168.1.22:8266", "kitchen-lamp@192.168.1.20:8266"));
}

TEST(TargetSelection, NothingLikeThePatternIsAnError) {
  TargetRequest request;
  request.boards = {"esp32"};
  Rig rig{request};
  rig.sees("kitchen", 20);
  rig.wait(TargetSelection::search_time);
  EXPECT_THAT(rig.found(), ElementsAre("no --all, --board or --match"));
  EXPECT_EQ(rig.last.failure->code, UpdateError::name_not_found);
}

TEST(TargetSelection, GivingUpTellsWhatIsMissing) {
  TargetRequest request = names({"kitchen", "bath"}, seconds{60});
  Rig rig{request};
  rig.sees("bath", 21);
  rig.wait(TargetSelection::settle_time);
  EXPECT_THAT(rig.found(), ElementsAre("bath@192.168.1.21:8266"));
  EXPECT_THAT(rig.selection.give_up(), ElementsAre("kitchen"));
  EXPECT_TRUE(rig.selection.finished());
  rig.sees("kitchen", 20);
  EXPECT_THAT(rig.found(), IsEmpty());
}

}  // namespace
}  // namespace airlift::testing
