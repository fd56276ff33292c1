#include "airlift/pull/pull_settings.hpp"

#include <gtest/gtest.h>

#include <string>

namespace airlift::pull {
namespace {

using element::SetResult;
using Roots = port::HttpClient::Trust::Roots;

constexpr std::string_view pin{"00112233445566778899aabbccddeeff00112233445566778899AABBCCDDEEFF"};

std::string with_colons(std::string_view hex) {
  std::string text;
  for (std::size_t i = 0; i < hex.size(); i += 2) text += (i > 0 ? ":" : "") + std::string{hex.substr(i, 2)};
  return text;
}

class Settings : public ::testing::Test {
 protected:
  void ok(std::string_view property, std::string_view value) {
    EXPECT_EQ(settings.set(property, value), SetResult::ok) << property << " " << value;
  }
  void bad(std::string_view property, std::string_view value) {
    EXPECT_EQ(settings.set(property, value), SetResult::bad_value) << property << " " << value;
  }
  PullSettings settings;
};

TEST_F(Settings, Defaults) {
  EXPECT_FALSE(settings.usable());
  EXPECT_EQ(settings.interval(), seconds{86400});
  EXPECT_EQ(settings.channel(), "stable");
  EXPECT_EQ(settings.redirects(), Redirects::off);
  EXPECT_EQ(settings.client(), ClientFamily::esp8266);
  EXPECT_EQ(settings.host(), "");
  EXPECT_EQ(settings.trust().roots, Roots::system);
  EXPECT_EQ(settings.set("nonsense", ""), SetResult::unknown_property);
}

TEST_F(Settings, TakesAddresses) {
  ok("URL", " https://h.example:8443 ");
  EXPECT_EQ(settings.url(), "https://h.example:8443");
  EXPECT_EQ(settings.host(), "h.example");
  EXPECT_TRUE(settings.usable() && settings.encrypted());
  ok("url", "http://h/{board}/{channel}/{name}-{version}.bin?x={board}");
  EXPECT_EQ(settings.host(), "h");
  EXPECT_FALSE(settings.encrypted());
  ok("url", "http://h?b={board}");
  EXPECT_EQ(settings.host(), "h");
}

TEST_F(Settings, AWrongAddressIsNotAsked) {
  ok("url", "https://h/a");
  for (const std::string_view text :
       {"h", "ftp://h/", "https://u:p@h/", "https://{board}/", "https://h{board}/", "https://{name}.h/a",
        "https://h/{x}", "https://h/{", "https://h/}", "https://h/{board", "https://h/a b",
        "https://h:{board}/", "{board}", "https://h/{{board}}"}) {
    bad("url", text);
    EXPECT_FALSE(settings.usable()) << text;
  }
  bad("url", "https://h/" + std::string(longest_url_bytes - 9, 'a'));
  ok("url", "https://h/" + std::string(longest_url_bytes - 10, 'a'));
  EXPECT_TRUE(settings.usable());
}

TEST_F(Settings, AWrongValueOfTheseAsksNobodyUntilItIsPutRight) {
  struct Row {
    std::string_view property;
    std::string_view wrong;
    std::string_view right;
  };
  ok("url", "https://h/a");
  const std::string long_channel(65, 'a');
  for (const Row& row :
       {Row{"channel", "", "beta"}, Row{"channel", "../x", "beta-1_x.y"}, Row{"channel", ".x", "x"},
        Row{"channel", "a/b", "x"}, Row{"channel", long_channel, "x"}, Row{"auth", "a\nb", "user:password"},
        Row{"proxy", "https://p:1", "http://p:3128"}, Row{"proxy", "p:3128", "http://p:3128/"},
        Row{"proxy", "http://u:p@p:1", "http://p:3128"}, Row{"proxy", "http://p/x", ""},
        Row{"client", "esp", "esp32"}}) {
    bad(row.property, row.wrong);
    EXPECT_FALSE(settings.usable()) << row.property << row.wrong;
    ok(row.property, row.right);
    EXPECT_TRUE(settings.usable()) << row.property << row.right;
  }
  EXPECT_EQ(settings.client(), ClientFamily::esp32);
  EXPECT_EQ(settings.credentials(), "user:password");
  settings.forget_credentials();
  EXPECT_EQ(settings.credentials(), "");
}

TEST_F(Settings, TrustsAsConfigured) {
  ok("ca", "ca.pem");
  EXPECT_EQ(settings.trust().roots, Roots::file);
  EXPECT_EQ(settings.trust().ca, "ca.pem");
  EXPECT_TRUE(settings.trust().pins.empty());
  ok("fingerprint", pin);
  EXPECT_EQ(settings.trust().roots, Roots::file);
  ASSERT_EQ(settings.trust().pins.size(), 1U);
  EXPECT_EQ(settings.trust().pins[0][1], 0x11);
  EXPECT_EQ(settings.trust().pins[0][31], 0xFF);
  ok("ca", "");
  EXPECT_EQ(settings.trust().roots, Roots::none);
  EXPECT_EQ(settings.trust().pins.size(), 1U);
  ok("fingerprint", "");
  EXPECT_EQ(settings.trust().roots, Roots::system);
}

TEST_F(Settings, TakesUpToFourPins) {
  std::string pins{with_colons(pin)};
  for (int i = 0; i < 3; ++i) pins += " , " + std::string{pin};
  ok("fingerprint", pins);
  ASSERT_EQ(settings.trust().pins.size(), 4U);
  EXPECT_EQ(settings.trust().pins[0], settings.trust().pins[3]);
  bad("fingerprint", pins + "," + std::string{pin});
  ok("fingerprint", std::string{pin} + ",");
  EXPECT_EQ(settings.trust().pins.size(), 1U);
}

TEST_F(Settings, AWrongPinOrFileTrustsNobody) {
  std::string bad_colons = with_colons(pin);
  bad_colons[2] = '-';
  std::string misplaced = with_colons(pin);
  misplaced[3] = ':';
  ok("fingerprint", pin);
  for (const std::string& text : {std::string{"x"}, std::string{pin.substr(1)}, bad_colons, misplaced,
                                  std::string{pin} + ",abc", "," + std::string{pin}, std::string(64, 'g'),
                                  std::string{pin} + std::string{pin}, with_colons(pin) + ":"}) {
    bad("fingerprint", text);
    EXPECT_FALSE(settings.trusts_anybody()) << text;
    EXPECT_EQ(settings.trust().roots, Roots::none) << text;
    EXPECT_TRUE(settings.trust().pins.empty()) << text;
  }
  ok("ca", "ca.pem");
  EXPECT_EQ(settings.trust().roots, Roots::none);
  ok("fingerprint", pin);
  EXPECT_EQ(settings.trust().roots, Roots::file);
  bad("ca", std::string(257, 'a'));
  EXPECT_EQ(settings.trust().roots, Roots::none);
  EXPECT_TRUE(settings.trust().pins.empty());
}

TEST_F(Settings, AWrongRuleForRedirectsAllowsNone) {
  ok("redirects", "ANY");
  EXPECT_EQ(settings.redirects(), Redirects::any);
  ok("redirects", "same-host");
  EXPECT_EQ(settings.redirects(), Redirects::same_host);
  bad("redirects", "yes");
  EXPECT_EQ(settings.redirects(), Redirects::off);
  ok("redirects", "off");
}

TEST_F(Settings, TakesTimes) {
  ok("interval", "6h");
  EXPECT_EQ(settings.interval(), seconds{21600});
  bad("interval", "often");
  EXPECT_EQ(settings.interval(), seconds{21600});
  ok("interval", "0");
  EXPECT_EQ(settings.interval(), seconds{0});
  ok("quiet", "22:00-06:00");
  EXPECT_EQ(settings.quiet().from, seconds{79200});
  bad("quiet", "at night");
  EXPECT_EQ(settings.quiet().to, seconds{21600});
  ok("quiet", "");
  EXPECT_EQ(settings.quiet().from, settings.quiet().to);
}

}  // namespace
}  // namespace airlift::pull
