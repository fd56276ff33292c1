#include "airlift/element/board.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "support/fake_system.hpp"

namespace airlift::element {
namespace {

constexpr Instant now{seconds{1000}};

/// Notes what happens to it.
class Probe final : public Element {
 public:
  using Element::Element;
  std::string seen;
  int loops{0};
  milliseconds wait{idle_wait};
  bool ask_reboot{false};
  bool is_busy{false};
  bool password{false};
  [[nodiscard]] bool busy() const override { return is_busy; }
  [[nodiscard]] bool has_password() const override { return password; }

 private:
  SetResult do_set(std::string_view property, std::string_view value) override {
    if (property != "color") return SetResult::unknown_property;
    if (value == "bad") return SetResult::bad_value;
    seen += "set:" + std::string{value} + " ";
    return SetResult::ok;
  }
  void do_start(Board& board, Instant) override {
    seen += "start ";
    board_ = &board;
  }
  milliseconds do_loop(Instant) override {
    ++loops;
    if (ask_reboot) board_->request_reboot();
    return wait;
  }
  void do_stop() override { seen += "stop "; }

  Board* board_{nullptr};
};

class BoardTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(registry.add("device", device, Presence::always));
    ASSERT_TRUE(registry.add("ota", bare_probe, Presence::in_bare_mode));
    ASSERT_TRUE(registry.add("lamp", first, Presence::when_configured));
    ASSERT_TRUE(registry.add("lamp", second, Presence::when_configured));
  }
  void set(std::string_view type, std::string_view id, std::string_view property, std::string_view value) {
    board.set({"config.json", type, id, property, value});
  }
  void start_all() {
    board.start(now);
    board.network_is_up(now);
    board.time_is_known(now);
  }

  ElementRegistry registry;
  DeviceElement device{"default-name"};
  Probe bare_probe;
  Probe web_probe;
  Probe first;
  Probe second;
  testing::MemoryLog log;
  testing::FakeSystem system;
  Board board{registry, device, log, system};
};

TEST_F(BoardTest, ConfigurationClaimsPlacesByTypeAndIdInAnyCase) {
  set("Lamp", "left", "color", "red");
  set("lamp", "right", "color", "blue");
  set("LAMP", "LEFT", "color", "green");
  EXPECT_EQ(first.id(), "lamp/left");
  EXPECT_EQ(first.seen, "set:red set:green ");
  EXPECT_EQ(second.seen, "set:blue ");
  EXPECT_TRUE(log.lines.empty());
}

TEST_F(BoardTest, WhatCannotBeAppliedIsAWarningThatNamesFileElementAndProperty) {
  set("radio", "0", "volume", "secret-value");
  set("lamp", "0", "colour", "secret-value");
  set("lamp", "0", "color", "bad");
  set("lamp", "1", "color", "red");
  set("lamp", "2", "color", "red");
  using port::LogLevel;
  EXPECT_TRUE(log.contains(LogLevel::warning, "config.json: radio/0: unknown element type"));
  EXPECT_TRUE(log.contains(LogLevel::warning, "config.json: lamp/0: unknown property 'colour'"));
  EXPECT_TRUE(log.contains(LogLevel::warning, "config.json: lamp/0: the value of 'color' cannot be used"));
  EXPECT_TRUE(log.contains(LogLevel::warning, "config.json: lamp/2: no room"));
  EXPECT_FALSE(log.contains("secret-value"));
}

TEST_F(BoardTest, CommonPropertiesWorkForEveryElement) {
  set("lamp", "0", "Title", "The lamp");
  set("lamp", "0", "DESCRIPTION", "stands there");
  set("lamp", "0", "room", "kitchen");
  set("lamp", "0", "loglevel", "2");
  set("lamp", "0", "startup", "time");
  EXPECT_EQ(first.title(), "The lamp");
  EXPECT_EQ(first.description(), "stands there");
  EXPECT_EQ(first.room(), "kitchen");
  EXPECT_EQ(first.log_level(), port::LogLevel::debug);
  EXPECT_EQ(first.start_up(), StartUp::time);
  EXPECT_TRUE(log.lines.empty());
  set("lamp", "0", "loglevel", "9");
  set("lamp", "0", "startup", "never");
  EXPECT_EQ(log.lines.size(), 2U);
}

