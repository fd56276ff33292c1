#include "airlift/element/device_element.hpp"

#include <gtest/gtest.h>

#include "airlift/element/board.hpp"
#include "support/fake_system.hpp"
#include "support/memory_sink.hpp"

namespace airlift::element {
namespace {

using testing::values_of;

TEST(DeviceElement, TakesOnlyNamesThatCanBeHostNames) {
  DeviceElement device{"default"};
  for (const std::string_view bad :
       {"", "with blank", "with.dot", "-lead", "trail-", "umlaut-\xc3\xa4", "nul\n"}) {
    EXPECT_EQ(device.set("name", bad), SetResult::bad_value) << bad;
  }
  EXPECT_EQ(device.set("name", std::string(64, 'a')), SetResult::bad_value);
  EXPECT_EQ(device.name(), "default");
  EXPECT_EQ(device.set("NAME", std::string(63, 'a')), SetResult::ok);
  EXPECT_EQ(device.set("name", "dev_ding-2"), SetResult::ok);
}

TEST(DeviceElement, ReadsBooleansAsHomeDingWritesThem) {
  DeviceElement device{"default"};
  EXPECT_TRUE(device.safe_mode());
  EXPECT_TRUE(device.service_discovery());
  for (const std::string_view no : {"false", "FALSE", "0", "no", "off"}) {
    EXPECT_EQ(device.set("safemode", "true"), SetResult::ok);
    EXPECT_EQ(device.set("safemode", no), SetResult::ok);
    EXPECT_FALSE(device.safe_mode()) << no;
  }
  EXPECT_EQ(device.set("sd", "maybe"), SetResult::bad_value);
  EXPECT_TRUE(device.service_discovery());
}

TEST(DeviceElement, TakesAHomePageThatCanStandInAHeader) {
  DeviceElement device{"default"};
  EXPECT_EQ(device.home_page(), "");
  for (const std::string_view bad : {"//elsewhere", "/a b", "/a\r\nX: y", "/\xc3\xa4"}) {
    EXPECT_EQ(device.set("homepage", bad), SetResult::bad_value) << bad;
  }
  EXPECT_EQ(device.set("homepage", "/" + std::string(128, 'a')), SetResult::bad_value);
  EXPECT_EQ(device.home_page(), "");
  EXPECT_EQ(device.set("HomePage", "ding-info.htm"), SetResult::ok);
  EXPECT_EQ(device.home_page(), "/ding-info.htm") << "HomeDing's example";
  for (const std::string_view good : {"/update", "http://192.0.2.1:8080/", "https://a.example/?b=c"}) {
    EXPECT_EQ(device.set("homepage", good), SetResult::ok);
    EXPECT_EQ(device.home_page(), good);
  }
  for (const std::string_view own : {"/", "", "index.htm", "/index.html"}) {
    EXPECT_EQ(device.set("homepage", "/update"), SetResult::ok);
    EXPECT_EQ(device.set("homepage", own), SetResult::ok);
    EXPECT_EQ(device.home_page(), "") << own;
  }
}

TEST(Time, IsReadAsHomeDingWritesIt) {
  EXPECT_EQ(parse_time("0"), seconds{0});
  EXPECT_EQ(parse_time("90"), seconds{90});
  EXPECT_EQ(parse_time("90s"), seconds{90});
  EXPECT_EQ(parse_time("30m"), seconds{1800});
  EXPECT_EQ(parse_time("24h"), seconds{86400});
  EXPECT_EQ(parse_time("2d"), seconds{172800});
  EXPECT_EQ(parse_time("1:30"), seconds{5400});
  EXPECT_EQ(parse_time("01:30:05"), seconds{5405});
  EXPECT_EQ(parse_time("366d"), seconds{366 * 86400});
  for (const std::string_view bad : {"", "s", "-1", "1x", "1 h", ":", "1:", ":30", "1:2:3:4", "367d",
                                     "4294967295d", "4294967295:00", "99999999999"}) {
    EXPECT_FALSE(parse_time(bad)) << bad;
  }
}

/// A device with another element that may be busy.
class Device : public ::testing::Test {
 protected:
  class Other final : public Element {
   public:
    bool is_busy{false};
    [[nodiscard]] bool busy() const override { return is_busy; }

   private:
    SetResult do_set(std::string_view, std::string_view) override { return SetResult::ok; }
    void do_start(Board&, Instant) override {}
    milliseconds do_loop(Instant) override { return idle_wait; }
    void do_stop() override {}
  };

  void SetUp() override {
    ASSERT_TRUE(registry.add("device", device, Presence::always));
    ASSERT_TRUE(registry.add("other", other, Presence::when_configured));
  }
  void set(std::string_view property, std::string_view value) {
    board.set({"env.json", "device", "0", property, value});
  }
  /// One turn, so long after the start.
  milliseconds turn_after(milliseconds time) { return board.loop(start + time); }

  ElementRegistry registry;
  DeviceElement device{"devding"};
  Other other;
  testing::MemoryLog log;
  testing::FakeSystem system;
  Board board{registry, device, log, system};
  Instant start{seconds{1000}};
};

TEST_F(Device, RestartsItselfAfterItsRebootTime) {
  set("RebootTime", "30m");
  board.start(start);
  EXPECT_EQ(turn_after(seconds{1799}), seconds{1});
  EXPECT_EQ(turn_after(milliseconds{1'799'500}), milliseconds{500});
  EXPECT_EQ(system.reboots, 0);
  (void)turn_after(seconds{1800});
  EXPECT_EQ(system.reboots, 1);
  (void)turn_after(seconds{1801});
  EXPECT_EQ(system.reboots, 1) << "it takes a moment";
  EXPECT_TRUE(log.contains("device/0: restarting, as reboottime says"));
}

TEST_F(Device, WaitsWithThatWhileAnythingIsUnderWay) {
  set("reboottime", "60");
  board.start(start);
  other.is_busy = true;
  (void)turn_after(seconds{60});
  (void)turn_after(seconds{600});
  EXPECT_EQ(system.reboots, 0);
  other.is_busy = false;
  (void)turn_after(seconds{601});
  EXPECT_EQ(system.reboots, 1);
}

TEST_F(Device, NeverRestartsItselfUnlessTold) {
  set("reboottime", "0");
  set("reboottime", "soon");
  board.start(start);
  (void)turn_after(std::chrono::hours{24 * 365});
  EXPECT_EQ(system.reboots, 0);
  EXPECT_TRUE(log.contains("the value of 'reboottime' cannot be used"));
}

TEST_F(Device, ShowsWhatItIsCalledAndHowItHasStarted) {
  set("title", "My device");
  set("room", "cellar");
  board.set_resets(2);
  board.start(start);
  const std::map<std::string, std::string> expected{
      {"active", "true"},    {"name", "devding"}, {"title", "My device"},
      {"description", ""},   {"room", "cellar"},  {"mode", "unsafe"},
      {"safemode", "false"}, {"sd", "true"},      {"homepage", "/"}};
  EXPECT_EQ(values_of(device), expected);
}

TEST_F(Device, ShowsWhenItRestartsAndWhereItSendsBrowsers) {
  set("reboottime", "60");
  set("homepage", "/update");
  board.start(start);
  (void)turn_after(milliseconds{10'500});
  auto values = values_of(device);
  EXPECT_EQ(values["nextboot"], "49");
  EXPECT_EQ(values["homepage"], "/update");
  EXPECT_EQ(values["safemode"], "true");
  other.is_busy = true;
  (void)turn_after(seconds{90});
  EXPECT_EQ(values_of(device)["nextboot"], "0");
}

}  // namespace
}  // namespace airlift::element
