// What every DatagramSocket does, against UdpSocket and its fake.

#include <gtest/gtest.h>

#include <array>
#include <cerrno>
#include <string>

#include "airlift_posix/address.hpp"
#include "airlift_posix/udp_socket.hpp"
#include "support/eventually.hpp"
#include "support/fake_datagram_socket.hpp"

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

/// A real socket, and a second one as its peer.
template <typename Text>
struct UdpNetwork {
  UdpNetwork() { EXPECT_TRUE(peer.open(0).ok()); }

  port::DatagramSocket& tested() { return socket; }
  void peer_sends(const char* text) {
    EXPECT_TRUE(peer.send(as_bytes(text), {address(Text::address), socket.local_port(), 0}).ok());
  }
  std::string peer_receives() {
    std::array<std::uint8_t, 100> buffer{};
    std::optional<port::DatagramSocket::Received> received;
    EXPECT_TRUE(eventually(loop, [&] { return (received = peer.receive(buffer)).has_value(); }));
    return received ? std::string{as_text(Bytes{buffer}.first(received->size_bytes))} : "nothing";
  }
  port::Endpoint peer_endpoint() { return {address(Text::address), peer.local_port(), 0}; }
  std::optional<port::DatagramSocket::Received> receive(MutableBytes into) {
    std::optional<port::DatagramSocket::Received> received;
    EXPECT_TRUE(eventually(loop, [&] { return (received = socket.receive(into)).has_value(); }));
    return received;
  }
  std::uint16_t taken_port() { return peer.local_port(); }

  EventLoop loop;
  UdpSocket socket{loop, address(Text::address)};
  UdpSocket peer{loop, address(Text::address)};
};

struct Ipv4 {
  static constexpr const char* address{"127.0.0.1"};
};
struct Ipv6 {
  static constexpr const char* address{"::1"};
};

struct FakeNetwork {
  port::DatagramSocket& tested() { return socket; }
  void peer_sends(const char* text) { socket.deliver(peer_endpoint(), text); }
  std::string peer_receives() const { return socket.last_sent(); }
  port::Endpoint peer_endpoint() { return test_endpoint(7, 1000); }
  std::optional<port::DatagramSocket::Received> receive(MutableBytes into) { return socket.receive(into); }
  std::uint16_t taken_port() {
    socket.open_fails = true;
    return 1000;
  }

  FakeDatagramSocket socket;
};

template <typename Network>
class DatagramSocketContract : public ::testing::Test {
 protected:
  void SetUp() override {
    EventLoop loop;
    if (std::is_same_v<Network, UdpNetwork<Ipv6>> && !UdpSocket{loop, address("::1")}.open(0).ok()) {
      GTEST_SKIP() << "this machine has no IPv6";
    }
  }

  std::string receive_text() {
    std::array<std::uint8_t, 100> buffer{};
    const auto received = network_.receive(buffer);
    return received ? std::string{as_text(Bytes{buffer}.first(received->size_bytes))} : "nothing";
  }
  bool nothing_waits() {
    std::array<std::uint8_t, 100> buffer{};
    return !socket_.receive(buffer).has_value();
  }

  Network network_;
  port::DatagramSocket& socket_{network_.tested()};
};

using Networks = ::testing::Types<UdpNetwork<Ipv4>, UdpNetwork<Ipv6>, FakeNetwork>;
TYPED_TEST_SUITE(DatagramSocketContract, Networks);

TYPED_TEST(DatagramSocketContract, DoesNothingWhenClosed) {
  EXPECT_TRUE(this->nothing_waits());
  EXPECT_EQ(this->socket_.send(as_bytes("x"), this->network_.peer_endpoint()).error(),
            UpdateError::network_failed);
  this->socket_.close();
}

TYPED_TEST(DatagramSocketContract, ReceivesInOrderAndTellsTheSender) {
  ASSERT_TRUE(this->socket_.open(0).ok());
  EXPECT_TRUE(this->nothing_waits());
  this->network_.peer_sends("first");
  this->network_.peer_sends("");
  this->network_.peer_sends("third");
  std::array<std::uint8_t, 100> buffer{};
  const auto received = this->network_.receive(buffer);
  ASSERT_TRUE(received);
  EXPECT_EQ(received->from, this->network_.peer_endpoint());
  EXPECT_EQ(as_text(Bytes{buffer}.first(received->size_bytes)), "first");
  EXPECT_EQ(this->receive_text(), "");
  EXPECT_EQ(this->receive_text(), "third");
  EXPECT_TRUE(this->nothing_waits());
}

TYPED_TEST(DatagramSocketContract, ShowsThatADatagramWasLonger) {
  ASSERT_TRUE(this->socket_.open(0).ok());
  this->network_.peer_sends("0123456789");
  std::array<std::uint8_t, 4> buffer{};
  const auto received = this->network_.receive(buffer);
  ASSERT_TRUE(received);
  EXPECT_EQ(received->size_bytes, 10U);
  EXPECT_EQ(as_text(buffer), "0123");
  EXPECT_TRUE(this->nothing_waits());
}

TYPED_TEST(DatagramSocketContract, Sends) {
  ASSERT_TRUE(this->socket_.open(0).ok());
  EXPECT_TRUE(this->socket_.send(as_bytes("hello"), this->network_.peer_endpoint()).ok());
  EXPECT_EQ(this->network_.peer_receives(), "hello");
}

TYPED_TEST(DatagramSocketContract, ForgetsWhatWaitedWhenOpenedAnew) {
  ASSERT_TRUE(this->socket_.open(0).ok());
  this->network_.peer_sends("old");
  ASSERT_TRUE(this->socket_.open(0).ok());
  EXPECT_TRUE(this->nothing_waits());
  this->network_.peer_sends("new");
  EXPECT_EQ(this->receive_text(), "new");
}

TYPED_TEST(DatagramSocketContract, RefusesAPortThatIsTaken) {
  EXPECT_EQ(this->socket_.open(this->network_.taken_port()).error(), UpdateError::network_failed);
  EXPECT_EQ(this->socket_.send(as_bytes("x"), this->network_.peer_endpoint()).error(),
            UpdateError::network_failed);
}

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