TEST_F(BoardTest, StartsElementsInTheirPhase) {
  set("lamp", "0", "startup", "sys");
  set("lamp", "1", "startup", "time");
  board.network_is_up(now);  // too early: nothing happens
  EXPECT_EQ(board.phase(), Board::Phase::configuring);
  board.start(now);
  EXPECT_EQ(first.seen, "start ");
  board.network_is_up(now);
  EXPECT_EQ(second.seen, "");
  board.time_is_known(now);
  EXPECT_EQ(second.seen, "start ");
  EXPECT_EQ(first.seen, "start ");
  EXPECT_FALSE(bare_probe.active());
}

TEST_F(BoardTest, LoopsActiveElementsOnlyAndReturnsTheShortestWait) {
  set("lamp", "0", "color", "red");
  start_all();
  first.wait = milliseconds{7};
  EXPECT_EQ(board.loop(now), milliseconds{7});
  EXPECT_EQ(first.loops, 1);
  EXPECT_EQ(second.loops, 0);
}

TEST_F(BoardTest, RebootsAfterTheTurnInWhichItWasAsked) {
  set("lamp", "0", "color", "red");
  set("lamp", "1", "color", "red");
  start_all();
  first.ask_reboot = true;
  (void)board.loop(now);
  EXPECT_EQ(second.loops, 1);
  EXPECT_EQ(system.reboots, 1);
}

TEST_F(BoardTest, StopsWhatWasStarted) {
  set("lamp", "0", "color", "red");
  start_all();
  board.stop();
  EXPECT_EQ(first.seen, "set:red start stop ");
  EXPECT_EQ(second.seen, "");
  (void)board.loop(now);
  EXPECT_EQ(first.loops, 0);
}

TEST_F(BoardTest, BareModeHasDeviceAndOtaOnly) {
  board.enter_bare_mode();
  set("lamp", "0", "color", "red");
  set("device", "0", "name", "rescue");
  start_all();
  EXPECT_FALSE(first.claimed());
  EXPECT_EQ(board.device().name(), "rescue");
  EXPECT_EQ(bare_probe.id(), "ota/0");
  EXPECT_TRUE(bare_probe.active());
}

TEST_F(BoardTest, SafeModeIsTheDefaultAndBareModeKeepsItForWhatWasNotConfigured) {
  start_all();
  EXPECT_TRUE(board.safe_mode_for(bare_probe));
}

TEST_F(BoardTest, SafeModeCanBeSwitchedOff) {
  set("device", "0", "safemode", "false");
  set("ota", "0", "color", "red");
  board.start(now);
  EXPECT_FALSE(board.safe_mode_for(bare_probe));
}

TEST_F(BoardTest, BareModeTrustsOnlyElementsOfAReadableFile) {
  board.enter_bare_mode();
  set("device", "0", "safemode", "false");
  board.start(now);
  EXPECT_TRUE(board.safe_mode_for(bare_probe));
  Board other{registry, device, log, system};
  other.enter_bare_mode();
  other.set({"env.json", "ota", "0", "color", "red"});
  EXPECT_TRUE(other.safe_mode_for(bare_probe));  // claimed without configuration before
}

TEST_F(BoardTest, LogsOnlyWhatTheElementsLevelLetsPass) {
  set("lamp", "0", "loglevel", "0");
  board.log(first, port::LogLevel::info, "chatter");
  board.log(first, port::LogLevel::warning, "careful");
  EXPECT_FALSE(log.contains("chatter"));
  EXPECT_TRUE(log.contains("lamp/0: careful"));
}

TEST_F(BoardTest, ElementsWithoutALogLevelHaveTheDevices) {
  set("lamp", "0", "color", "red");
  board.log(first, port::LogLevel::debug, "detail 1");
  set("device", "0", "loglevel", "2");
  board.log(first, port::LogLevel::debug, "detail 2");
  set("lamp", "0", "loglevel", "1");
  board.log(first, port::LogLevel::debug, "detail 3");
  EXPECT_FALSE(log.contains("detail 1"));
  EXPECT_TRUE(log.contains("detail 2"));
  EXPECT_FALSE(log.contains("detail 3"));
}

