// What every DatagramSocket does, against UdpSocket and its fake.

#include <gtest/gtest.h>

#include <array>
#include <cerrno>
#include <string_view>

#include "airlift_posix/address.hpp"
#include "airlift_posix/udp_socket.hpp"
#include "contract/portable/datagram_socket_contract.hpp"
#include "support/eventually.hpp"
#include "support/fake_datagram_socket.hpp"
#include "support/network_contract.hpp"

namespace airlift {
namespace {

using posix::EventLoop;
using posix::UdpSocket;
using testing::eventually;
using testing::FakeDatagramSocket;
using testing::test_endpoint;

port::IpAddress address(const char* text) {
  return *posix::parse_address(text);
}

struct Ipv4 {
  static constexpr const char* address{"127.0.0.1"};
};
struct Ipv6 {
  static constexpr const char* address{"::1"};
};

/// A real socket, and a second one as its peer.
template <typename Family>
class UdpSubject final : public testing::OnEventLoop<contract::DatagramSubject> {
 public:
  UdpSubject() { EXPECT_TRUE(peer_.open(0).ok()); }

  port::DatagramSocket& tested() override { return socket_; }
  void peer_sends(std::string_view text) override {
    EXPECT_TRUE(peer_.send(as_bytes(text), {address(Family::address), socket_.local_port(), 0}).ok());
  }
  contract::Inbox peer_receives() override {
    contract::Inbox inbox;
    std::optional<port::DatagramSocket::Received> received;
    if (comes_about([&] { return (received = peer_.receive(inbox.room())).has_value(); })) {
      inbox.add(received->size_bytes);
    }
    return inbox;
  }
  port::Endpoint peer_endpoint() override { return {address(Family::address), peer_.local_port(), 0}; }
  std::uint16_t taken_port() override { return peer_.local_port(); }

 private:
  UdpSocket socket_{loop_, address(Family::address)};
  UdpSocket peer_{loop_, address(Family::address)};
};

class FakeSubject final : public testing::OnFake<contract::DatagramSubject> {
 public:
  port::DatagramSocket& tested() override { return socket_; }
  void peer_sends(std::string_view text) override { socket_.deliver(peer_endpoint(), text); }
  contract::Inbox peer_receives() override { return contract::Inbox{socket_.last_sent()}; }
  port::Endpoint peer_endpoint() override { return test_endpoint(7, 1000); }
  std::uint16_t taken_port() override {
    socket_.open_fails = true;
    return 1000;
  }

 private:
  FakeDatagramSocket socket_;
};

const bool added[]{
    testing::add_contract<UdpSubject<Ipv4>>("UdpSocketContract", contract::datagram_socket_cases),
    testing::add_ipv6_contract<UdpSubject<Ipv6>>("UdpSocketIpv6Contract", contract::datagram_socket_cases),
    testing::add_contract<FakeSubject>("FakeDatagramSocketContract", contract::datagram_socket_cases)};

TEST(UdpSocket, RefusesAnAddressThatIsNotHere) {
  EventLoop loop;
  EXPECT_EQ(UdpSocket(loop, address("203.0.113.77")).open(0).error(), UpdateError::network_failed);
}

TEST(UdpSocket, CannotReachAnotherFamily) {
  EventLoop loop;
  UdpSocket socket{loop, address("127.0.0.1")};
  ASSERT_TRUE(socket.open(0).ok());
  EXPECT_EQ(socket.send(as_bytes("x"), {address("::1"), 1000, 0}).error(), UpdateError::network_failed);
}

TEST(UdpSocket, EndsTheLoopsWaitUntilItIsDrained) {
  EventLoop loop;
  int calls{0};
  UdpSocket socket{loop, address("127.0.0.1"), [&] { ++calls; }};
  UdpSocket peer{loop, address("127.0.0.1")};
  ASSERT_TRUE(socket.open(0).ok());
  ASSERT_TRUE(peer.open(0).ok());
  ASSERT_TRUE(peer.send(as_bytes("x"), {address("127.0.0.1"), socket.local_port(), 0}).ok());
  EXPECT_TRUE(eventually(loop, [&] { return calls >= 2; }));
  std::array<std::uint8_t, 4> buffer{};
  EXPECT_TRUE(socket.receive(buffer));
  calls = 0;
  loop.iterate(std::chrono::milliseconds{1});
  EXPECT_EQ(calls, 0);
}

// A port of this machine at which nobody listens any more.
port::Endpoint closed_endpoint(EventLoop& loop, const char* text) {
  UdpSocket socket{loop, address(text)};
  EXPECT_TRUE(socket.open(0).ok());
  return {address(text), socket.local_port(), 0};
}

class UdpSocketTells : public ::testing::TestWithParam<std::pair<const char*, const char*>> {};

TEST_P(UdpSocketTells, WhatWasNotDelivered) {
  EventLoop loop;
  const auto& [from, to] = GetParam();
  const port::Endpoint nobody = closed_endpoint(loop, to);
  UdpSocket socket{loop, address(from)};
  socket.report_undelivered();
  ASSERT_TRUE(socket.open(0).ok());
  ASSERT_TRUE(socket.send(as_bytes("x"), nobody).ok());
  std::optional<UdpSocket::Undelivered> told;
  ASSERT_TRUE(eventually(loop, [&] { return (told = socket.take_undelivered()).has_value(); }));
  EXPECT_EQ(told->to, nobody);
  EXPECT_EQ(told->error, ECONNREFUSED);
  EXPECT_FALSE(socket.take_undelivered());
  EXPECT_TRUE(socket.send(as_bytes("x"), nobody).ok()) << "what was taken does not fail the next";
}

INSTANTIATE_TEST_SUITE_P(Families, UdpSocketTells,
                         ::testing::Values(std::pair{"127.0.0.1", "127.0.0.1"},
                                           std::pair{"0.0.0.0", "127.0.0.1"}, std::pair{"::", "127.0.0.1"},
                                           std::pair{"::", "::1"}));

TEST(FakeDatagramSocket, FailsToSendWhenToldTo) {
  FakeDatagramSocket socket;
  ASSERT_TRUE(socket.open(8266).ok());
  EXPECT_EQ(socket.open_port, 8266);
  socket.send_fails = true;
  EXPECT_EQ(socket.send(as_bytes("x"), test_endpoint(1, 2)).error(), UpdateError::network_failed);
  EXPECT_TRUE(socket.sent.empty());
}

}  // namespace
}  // namespace airlift
