#include "airlift/wire/invitation.hpp"

#include <gtest/gtest.h>

#include <random>
#include <string>

namespace airlift::wire {
namespace {

const std::string md5_text{"00112233445566778899aabbccddeeff"};
const std::string start{"0 41234 290000 "};

Result<Invitation> parse(std::string_view text) {
  return parse_invitation(as_bytes(text));
}

UpdateError error_of(std::string_view text) {
  return parse(text).error();
}

TEST(Invitation, ReadsWhatEspotaSends) {
  const Result<Invitation> result = parse("0 41234 290000 " + md5_text + "\n");
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(result.value().command, Command::firmware);
  EXPECT_EQ(result.value().host_port, 41234);
  EXPECT_EQ(result.value().size_bytes, 290000U);
  EXPECT_EQ(result.value().md5[0], 0x00);
  EXPECT_EQ(result.value().md5[15], 0xff);
}

TEST(Invitation, ReadsTheFilesystemCommand) {
  const Result<Invitation> result = parse("100 1 4294967295 " + md5_text + "\n");
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(result.value().command, Command::filesystem);
  EXPECT_EQ(result.value().host_port, 1);
  EXPECT_EQ(result.value().size_bytes, 4294967295U);
}

TEST(Invitation, ReadsTheFirstLineOnly) {
  const Invitation expected = parse(start + md5_text).value();
  for (const std::string_view tail :
       {"\n", "\r\n", "\r", "\n\n", "\nairlift 1 whatever\n", "\n\xff\xfe", "\n\r\n"}) {
    const Result<Invitation> result = parse(start + md5_text + std::string{tail});
    ASSERT_TRUE(result.ok()) << tail;
    EXPECT_EQ(result.value(), expected) << tail;
  }
  EXPECT_TRUE(parse(start + md5_text + std::string("\n\0more", 6)).ok());
}

TEST(Invitation, TakesTheDigestInUpperCase) {
  EXPECT_EQ(parse(start + "00112233445566778899AABBCCDDEEFF").value(), parse(start + md5_text).value());
}

TEST(Invitation, RefusesEveryTruncation) {
  const std::string whole = start + md5_text;
  for (std::size_t size = 0; size < whole.size(); ++size) {
    EXPECT_FALSE(parse(whole.substr(0, size)).ok()) << size;
    EXPECT_FALSE(parse(whole.substr(0, size) + "\n").ok()) << size;
  }
}

class Malformed : public testing::TestWithParam<std::string> {};

TEST_P(Malformed, IsRefused) {
  EXPECT_EQ(error_of(GetParam()), UpdateError::bad_invitation);
}

INSTANTIATE_TEST_SUITE_P(
    Lines, Malformed,
    testing::Values("", "\n", "\r\n", " ", "hello", "\n" + start + md5_text,                  // no first line
                    " " + start + md5_text, "-0 1 1 " + md5_text, "+0 1 1 " + md5_text,       // command
                    "0x0 1 1 " + md5_text, "70000 1 1 " + md5_text, "a 1 1 " + md5_text,      //
                    std::string("0\0 1 1 ", 7) + md5_text, "0\t1 1 " + md5_text,              //
                    "0 0 1 " + md5_text, "0 65536 1 " + md5_text, "0 -1 1 " + md5_text,       // port
                    "0 x 1 " + md5_text, "0  1 1 " + md5_text, "0 1,2 1 " + md5_text,         //
                    "0 1 0 " + md5_text, "0 1 4294967296 " + md5_text, "0 1 -5 " + md5_text,  // size
                    "0 1 1e3 " + md5_text, "0 1  1 " + md5_text, "0 1 1k " + md5_text,        //
                    start + md5_text.substr(1), start + md5_text + "0",                       // digest
                    start + "g" + md5_text.substr(1), start + " " + md5_text.substr(1),       //
                    start + md5_text + " ", start + md5_text + " 1", start + md5_text + "\r\r\n"));

TEST(Invitation, TellsANumberThatIsNoUploadApart) {
  for (const std::string_view command : {"1", "99", "101", "200", "65535"}) {
    EXPECT_EQ(error_of(std::string{command} + " 1 1 " + md5_text), UpdateError::unknown_command) << command;
  }
}

TEST(Invitation, IsWrittenAsEspotaWritesIt) {
  const Invitation invitation = parse("100 8266 1 " + md5_text).value();
  EXPECT_EQ(format_invitation(invitation).view(), "100 8266 1 " + md5_text + "\n");
}

TEST(Invitation, TheLongestOneFits) {
  const std::string longest = "100 65535 4294967295 " + md5_text + "\n";
  const InvitationText text = format_invitation(parse(longest).value());
  EXPECT_FALSE(text.truncated());
  EXPECT_EQ(text.view(), longest);
}

TEST(Invitation, RandomOnesComeBack) {
  std::mt19937 random{2};
  for (int round = 0; round < 1000; ++round) {
    Invitation invitation;
    invitation.command = random() % 2 == 0 ? Command::firmware : Command::filesystem;
    invitation.host_port = static_cast<std::uint16_t>(random() % 65535 + 1);
    invitation.size_bytes = static_cast<std::uint32_t>(random()) | 1;
    for (std::uint8_t& byte : invitation.md5) byte = static_cast<std::uint8_t>(random());
    const InvitationText text = format_invitation(invitation);
    const Result<Invitation> back = parse(text);
    ASSERT_TRUE(back.ok()) << text.view();
    EXPECT_EQ(back.value(), invitation) << text.view();
  }
}

}  // namespace
}  // namespace airlift::wire
