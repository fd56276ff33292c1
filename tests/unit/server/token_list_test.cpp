#include "airlift_server/token_list.hpp"

#include <gtest/gtest.h>

#include "airlift/codec/text.hpp"
#include "offers.hpp"

namespace airlift::server {
namespace {

using testing::sha256_of;

const crypto::Sha256Digest digest{};
const std::string zeros(64, '0');

std::string line_of(const std::string& name, std::string_view token) {
  return name + " " + std::string{codec::view(codec::to_hex(sha256_of(token)))};
}

TEST(TokenList, IsRead) {
  std::size_t wrong_line{0};
  const auto tokens = parse_tokens("# devices\n\n  " + line_of("lamp", "secret") + "  # kitchen\r\n" +
                                       line_of("door", "other") + "\r\n\r\n",
                                   wrong_line);
  ASSERT_TRUE(tokens);
  ASSERT_EQ(tokens->size(), 2U);
  EXPECT_EQ(tokens->at(0).name, "lamp");
  EXPECT_EQ(tokens->at(0).sha256, sha256_of("secret"));
  EXPECT_EQ(tokens->at(1).name, "door");
  EXPECT_TRUE(parse_tokens("", wrong_line)->empty());
  for (const char* wrong : {"lamp", "lamp 0011", "lamp  ", "lamp secret"}) {
    EXPECT_FALSE(parse_tokens(line_of("door", "other") + "\n" + wrong + "\n", wrong_line)) << wrong;
    EXPECT_EQ(wrong_line, 2U);
  }
}

TEST(TokenList, ATokenIsALineOfNameAndDigest) {
  EXPECT_EQ(with_token("", "kitchen", digest), "kitchen " + zeros + "\n");
  EXPECT_EQ(with_token("hall 12", "kitchen", digest), "hall 12\nkitchen " + zeros + "\n");
}

TEST(TokenList, NamesAreComparedWhole) {
  const std::string text{"# kitchen\n\nkitchen2 12\n  hall 34\n"};
  EXPECT_EQ(without_token(text, "kitchen"), text);
  EXPECT_EQ(without_token(text, "12"), text);
  EXPECT_EQ(without_token(text, "hall"), "# kitchen\n\nkitchen2 12\n");
}

TEST(TokenList, ATokenIsReplacedAndTakenOutAndAllElseStays) {
  const std::string text{"# mine\nkitchen 12\n\nhall 34\n"};
  EXPECT_EQ(without_token(text, "kitchen"), "# mine\n\nhall 34\n");
  EXPECT_EQ(with_token(text, "kitchen", digest), "# mine\n\nhall 34\nkitchen " + zeros + "\n");
  EXPECT_EQ(without_token(text, "cellar"), text);
}

}  // namespace
}  // namespace airlift::server
