#include "airlift/wire/reply.hpp"

#include <gtest/gtest.h>

#include <string>

namespace airlift::wire {
namespace {

const std::string nonce32{"0123456789abcdef0123456789ABCDEF"};
const std::string nonce64 = nonce32 + nonce32;

Reply parse(std::string_view text) {
  return parse_reply(as_bytes(text));
}

TEST(Reply, ReadsAcceptance) {
  for (const std::string_view text : {"OK", "OK\n", "OK\r\n", "OK "}) {
    EXPECT_EQ(parse(text).kind, Reply::Kind::accepted) << text;
  }
}

TEST(Reply, ReadsChallengesOfBothSchemes) {
  for (const std::string& nonce : {nonce32, nonce64}) {
    const Reply reply = parse("AUTH " + nonce);
    EXPECT_EQ(reply.kind, Reply::Kind::challenge);
    EXPECT_EQ(reply.text.view(), nonce);
  }
  EXPECT_EQ(parse("AUTH " + nonce32 + "\n").text.view(), nonce32);
}

TEST(Reply, ReadsAWrongPassword) {
  EXPECT_EQ(parse("Authentication Failed").kind, Reply::Kind::wrong_password);
}

TEST(Reply, ReadsTheDevicesWordsOfARefusal) {
  // What an unmodified ESP8266 sends when the image is too large (ArduinoOTA.cpp and Updater.cpp,
  // printError).
  const Reply real = parse("ERR: ERROR[4]: Not Enough Space\n");
  EXPECT_EQ(real.kind, Reply::Kind::refused);
  EXPECT_EQ(real.text.view(), "ERROR[4]: Not Enough Space");
  EXPECT_EQ(parse("ERR: safe mode").text.view(), "safe mode");
}

TEST(Reply, MakesAStrangersWordsPrintable) {
  const Reply refused = parse("ERR: \x1b[31mred\x07\xff");
  EXPECT_EQ(refused.kind, Reply::Kind::refused);
  EXPECT_EQ(refused.text.view(), "?[31mred??");
  EXPECT_EQ(parse(std::string_view{"a\0b", 3}).text.view(), "a?b");
}

TEST(Reply, KnowsNothingElse) {
  for (const std::string& text :
       {std::string{}, std::string{"\n"}, std::string{"ok"}, std::string{"OK!"}, std::string{"OKOK"},
        std::string{"ERR:"}, std::string{"ERR"}, std::string{"err: x"}, std::string{"AUTH"},
        std::string{"AUTH "}, "AUTH " + nonce32.substr(1), "AUTH " + nonce32 + "0", "AUTH  " + nonce32,
        "AUTH x" + nonce32.substr(1), "AUTH " + nonce64 + "0", "auth " + nonce32,
        std::string{"Authentication failed"}}) {
    EXPECT_EQ(parse(text).kind, Reply::Kind::unknown) << text;
  }
}

TEST(Reply, KeepsTheStartOfWhatIsTooLong) {
  const Reply refused = parse("ERR: " + std::string(500, 'x'));
  EXPECT_EQ(refused.kind, Reply::Kind::refused);
  EXPECT_EQ(refused.text.view(), std::string(longest_reply_bytes, 'x'));
  EXPECT_EQ(parse(std::string(500, 'y')).text.view(), std::string(longest_reply_bytes, 'y'));
}

TEST(FormatReply, ChallengesComeBack) {
  for (const std::string& nonce : {nonce32, nonce64}) {
    EXPECT_EQ(format_challenge(nonce).view(), "AUTH " + nonce);
    EXPECT_EQ(parse(format_challenge(nonce)).text.view(), nonce);
  }
}

TEST(FormatReply, RefusalsNameErrorAndDetail) {
  EXPECT_EQ(format_refusal(UpdateError::safe_mode).view(), "ERR: safe mode");
  EXPECT_EQ(format_refusal(UpdateError::no_space, "9000000 bytes, the slot holds 8388608").view(),
            "ERR: not enough space: 9000000 bytes, the slot holds 8388608");
  EXPECT_EQ(parse(format_refusal(UpdateError::busy)).kind, Reply::Kind::refused);
  EXPECT_EQ(parse(format_refusal(UpdateError::busy)).text.view(), describe(UpdateError::busy).text);
}

TEST(FormatReply, AWrongPasswordGetsTheWordsOfRealDevices) {
  EXPECT_EQ(format_refusal(UpdateError::wrong_password).view(), "Authentication Failed");
  EXPECT_EQ(format_refusal(UpdateError::wrong_password, "not told").view(), "Authentication Failed");
}

TEST(FormatReply, EveryRefusalFitsWhatEspotaReads) {
  for (int number = 1; number < 256; ++number) {
    const ReplyText text = format_refusal(static_cast<UpdateError>(number));
    EXPECT_FALSE(text.truncated()) << text.view();
  }
  EXPECT_EQ(format_refusal(UpdateError::busy, std::string(500, 'x')).size(), longest_reply_bytes);
}

}  // namespace
}  // namespace airlift::wire
