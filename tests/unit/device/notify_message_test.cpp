#include "notify_message.hpp"

#include <gtest/gtest.h>

namespace airlift::device {
namespace {

using Watchdog = NotifyMessage::Watchdog;

TEST(NotifyMessage, ReadsEveryKnownAssignment) {
  const NotifyMessage message = parse_notify(
      "READY=1\nSTOPPING=1\nWATCHDOG=1\nWATCHDOG_USEC=1500001\nCHECK=1\nSTATUS=serving, 3 clients\n");
  EXPECT_TRUE(message.ready);
  EXPECT_TRUE(message.stopping);
  EXPECT_TRUE(message.check);
  EXPECT_EQ(message.watchdog, Watchdog::alive);
  EXPECT_EQ(message.watchdog_period, milliseconds{1501});
  EXPECT_EQ(message.status, "serving, 3 clients");
}

TEST(NotifyMessage, SaysNothingWithoutOne) {
  for (const std::string_view text :
       {"",          "\n\n",      "READY",    "READY=",     "READY=0",     "READY=11",
        " READY=1",  "READY =1",  "ready=1",  "XREADY=1",   "READY=1\r\r", "STOPPING=2",
        "CHECK=0",   "CHECK=",    "XCHECK=1", "WATCHDOG=2", "WATCHDOG=",   "EXTEND_TIMEOUT_USEC=1000000",
        "FDSTORE=1", "BARRIER=1", "=1",       "="}) {
    const NotifyMessage message = parse_notify(text);
    EXPECT_FALSE(message.ready || message.stopping || message.check || message.watchdog_period ||
                 message.status)
        << text;
    EXPECT_EQ(message.watchdog, Watchdog::silent) << text;
  }
}

TEST(NotifyMessage, NeedsNoLineEndAndBearsOneZeroByte) {
  EXPECT_TRUE(parse_notify("READY=1").ready);
  EXPECT_TRUE(parse_notify("MAINPID=7\nREADY=1").ready);
  EXPECT_TRUE(parse_notify("READY=1\r\nX=1\r\n").ready);
  EXPECT_TRUE(parse_notify({"READY=1\0", 8}).ready);
  EXPECT_FALSE(parse_notify({"READY=1\0\0", 9}).ready);
  EXPECT_FALSE(parse_notify({"READY=1\n\0X=1", 12}).ready);
}

TEST(NotifyMessage, TriggerIsNotTakenBack) {
  EXPECT_EQ(parse_notify("WATCHDOG=trigger\nWATCHDOG=1").watchdog, Watchdog::failed);
  EXPECT_EQ(parse_notify("WATCHDOG=1\nWATCHDOG=trigger").watchdog, Watchdog::failed);
}

TEST(NotifyMessage, BoundsThePeriod) {
  const auto period = [](std::string_view text) {
    return parse_notify("WATCHDOG_USEC=" + std::string{text}).watchdog_period;
  };
  EXPECT_EQ(period("0"), milliseconds{0});
  EXPECT_EQ(period("1"), milliseconds{1});
  EXPECT_EQ(period("86400000001"), longest_watchdog_period);
  EXPECT_EQ(period("18446744073709551615"), longest_watchdog_period);
  for (const std::string_view wrong : {"", "18446744073709551616", "-1", "+1", " 1", "1 ", "1s", "0x10"}) {
    EXPECT_FALSE(period(wrong)) << wrong;
  }
}

TEST(NotifyMessage, MakesTheStatusSafeToShow) {
  EXPECT_EQ(parse_notify("STATUS=\x1b[2Jgr\xc3\xb6n\t.").status, "?[2Jgr??n?.");
  EXPECT_EQ(parse_notify("STATUS=a=b").status, "a=b");
  EXPECT_EQ(parse_notify("STATUS=").status, "");
  EXPECT_EQ(parse_notify("STATUS=" + std::string(1000, 'x')).status, std::string(longest_status_chars, 'x'));
}

TEST(NotifyMessage, IsBounded) {
  const std::string text = "READY=1\n" + std::string(longest_notify_bytes - 8, 'x');
  EXPECT_TRUE(parse_notify(text).ready);
  EXPECT_FALSE(parse_notify(text + "x").ready);
}

}  // namespace
}  // namespace airlift::device
