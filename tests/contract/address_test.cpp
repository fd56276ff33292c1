#include "airlift_posix/address.hpp"

#include <gtest/gtest.h>
#include <netinet/in.h>

#include <algorithm>

#include "airlift_posix/interfaces.hpp"

namespace airlift::posix {
namespace {

TEST(Address, ReadsAndWritesBothFamilies) {
  for (const char* text :
       {"127.0.0.1", "0.0.0.0", "192.0.2.255", "::", "::1", "fd00::2", "fe80::fc:ff:fe00:1"}) {
    const auto address = parse_address(text);
    ASSERT_TRUE(address) << text;
    EXPECT_EQ(to_text(*address), text);
  }
}

TEST(Address, RefusesEverythingElse) {
  for (const char* text :
       {"", "localhost", "127.0.0", "127.0.0.256", "127.0.0.1 ", "::g", "[::1]", "1.2.3.4:5"}) {
    EXPECT_FALSE(parse_address(text)) << text;
  }
}

TEST(Address, KeepsIpv4InItsMappedForm) {
  EXPECT_EQ(parse_address("::ffff:192.0.2.1"), parse_address("192.0.2.1"));
  EXPECT_TRUE(is_ipv4(*parse_address("192.0.2.1")));
  EXPECT_FALSE(is_ipv4(*parse_address("::1")));
}

TEST(Address, KnowsSpecialAddresses) {
  EXPECT_TRUE(is_any(*parse_address("0.0.0.0")));
  EXPECT_TRUE(is_any(*parse_address("::")));
  EXPECT_FALSE(is_any(*parse_address("0.0.0.1")));
  EXPECT_TRUE(is_loopback(*parse_address("127.1.2.3")));
  EXPECT_TRUE(is_loopback(*parse_address("::1")));
  EXPECT_FALSE(is_loopback(*parse_address("::2")));
  EXPECT_FALSE(is_loopback(*parse_address("128.0.0.1")));
  EXPECT_TRUE(is_link_local_ipv6(*parse_address("fe80::1")));
  EXPECT_TRUE(is_link_local_ipv6(*parse_address("febf::1")));
  EXPECT_FALSE(is_link_local_ipv6(*parse_address("fec0::1")));
}

TEST(Address, WritesEndpoints) {
  EXPECT_EQ(to_text(port::Endpoint{*parse_address("127.0.0.1"), 8266, 0}), "127.0.0.1:8266");
  EXPECT_EQ(to_text(port::Endpoint{*parse_address("fd00::1"), 80, 0}), "[fd00::1]:80");
  EXPECT_EQ(to_text(port::Endpoint{*parse_address("fe80::1"), 80, 2}), "[fe80::1%2]:80");
}

TEST(Address, ComesBackFromASocketAddress) {
  const port::Endpoint ipv4{*parse_address("192.0.2.1"), 8266, 0};
  const port::Endpoint ipv6{*parse_address("fd00::1"), 8266, 0};
  const port::Endpoint link_local{*parse_address("fe80::1"), 8266, 3};
  EXPECT_EQ(to_endpoint(to_socket_address(ipv4, AF_INET)->get()), ipv4);
  EXPECT_EQ(to_endpoint(to_socket_address(ipv4, AF_INET6)->get()), ipv4);
  EXPECT_EQ(to_endpoint(to_socket_address(ipv6, AF_INET6)->get()), ipv6);
  EXPECT_EQ(to_endpoint(to_socket_address(link_local, AF_INET6)->get()), link_local);
  EXPECT_EQ(to_socket_address(ipv4, AF_INET)->size, sizeof(sockaddr_in));
  EXPECT_FALSE(to_socket_address(ipv6, AF_INET));
  sockaddr other{};
  other.sa_family = AF_UNIX;
  EXPECT_EQ(to_endpoint(&other), port::Endpoint{});
}

TEST(Interfaces, OwnTheLoopbackNetwork) {
  const auto owner = owner_of(*parse_address("127.0.0.5"));
  ASSERT_TRUE(owner);
  EXPECT_EQ(owner->interface, "lo");
  EXPECT_TRUE(owner->loopback);
  EXPECT_EQ(to_text(owner->address), "127.0.0.5");
  EXPECT_FALSE(owner_of(*parse_address("203.0.113.77")));  // for documentation (RFC 5737)
}

}  // namespace
}  // namespace airlift::posix
