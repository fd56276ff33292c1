// What every Listener does, against StreamListener and its fake.

#include <gtest/gtest.h>

#include <array>
#include <deque>
#include <string>

#include "airlift_posix/address.hpp"
#include "airlift_posix/stream_listener.hpp"
#include "support/eventually.hpp"
#include "support/fake_datagram_socket.hpp"
#include "support/fake_listener.hpp"

namespace airlift {
namespace {

using posix::EventLoop;
using posix::StreamListener;
using posix::TcpStream;
using posix::UniqueFd;
using testing::eventually;
using testing::FakeListener;
using testing::FakeStream;
using State = port::Stream::State;
using std::chrono::milliseconds;

template <typename Text>
struct TcpNetwork {
  port::Listener& tested() { return listener; }
  port::Stream& stream() { return stream_; }
  void peer_connects() {
    const int family = posix::family_of(address);
    UniqueFd& peer = peers.emplace_back(socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0));
    const auto to = posix::to_socket_address({address, listener.local_port(), 0}, family);
    EXPECT_EQ(connect(peer.get(), to->get(), to->size), 0);
  }
  /// The peer that connected last.
  port::Endpoint peer_endpoint() { return {address, posix::local_port_of(peers.back().get()), 0}; }
  void first_peer_sends(const char* text) {
    const Bytes bytes = as_bytes(text);
    EXPECT_EQ(::send(peers.front().get(), bytes.data(), bytes.size(), MSG_NOSIGNAL),
              static_cast<ssize_t>(bytes.size()));
  }
  std::uint16_t taken_port() {
    EXPECT_TRUE(other_listener.listen(0).ok());
    return other_listener.local_port();
  }
  template <typename Condition>
  bool wait_for(Condition condition) {
    return eventually(loop, condition);
  }

  port::IpAddress address{*posix::parse_address(Text::address)};
  EventLoop loop;
  TcpStream stream_{loop, address};
  TcpStream other_stream{loop, address};
  StreamListener listener{loop, address, stream_};
  StreamListener other_listener{loop, address, other_stream};
  std::deque<UniqueFd> peers;
};

struct Ipv4 {
  static constexpr const char* address{"127.0.0.1"};
};
struct Ipv6 {
  static constexpr const char* address{"::1"};
};

struct FakeNetwork {
  port::Listener& tested() { return listener; }
  port::Stream& stream() { return stream_; }
  void peer_connects() {
    ++connected;
    listener.peer_connects(peer_endpoint());
  }
  port::Endpoint peer_endpoint() const { return testing::test_endpoint(connected, 1000); }
  void first_peer_sends(const char* text) { stream_.deliver(text); }
  std::uint16_t taken_port() {
    listener.listen_fails = true;
    return 1000;
  }
  template <typename Condition>
  bool wait_for(Condition condition) {
    return condition();
  }

  FakeStream stream_;
  FakeListener listener{stream_};
  std::uint8_t connected{0};
};

template <typename Network>
class ListenerContract : public ::testing::Test {
 protected:
  void SetUp() override {
    if (std::is_same_v<Network, TcpNetwork<Ipv6>> && !listener_.listen(0).ok()) {
      GTEST_SKIP() << "this machine has no IPv6";
    }
    listener_.close();
  }

  /// The next connection, when one arrives.
  std::optional<port::Endpoint> accept() {
    std::optional<port::Endpoint> peer;
    EXPECT_TRUE(network_.wait_for([&] { return (peer = listener_.accept()).has_value(); }));
    return peer;
  }
  std::string read_text() {
    std::array<std::uint8_t, 16> buffer{};
    std::size_t count{0};
    EXPECT_TRUE(network_.wait_for([&] {
      const auto read = stream_.read(buffer);
      count = read.ok() ? read.value().count : 0;
      return count > 0 || !read.ok();
    }));
    return std::string{as_text(Bytes{buffer}.first(count))};
  }

  Network network_;
  port::Listener& listener_{network_.tested()};
  port::Stream& stream_{network_.stream()};
};

using Networks = ::testing::Types<TcpNetwork<Ipv4>, TcpNetwork<Ipv6>, FakeNetwork>;
TYPED_TEST_SUITE(ListenerContract, Networks);

TYPED_TEST(ListenerContract, GivesNothingUntilSomebodyConnects) {
  EXPECT_FALSE(this->listener_.accept());
  this->listener_.close();
  ASSERT_TRUE(this->listener_.listen(0).ok());
  EXPECT_FALSE(this->listener_.accept());
  EXPECT_EQ(this->stream_.state(), State::closed);
}

TYPED_TEST(ListenerContract, OpensItsStreamAndTellsThePeer) {
  ASSERT_TRUE(this->listener_.listen(0).ok());
  this->network_.peer_connects();
  EXPECT_EQ(this->accept(), this->network_.peer_endpoint());
  EXPECT_EQ(this->stream_.state(), State::open);
  this->network_.first_peer_sends("hello");
  EXPECT_EQ(this->read_text(), "hello");
  EXPECT_EQ(this->stream_.write(as_bytes("answer")).value(), 6U);
}

TYPED_TEST(ListenerContract, LetsOthersWaitUntilTheStreamIsClosed) {
  ASSERT_TRUE(this->listener_.listen(0).ok());
  this->network_.peer_connects();
  this->accept();
  this->network_.peer_connects();
  EXPECT_FALSE(this->listener_.accept());
  EXPECT_EQ(this->stream_.state(), State::open);
  this->stream_.close();
  EXPECT_EQ(this->accept(), this->network_.peer_endpoint());
  EXPECT_EQ(this->stream_.state(), State::open);
}

TYPED_TEST(ListenerContract, KeepsTheConnectionWhenItStopsListening) {
  ASSERT_TRUE(this->listener_.listen(0).ok());
  this->network_.peer_connects();
  this->accept();
  this->listener_.close();
  this->network_.first_peer_sends("still here");
  EXPECT_EQ(this->read_text(), "still here");
}

TYPED_TEST(ListenerContract, ForgetsWhoWaitedWhenItListensAnew) {
  ASSERT_TRUE(this->listener_.listen(0).ok());
  this->network_.peer_connects();
  ASSERT_TRUE(this->listener_.listen(0).ok());
  EXPECT_FALSE(this->listener_.accept());
  this->network_.peer_connects();
  EXPECT_EQ(this->accept(), this->network_.peer_endpoint());
}

TYPED_TEST(ListenerContract, RefusesAPortThatIsTaken) {
  EXPECT_EQ(this->listener_.listen(this->network_.taken_port()).error(), UpdateError::network_failed);
  EXPECT_FALSE(this->listener_.accept());
}

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
