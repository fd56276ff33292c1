#include "airlift/web/host_check.hpp"

#include <gtest/gtest.h>

namespace airlift::web {
namespace {

TEST(HostCheck, CutsOffThePort) {
  EXPECT_EQ(host_name("lamp"), "lamp");
  EXPECT_EQ(host_name("lamp.local:8080"), "lamp.local");
  EXPECT_EQ(host_name("[fe80::1]"), "[fe80::1]");
  EXPECT_EQ(host_name("[::1]:80"), "[::1]");
  for (const char* wrong : {"", "lamp:", "lamp:x", "lamp:80:80", "lamp:65536", "[::1", "[::1]x", "[::1]x:80",
                            "[::1]:", "::1", ":80"}) {
    EXPECT_EQ(host_name(wrong), "") << wrong;
  }
}

TEST(HostCheck, TakesAddressesAndLocalhost) {
  for (const char* name : {"192.168.1.5", "0.0.0.0", "127.0.0.1", "[::1]", "[fe80::1234:5678]",
                           "[::ffff:1.2.3.4]", "localhost", "LOCALHOST"}) {
    EXPECT_TRUE(is_literal_or_local(name)) << name;
  }
}

TEST(HostCheck, TakesNoNameThatLooksLikeOne) {
  for (const char* name : {"", "1.2.3", "1.2.3.4.5", "1.2.3.256", "1.2.3.4.evil.com", "1.2.3.x", "1.2.3.",
                           ".1.2.3", "1..2.3", "0x7f.1.1.1", "[]", "[lamp]", "[1.2.3.4]", "[::1]evil",
                           "localhost.evil.com", "notlocalhost", "evil.com", "::1"}) {
    EXPECT_FALSE(is_literal_or_local(name)) << name;
  }
}

TEST(HostCheck, TakesTheDevicesName) {
  for (const char* host : {"lamp", "LAMP", "lamp.local", "Lamp.Local", "lamp.", "lamp.local."}) {
    EXPECT_TRUE(is_named(host, "lamp")) << host;
  }
  for (const char* host : {"", "lam", "lamp2", "lamp.locals", "lamp.local..", "lamp.lan", "lamp.evil.local",
                           "x.lamp", "lamplocal", ".local", "."}) {
    EXPECT_FALSE(is_named(host, "lamp")) << host;
  }
  EXPECT_FALSE(is_named("", ""));
  EXPECT_FALSE(is_named(".local", ""));
}

}  // namespace
}  // namespace airlift::web
