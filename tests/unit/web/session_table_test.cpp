#include "airlift/web/session_table.hpp"

#include <gtest/gtest.h>

#include <string>

#include "support/fake_system.hpp"

namespace airlift::web {
namespace {

class Sessions : public ::testing::Test {
 protected:
  std::string open() {
    const auto opened = table.open(entropy, now);
    return opened.ok() ? std::string{codec::view(codec::to_hex(opened.value()->cookie))} : std::string{};
  }
  bool there(std::string_view cookie) { return table.find(cookie, now) != nullptr; }

  testing::FakeEntropy entropy;
  SessionTable table;
  Instant now{seconds{1000}};
};

TEST_F(Sessions, AreFoundByTheirCookie) {
  const std::string first = open();
  const std::string second = open();
  EXPECT_NE(first, second);
  EXPECT_EQ(first.size(), 64U);
  EXPECT_TRUE(there(first));
  EXPECT_TRUE(there(second));
  for (const std::string& wrong : {std::string{}, first.substr(1), first + "0", std::string(64, '0'),
                                   "x" + first.substr(1), second.substr(0, 63) + "0"}) {
    EXPECT_FALSE(there(wrong)) << wrong;
  }
}

TEST_F(Sessions, HaveASecondSecret) {
  const std::string cookie = open();
  const Session* session = table.find(cookie, now);
  EXPECT_NE(session->cookie, session->csrf);
  const std::string csrf{codec::view(codec::to_hex(session->csrf))};
  EXPECT_TRUE(is_token(csrf, session->csrf));
  EXPECT_FALSE(is_token(cookie, session->csrf));
  EXPECT_FALSE(there(csrf));
}

TEST_F(Sessions, EndWhenTheyAreNotUsed) {
  const std::string cookie = open();
  now += http::session_timeout - seconds{1};
  EXPECT_TRUE(there(cookie));
  now += http::session_timeout - seconds{1};
  EXPECT_TRUE(there(cookie));
  now += http::session_timeout;
  EXPECT_FALSE(there(cookie));
  now -= seconds{2};
  EXPECT_FALSE(there(cookie));
}

TEST_F(Sessions, TheOneThatWasNotUsedForLongestMakesRoom) {
  std::array<std::string, http::most_sessions> cookies;
  for (std::string& cookie : cookies) {
    cookie = open();
    now += seconds{1};
  }
  EXPECT_TRUE(there(cookies[0]));  // and so the second is the oldest
  now += seconds{1};
  const std::string another = open();
  EXPECT_FALSE(there(cookies[1]));
  for (const std::string& cookie : {cookies[0], cookies[2], cookies[3], another}) EXPECT_TRUE(there(cookie));
  table.close(cookies[2]);
  EXPECT_FALSE(there(cookies[2]));
  EXPECT_TRUE(there(open()));
  EXPECT_TRUE(there(cookies[3]));
  table.close_all();
  EXPECT_FALSE(there(another));
}

TEST_F(Sessions, AreNotOpenedWithoutRandomNumbers) {
  entropy.fails = true;
  EXPECT_EQ(table.open(entropy, now).error(), UpdateError::no_entropy);
  EXPECT_FALSE(there(std::string(64, '0')));
}

}  // namespace
}  // namespace airlift::web
