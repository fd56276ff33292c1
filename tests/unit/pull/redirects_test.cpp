// Where servers send us, and what goes along.

#include <gtest/gtest.h>

#include "support/pull_rig.hpp"

namespace airlift::pull {
namespace {

using testing::HttpAsked;
using testing::HttpGiven;
using testing::test_image;

class RedirectsTest : public ::testing::Test, protected testing::PullRig {
 protected:
  const std::string new_image{test_image(5000, 2)};
  void begin(std::string_view rule, std::string_view url = test_url) {
    set("update", "redirects", rule);
    set("update", "url", url);
    set("update", "auth", "user:secret");
    start_with(test_image(3000, 1));
    file_server.file = new_image;
  }
  using testing::PullRig::start_with;
  static constexpr std::string_view test_url{"https://a.example/lamp.bin"};

  /// The first hops of each request lead to these places.
  void redirect(std::vector<std::string> to, int status = 302) {
    serve([this, to = std::move(to), status](const HttpAsked& asked) {
      const auto at = hops_++;
      if (at < to.size()) {
        HttpGiven given;
        given.status = status;
        given.location = to[at];
        return given;
      }
      hops_ = 0;
      return file_server(asked);
    });
  }
  [[nodiscard]] std::vector<std::string> urls() const {
    std::vector<std::string> all;
    for (const HttpAsked& asked : http.asked) all.push_back(asked.url);
    return all;
  }
  std::size_t hops_{0};
};

TEST_F(RedirectsTest, AreNotFollowedByDefault) {
  set("update", "auth", "user:secret");
  start_with(test_image(3000, 1));
  redirect({std::string{testing::test_url}});
  EXPECT_EQ(check(), "failed redirect_refused");
  EXPECT_EQ(http.asked.size(), 1U);
}

TEST_F(RedirectsTest, AreFollowedAtEachRequestAnew) {
  begin("any");
  redirect({"https://b.example/x?y=z"});
  EXPECT_EQ(check(), "installed ok");
  EXPECT_EQ(urls(), (std::vector<std::string>{"https://a.example/lamp.bin", "https://b.example/x?y=z",
                                              "https://a.example/lamp.bin", "https://b.example/x?y=z"}));
  EXPECT_EQ(http.asked[1].header("Range"), "bytes=-768");
  EXPECT_EQ(http.asked[3].header("If-Match"), "\"v1\"");
}

TEST_F(RedirectsTest, OfAnyKind) {
  begin("any");
  for (const int status : {301, 302, 303, 307, 308}) {
    http.asked.clear();
    hops_ = 0;
    memory.record = {};
    redirect({"https://b.example/x"}, status);
    EXPECT_EQ(check(), "installed ok") << status;
    (void)storage.store.give_up_target(image::Kind::firmware);
  }
}

TEST_F(RedirectsTest, CredentialsStayAtTheOrigin) {
  begin("any");
  const std::string origin{"https://a.example/lamp.bin"};
  redirect(
      {"https://a.example:8443/x", "https://b.example/x", "https://A.example:443/y", "https://a.example.b/"});
  EXPECT_EQ(check(), "installed ok");
  const std::vector<std::string> expected{"user:secret", "", "", "user:secret", ""};
  for (std::size_t i = 0; i < http.asked.size(); ++i)
    EXPECT_EQ(http.asked[i].credentials, expected[i % 5]) << http.asked[i].url;
}

TEST_F(RedirectsTest, CredentialsAreNotSentAgainWithAnotherScheme) {
  begin("same-host", "http://a.example/lamp.bin");
  redirect({"https://a.example/lamp.bin"});
  EXPECT_EQ(check(), "installed ok");
  EXPECT_EQ(http.asked[0].credentials, "user:secret");
  EXPECT_EQ(http.asked[1].credentials, "");
}

TEST_F(RedirectsTest, FollowTheRule) {
  struct Row {
    std::string_view rule;
    std::string to;
    bool followed;
  };
  begin("off");
  for (const Row& row :
       {Row{"off", "https://a.example/x", false}, Row{"same-host", "https://a.example/x", true},
        Row{"same-host", "https://b.example/x", false}, Row{"any", "https://b.example/x", true},
        Row{"any", "http://a.example/lamp.bin", false}, Row{"any", "http://b.example/x", false},
        Row{"any", "https://u:p@a.example/x", false}, Row{"any", "https://u@a.example/x", false},
        Row{"any", "https://a.example\\@evil/x", false}, Row{"any", "ftp://a.example/x", false},
        Row{"any", "/x", false}, Row{"any", "https://a.example/\r\nX: y", false},
        Row{"any", "https://a.example/" + std::string(495, 'x'), false},
        Row{"any", "https://a.example/" + std::string(494, 'x'), true}}) {
    set("update", "redirects", row.rule);
    hops_ = 0;
    memory.record = {};
    redirect({row.to});
    EXPECT_EQ(check(), row.followed ? "installed ok" : "failed redirect_refused")
        << row.rule << " " << row.to;
    (void)storage.store.give_up_target(image::Kind::firmware);
  }
}

TEST_F(RedirectsTest, FromHttpsToHttpIsRefusedAtALaterHop) {
  begin("any", "http://a.example/lamp.bin");
  redirect({"http://a.example/2", "https://a.example/3", "http://a.example/4"});
  EXPECT_EQ(check(), "failed redirect_refused");
  EXPECT_EQ(http.asked.size(), 3U);
}

TEST_F(RedirectsTest, InACircleEnd) {
  begin("any");
  redirect(std::vector<std::string>(5, "https://a.example/x"));
  EXPECT_EQ(check(), "installed ok");
  http.asked.clear();
  memory.record = {};
  hops_ = 0;
  redirect(std::vector<std::string>(6, "https://a.example/x"));
  EXPECT_EQ(check(), "failed redirect_refused");
  EXPECT_EQ(http.asked.size(), 6U);
}

TEST_F(RedirectsTest, ToNowhereAreNotUnderstood) {
  begin("any");
  redirect({""});
  EXPECT_EQ(check(), "failed bad_response");
}

TEST_F(RedirectsTest, TrustIsTheSameAtEachHop) {
  set("update", "fingerprint", std::string(64, 'a'));
  set("update", "proxy", "http://proxy:3128");
  begin("any");
  redirect({"https://b.example/x"});
  EXPECT_EQ(check(), "installed ok");
  for (const HttpAsked& asked : http.asked) {
    EXPECT_EQ(asked.roots, port::HttpClient::Trust::Roots::none);
    ASSERT_EQ(asked.pins.size(), 1U);
    EXPECT_EQ(asked.pins[0][0], 0xAA);
    EXPECT_EQ(asked.proxy, "http://proxy:3128");
  }
}

}  // namespace
}  // namespace airlift::pull
