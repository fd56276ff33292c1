// What every Listener does, against StreamListener and its fake.

#include <gtest/gtest.h>

#include <chrono>
#include <optional>

#include "airlift_posix/address.hpp"
#include "airlift_posix/stream_listener.hpp"
#include "contract/portable/listener_contract.hpp"
#include "support/eventually.hpp"
#include "support/fake_datagram_socket.hpp"
#include "support/fake_listener.hpp"
#include "support/network_contract.hpp"

namespace airlift {
namespace {

using posix::EventLoop;
using posix::StreamListener;
using posix::TcpStream;
using testing::eventually;
using testing::FakeListener;
using testing::FakeStream;
using State = port::Stream::State;
using std::chrono::milliseconds;

struct Ipv4 {
  static constexpr const char* address{"127.0.0.1"};
};
struct Ipv6 {
  static constexpr const char* address{"::1"};
};

template <typename Family>
class TcpSubject final : public testing::OnEventLoop<contract::ListenerSubject> {
 public:
  port::Listener& tested() override { return listener_; }
  port::Stream& stream() override { return stream_; }
  void peer_connects() override { peers_.connect({address_, listener_.local_port(), 0}); }
  port::Endpoint peer_endpoint() override { return peers_.last(); }
  void peer_sends(std::string_view text) override { peers_.last_sends(text); }
  std::uint16_t taken_port() override {
    EXPECT_TRUE(other_listener_.listen(0).ok());
    return other_listener_.local_port();
  }

 private:
  port::IpAddress address_{*posix::parse_address(Family::address)};
  TcpStream stream_{loop_, address_};
  TcpStream other_stream_{loop_, address_};
  StreamListener listener_{loop_, address_, stream_};
  StreamListener other_listener_{loop_, address_, other_stream_};
  testing::ConnectingPeers peers_;
};

class FakeSubject final : public testing::OnFake<contract::ListenerSubject> {
 public:
  port::Listener& tested() override { return listener_; }
  port::Stream& stream() override { return stream_; }
  void peer_connects() override {
    ++connected_;
    listener_.peer_connects(peer_endpoint());
  }
  port::Endpoint peer_endpoint() override { return testing::test_endpoint(connected_, 1000); }
  void peer_sends(std::string_view text) override { stream_.deliver(text); }
  std::uint16_t taken_port() override {
    listener_.listen_fails = true;
    return 1000;
  }

 private:
  FakeStream stream_;
  FakeListener listener_{stream_};
  std::uint8_t connected_{0};
};

const bool added[]{
    testing::add_contract<TcpSubject<Ipv4>>("StreamListenerContract", contract::listener_cases),
    testing::add_ipv6_contract<TcpSubject<Ipv6>>("StreamListenerIpv6Contract", contract::listener_cases),
    testing::add_contract<FakeSubject>("FakeListenerContract", contract::listener_cases)};

class StreamListenerTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(listener_.listen(0).ok());
    peer_.emplace(loop_, address_);
    other_peer_.emplace(loop_, address_);
    ASSERT_TRUE(peer_->connect({address_, listener_.local_port(), 0}).ok());
    ASSERT_TRUE(eventually(loop_, [&] { return wakes_ > 0; }));
  }
  int wakes_of(int turns) {
    const int before = wakes_;
    for (int i = 0; i < turns; ++i) loop_.iterate(milliseconds{1});
    return wakes_ - before;
  }

  port::IpAddress address_{*posix::parse_address("127.0.0.1")};
  EventLoop loop_;
  int wakes_{0};
  TcpStream stream_{loop_, address_};
  StreamListener listener_{loop_, address_, stream_, [this] { ++wakes_; }};
  std::optional<TcpStream> peer_;
  std::optional<TcpStream> other_peer_;
};

TEST_F(StreamListenerTest, WakesUntilTheConnectionIsAccepted) {
  EXPECT_EQ(wakes_of(3), 3);
  EXPECT_TRUE(listener_.accept());
  EXPECT_EQ(wakes_of(3), 0);
}

TEST_F(StreamListenerTest, DoesNotSpinWhileTheStreamIsInUseAndWakesWhenItIsClosed) {
  ASSERT_TRUE(listener_.accept());
  ASSERT_TRUE(other_peer_->connect({address_, listener_.local_port(), 0}).ok());
  ASSERT_TRUE(eventually(loop_, [&] { return other_peer_->state() == State::open; }));
  EXPECT_EQ(wakes_of(3), 0);
  const auto start = std::chrono::steady_clock::now();
  loop_.iterate(milliseconds{20});
  EXPECT_GE(std::chrono::steady_clock::now() - start, milliseconds{19});
  stream_.close();
  EXPECT_GE(wakes_of(3), 1);
  EXPECT_TRUE(listener_.accept());
}

TEST(StreamListener, MayGoBeforeItsStream) {
  EventLoop loop;
  const port::IpAddress address = *posix::parse_address("127.0.0.1");
  TcpStream stream{loop, address};
  { const StreamListener listener{loop, address, stream}; }
  stream.close();
  EXPECT_EQ(stream.state(), State::closed);
}

}  // namespace
}  // namespace airlift