TEST_F(BoardTest, IsBusyAsSoonAsOneElementIs) {
  EXPECT_FALSE(board.busy());
  second.is_busy = true;
  EXPECT_TRUE(board.busy());
}

// Start-up modes

TEST_F(BoardTest, StartsNormallyUnlessToldOfResets) {
  EXPECT_EQ(board.mode(), StartMode::normal);
  board.set_resets(1);
  start_all();
  EXPECT_EQ(board.mode(), StartMode::normal);
  EXPECT_TRUE(log.lines.empty());
}

TEST_F(BoardTest, TheSecondResetSwitchesSafeModeOffAndIsNormalElse) {
  board.set_resets(2);
  set("device", "0", "safemode", "true");
  set("lamp", "0", "color", "red");
  start_all();
  EXPECT_EQ(board.mode(), StartMode::unsafe);
  EXPECT_TRUE(first.active());
  EXPECT_FALSE(board.safe_mode_for(first));
  EXPECT_TRUE(
      log.contains(port::LogLevel::warning, "2 starts without 60 s of good running: safe mode is off"));
}

TEST_F(BoardTest, TheThirdResetLeavesWhatIsNeededForRepair) {
  ASSERT_TRUE(registry.add("web", web_probe, Presence::when_configured_even_bare));
  board.set_resets(3);
  set("lamp", "0", "color", "red");
  set("web", "0", "color", "red");
  start_all();
  EXPECT_EQ(board.mode(), StartMode::bare);
  EXPECT_FALSE(first.claimed());
  EXPECT_TRUE(bare_probe.active());
  EXPECT_TRUE(web_probe.active());
  EXPECT_TRUE(log.contains(port::LogLevel::warning, "3 starts without 60 s of good running: bare mode"));
}

TEST_F(BoardTest, WhatNobodyHasConfiguredIsNotThereInBareModeUnlessItMustAnswer) {
  ASSERT_TRUE(registry.add("web", web_probe, Presence::when_configured_even_bare));
  board.set_resets(200);
  start_all();
  EXPECT_TRUE(bare_probe.active());
  EXPECT_FALSE(web_probe.claimed());
}

struct SafeModeCase {
  const char* name;
  std::uint8_t resets;
  bool file_unreadable;
  bool configured;
  bool password;
  bool configured_safe;  ///< what `safemode` says
  bool expected;
};

/// docs/design/elements.md, "Safe mode".
constexpr SafeModeCase safe_mode_cases[]{
    {"normal, on", 1, false, true, true, true, true},
    {"normal, off", 1, false, true, false, false, false},
    {"unsafe, on", 2, false, true, true, true, false},
    {"unsafe, on, no password", 2, false, true, false, true, false},
    {"bare, password", 3, false, true, true, true, false},
    {"bare, on, no password", 3, false, true, false, true, true},
    {"bare, off, no password", 3, false, true, false, false, false},
    {"bare, not configured", 3, false, false, false, false, true},
    {"unreadable, on, password", 1, true, true, true, true, true},
    {"unreadable, off", 1, true, true, true, false, false},
    {"unreadable, not configured", 1, true, false, false, false, true},
    {"unreadable, twice, no password", 2, true, true, false, true, true},
    {"unreadable, twice, password", 2, true, true, true, true, false},
    {"unreadable, twice, not configured", 2, true, false, false, true, true},
    {"unreadable, thrice, password", 3, true, true, true, true, false},
};

class SafeMode : public BoardTest, public ::testing::WithParamInterface<SafeModeCase> {};

TEST_P(SafeMode, FollowsItsTable) {
  const SafeModeCase& row = GetParam();
  board.set_resets(row.resets);
  if (row.file_unreadable) board.enter_bare_mode();
  set("device", "0", "safemode", row.configured_safe ? "true" : "false");
  if (row.configured) set("ota", "0", "color", "red");
  bare_probe.password = row.password;
  board.start(now);
  EXPECT_EQ(board.safe_mode_for(bare_probe), row.expected) << row.name;
}

INSTANTIATE_TEST_SUITE_P(Table, SafeMode, ::testing::ValuesIn(safe_mode_cases));

}  // namespace
}  // namespace airlift::element
