#include "airlift_server/token_list.hpp"

#include <gtest/gtest.h>

namespace airlift::server {
namespace {

const crypto::Sha256Digest digest{};
const std::string zeros(64, '0');

TEST(TokenList, ATokenIsALineOfNameAndDigest) {
  EXPECT_EQ(with_token("", "kitchen", digest), "kitchen " + zeros + "\n");
  EXPECT_EQ(with_token("hall 12", "kitchen", digest), "hall 12\nkitchen " + zeros + "\n");
}

TEST(TokenList, NamesAreComparedWhole) {
  const std::string text{"# kitchen\n\nkitchen2 12\n  hall 34\n"};
  EXPECT_FALSE(has_token(text, "kitchen"));
  EXPECT_TRUE(has_token(text, "kitchen2"));
  EXPECT_TRUE(has_token(text, "hall"));
  EXPECT_FALSE(has_token(text, "12"));
}

TEST(TokenList, ATokenIsReplacedAndTakenOutAndAllElseStays) {
  const std::string text{"# mine\nkitchen 12\n\nhall 34\n"};
  EXPECT_EQ(without_token(text, "kitchen"), "# mine\n\nhall 34\n");
  EXPECT_EQ(with_token(text, "kitchen", digest), "# mine\n\nhall 34\nkitchen " + zeros + "\n");
  EXPECT_EQ(without_token(text, "cellar"), text);
}

}  // namespace
}  // namespace airlift::server
