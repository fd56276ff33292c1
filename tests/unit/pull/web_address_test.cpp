#include "airlift/pull/web_address.hpp"

#include <gtest/gtest.h>

#include <string>

namespace airlift::pull {
namespace {

using Scheme = WebAddress::Scheme;

WebAddress address(std::string_view text) {
  const auto parsed = parse_web_address(text);
  EXPECT_TRUE(parsed) << text;
  return parsed.value_or(WebAddress{});
}

TEST(WebAddress, IsTakenApart) {
  struct Row {
    std::string_view text;
    Scheme scheme;
    std::string_view host;
    std::uint16_t port;
    std::string_view path;
  };
  for (const Row& row : {
           Row{"http://h", Scheme::http, "h", 80, ""},
           Row{"https://h", Scheme::https, "h", 443, ""},
           Row{"HTTPS://H:8443/", Scheme::https, "H", 8443, ""},
           Row{"http://h/a/b.bin", Scheme::http, "h", 80, "/a/b.bin"},
           Row{"http://h/?a=b", Scheme::http, "h", 80, "/?a=b"},
           Row{"https://192.0.2.1:1/a?b=c&d", Scheme::https, "192.0.2.1", 1, "/a?b=c&d"},
           Row{"https://[2001:db8::1]:65535/x", Scheme::https, "2001:db8::1", 65535, "/x"},
       }) {
    const WebAddress read = address(row.text);
    EXPECT_EQ(read.scheme, row.scheme) << row.text;
    EXPECT_EQ(read.host, row.host) << row.text;
    EXPECT_EQ(read.port, row.port) << row.text;
    EXPECT_EQ(read.path, row.path) << row.text;
  }
}

TEST(WebAddress, RefusesWhatLeadsElsewhere) {
  for (const std::string_view text : {"",
                                      "h",
                                      "/a",
                                      "//h/a",
                                      "ftp://h/a",
                                      "file:///etc/passwd",
                                      "http:",
                                      "http://",
                                      "http:///a",
                                      "http://u@h/",
                                      "http://u:p@h/",
                                      "http://h@/",
                                      "http://h:0/",
                                      "http://h:65536/",
                                      "http://h:x/",
                                      "http://h\\@evil/",
                                      "http://h/\\",
                                      "http://h/a b",
                                      "http://h/a\r\nX: y",
                                      "http://h/\t",
                                      "http://h/#a",
                                      "http://h#a",
                                      "http://h/\xc3\xa4",
                                      "http://h/<a>",
                                      "http://h/\"",
                                      " http://h/",
                                      "javascript:alert(1)",
                                      "http://h/{a}",
                                      "http://{board}/",
                                      "httpsx://h/"}) {
    EXPECT_FALSE(parse_web_address(text)) << text;
  }
  EXPECT_FALSE(parse_web_address(std::string_view{"http://h/\0a", 11}));
}

TEST(WebAddress, KnowsItsOrigin) {
  const auto same = [](std::string_view a, std::string_view b) {
    return same_origin(address(a), address(b));
  };
  EXPECT_TRUE(same("https://h/a", "https://H:443/b"));
  EXPECT_FALSE(same("https://h/a", "https://h:444/a"));
  EXPECT_FALSE(same("https://h/a", "https://h.example/a"));
  EXPECT_FALSE(same("http://h:443/a", "https://h/a"));
}

TEST(WebAddress, IsFollowedAsConfigured) {
  struct Row {
    std::string_view from;
    std::string_view to;
    bool same_host;
    bool any;
  };
  for (const Row& row : {
           Row{"http://h/a", "http://h/b", true, true},
           Row{"http://h/a", "https://h/a", true, true},
           Row{"http://h/a", "http://H:81/a", true, true},
           Row{"https://h/a", "https://h:8443/a", true, true},
           Row{"http://h/a", "http://i/a", false, true},
           Row{"http://h/a", "http://h.i/a", false, true},
           Row{"https://h/a", "https://i/a", false, true},
           Row{"https://h/a", "http://h/a", false, false},
           Row{"https://h/a", "http://i/a", false, false},
       }) {
    const WebAddress from = address(row.from);
    const WebAddress to = address(row.to);
    EXPECT_FALSE(may_follow(Redirects::off, from, to)) << row.to;
    EXPECT_EQ(may_follow(Redirects::same_host, from, to), row.same_host) << row.from << " " << row.to;
    EXPECT_EQ(may_follow(Redirects::any, from, to), row.any) << row.from << " " << row.to;
  }
}

}  // namespace
}  // namespace airlift::pull
