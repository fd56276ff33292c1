#include "airlift/wire/device_status.hpp"

#include <gtest/gtest.h>

#include <random>

#include "unit/wire/extension_vectors.hpp"

namespace airlift::wire {
namespace {

// hashlib.sha256(b"file").hexdigest()
const std::string digest{"3b9c358f36f0a31b6ad3e14f309c7cf198ac9246e8316f9ce543d5b19ac02b80"};

DeviceStatus lamp() {
  DeviceStatus status;
  status.name = std::string_view{"lamp"};
  status.board = std::string_view{"linux-device"};
  status.boot_id = {1, 2, 3, 4, 5, 6, 7, 8};
  status.on_trial = true;
  status.trial_period_s = 60;
  status.trial_attempts = 3;
  status.trial_used = 1;
  status.firmware.running = 'B';
  status.firmware.capacity_bytes = 4194304;
  status.firmware.slots[0] = {std::string_view{"bad"}, UpdateError::not_confirmed, {}, {}};
  status.firmware.slots[1] = {std::string_view{"trying"}, UpdateError::none, vectors::key_of(digest),
                              std::string_view{"1.4.0+b 7"}};
  status.update = {17, std::string_view{"installed"}, UpdateError::none, {0x3b, 0x9c, 0x35, 0x8f, 0x36}};
  return status;
}

const std::string lamp_text{
    "name=lamp\n"
    "board=linux-device\n"
    "boot=0102030405060708\n"
    "trial=running\n"
    "trial.period_s=60\n"
    "trial.attempts=3\n"
    "trial.used=1\n"
    "firmware.running=B\n"
    "firmware.capacity=4194304\n"
    "firmware.A=bad 70 - -\n"
    "firmware.B=trying 0 3b9c358f36f0a31b6ad3e14f309c7cf198ac9246e8316f9ce543d5b19ac02b80 1.4.0+b 7\n"
    "update=17 installed 0 3b9c358f36000000\n"};

/// Every text and number as long as it can be.
DeviceStatus longest() {
  const auto fill = [](auto& text) { text.append(std::string(text.capacity(), 'x')); };
  DeviceStatus status;
  fill(status.name);
  fill(status.board);
  status.boot_id.fill(0xff);
  status.on_trial = true;
  status.trial_period_s = 0xFFFFFFFF;
  status.trial_attempts = 255;
  status.trial_used = 255;
  for (KindStatus* kind : {&status.firmware, &status.filesystem}) {
    kind->running = 'A';
    kind->capacity_bytes = 0xFFFFFFFF;
    for (SlotStatus& slot : kind->slots) {
      fill(slot.state);
      slot.reason = static_cast<UpdateError>(255);
      slot.sha256.emplace().fill(0xff);
      fill(slot.version);
    }
  }
  status.update.number = 0xFFFFFFFF;
  fill(status.update.result);
  status.update.cause = static_cast<UpdateError>(255);
  status.update.image_prefix.fill(0xff);
  return status;
}

TEST(DeviceStatus, IsWrittenAsThePageSays) {
  EXPECT_EQ(format_status(lamp()).view(), lamp_text);
}

TEST(DeviceStatus, IsRead) {
  const DeviceStatus status = parse_status(lamp_text);
  EXPECT_EQ(status.name.view(), "lamp");
  EXPECT_EQ(status.board.view(), "linux-device");
  EXPECT_EQ(status.boot_id, lamp().boot_id);
  EXPECT_TRUE(status.on_trial);
  EXPECT_EQ(status.trial_period_s, 60U);
  EXPECT_EQ(status.trial_attempts, 3);
  EXPECT_EQ(status.trial_used, 1);
  EXPECT_EQ(status.firmware.capacity_bytes, 4194304U);
  EXPECT_EQ(status.firmware.slots[0].state.view(), "bad");
  EXPECT_EQ(status.firmware.slots[0].reason, UpdateError::not_confirmed);
  EXPECT_FALSE(status.firmware.slots[0].sha256);
  EXPECT_TRUE(status.firmware.slots[0].version.empty());
  ASSERT_EQ(status.firmware.running_slot(), &status.firmware.slots[1]);
  const SlotStatus& running = *status.firmware.running_slot();
  EXPECT_EQ(running.state.view(), "trying");
  ASSERT_TRUE(running.sha256);
  EXPECT_EQ(vectors::hex(*running.sha256), digest);
  EXPECT_EQ(running.version.view(), "1.4.0+b 7");
  EXPECT_EQ(status.filesystem.running_slot(), nullptr);
  EXPECT_EQ(status.filesystem.capacity_bytes, 0U);
  EXPECT_TRUE(status.filesystem.slots[0].state.empty());
  EXPECT_EQ(status.update.number, 17U);
  EXPECT_EQ(status.update.result.view(), "installed");
  EXPECT_EQ(status.update.cause, UpdateError::none);
  EXPECT_EQ(status.update.image_prefix, lamp().update.image_prefix);
}

TEST(DeviceStatus, OfNothingIsShort) {
  EXPECT_EQ(format_status({}).view(),
            "boot=0000000000000000\ntrial=none\ntrial.period_s=0\ntrial.attempts=0\ntrial.used=0\n");
}

TEST(DeviceStatus, TheLongestOneFits) {
  const StatusText text = format_status(longest());
  EXPECT_FALSE(text.truncated());
  EXPECT_EQ(text.size(), 871U);  // as the page says; longest_status_bytes leaves room for more keys
  EXPECT_EQ(format_status(parse_status(text)).view(), text.view());
  EXPECT_EQ(parse_status(text).update.result.size(), longest().update.result.capacity());
}

TEST(DeviceStatus, EveryKindHasItsOwnLines) {
  std::string text = lamp_text;
  for (std::size_t at = 0; (at = text.find("firmware.", at)) != std::string::npos;) {
    text.replace(at, 8, "filesystem");
  }
  const DeviceStatus status = parse_status(text);
  EXPECT_EQ(status.firmware.running_slot(), nullptr);
  EXPECT_EQ(status.filesystem.running, 'B');
  EXPECT_EQ(format_status(status).view(), text);
}

TEST(DeviceStatus, IsReadInAnyOrderAndPassesOverTheUnknown) {
  DeviceStatus status = parse_status(
      "later=1\nfirmware.C=good 0 - -\nboard=x\nfirmware\n=\n\n\nname=lamp\ntrial.x=1\n.\nfan.A=1");
  EXPECT_EQ(status.board.view(), "x");
  EXPECT_EQ(status.name.view(), "lamp");
  status.board.clear();
  status.name.clear();
  EXPECT_EQ(format_status(status).view(), format_status({}).view());
}

TEST(DeviceStatus, TheLastLineNeedsNoEnd) {
  EXPECT_EQ(format_status(parse_status(lamp_text.substr(0, lamp_text.size() - 1))).view(), lamp_text);
}

class UnreadableLine : public testing::TestWithParam<std::string> {};

TEST_P(UnreadableLine, LeavesTheDefault) {
  EXPECT_EQ(format_status(parse_status(GetParam() + "\n")).view(), format_status({}).view());
}

INSTANTIATE_TEST_SUITE_P(
    Lines, UnreadableLine,
    testing::Values("boot=01020304050607", "boot=010203040506070809", "boot=010203040506070x", "trial=yes",
                    "trial.period_s=4294967296", "trial.period_s=-1", "trial.period_s=", "trial.attempts=256",
                    "trial.used=1 ", "firmware.running=C", "firmware.running=AB",
                    "firmware.running=", "firmware.capacity=1k", "firmware.A=", "firmware.A=good",
                    "firmware.A=good 0", "firmware.A=good x - -", "firmware.A=good 256 - -",
                    "firmware.A=good 0 abcd -", "firmware.A=confirmed 0 - -",
                    "firmware.A=good 0 - " + std::string(32, '1'), "firmware.A= 0 - -",
                    "update=", "update=1 failed 4", "update=1 failed 256 0000000000000000",
                    "update=1 failed 4 000000000000000", "update=1 failed 4 0000000000000000 ",
                    "update=x failed 4 0000000000000000", "update=1 rolled_back_2 4 0000000000000000",
                    "name=" + std::string(64, 'x'), "board=" + std::string(65, 'x'), "name", "Name=x"));

TEST(DeviceStatus, GivesNoTextThatATerminalWouldObey) {
  for (int value = 0; value < 256; ++value) {
    if (value == '\n') continue;
    const std::string odd{'a', static_cast<char>(value), 'z'};
    const DeviceStatus status = parse_status("name=" + odd + "\nboard=" + odd + "\nfirmware.A=" + odd +
                                             " 0 - " + odd + "\nupdate=1 " + odd + " 4 0000000000000000\n");
    const std::string expected{
        'a', codec::is_printable(static_cast<char>(value)) ? static_cast<char>(value) : '?', 'z'};
    EXPECT_EQ(status.name.view(), expected) << value;
    EXPECT_EQ(status.board.view(), expected) << value;
    if (value == ' ') continue;  // parts two words
    EXPECT_EQ(status.firmware.slots[0].state.view(), expected) << value;
    EXPECT_EQ(status.firmware.slots[0].version.view(), expected) << value;
    EXPECT_EQ(status.update.result.view(), expected) << value;
  }
}

TEST(DeviceStatus, ATextCannotForgeALine) {
  DeviceStatus status = lamp();
  status.name = std::string_view{"lamp\nboard=\x1b[2J"};
  status.firmware.slots[0].state = std::string_view{"go od"};
  status.firmware.slots[0].version = std::string_view{"1\nname=x"};
  status.update.result = std::string_view{"a b\nc"};
  const DeviceStatus back = parse_status(format_status(status));
  EXPECT_EQ(back.name.view(), "lamp?board=?[2J");
  EXPECT_EQ(back.board.view(), "linux-device");
  EXPECT_EQ(back.firmware.slots[0].state.view(), "go?od");
  EXPECT_EQ(back.firmware.slots[0].version.view(), "1?name=x");
  EXPECT_EQ(back.update.result.view(), "a?b?c");
}

TEST(DeviceStatus, TakesAnyBytes) {
  std::mt19937 random{7};
  for (int round = 0; round < 2000; ++round) {
    std::string text = lamp_text;
    for (int change = 0; change < 5; ++change) {
      text[random() % text.size()] = static_cast<char>(random());
      if (random() % 4 == 0) text.erase(random() % text.size(), random() % 20);
    }
    const DeviceStatus status = parse_status(text);
    EXPECT_TRUE(codec::all_printable(status.name)) << text;
    const StatusText written = format_status(status);
    EXPECT_EQ(format_status(parse_status(written)).view(), written.view()) << text;
  }
}

}  // namespace
}  // namespace airlift::wire
