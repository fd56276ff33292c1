// What every StreamPool does, against TcpStreamPool and its fake.

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <array>
#include <deque>
#include <string>

#include "airlift_posix/address.hpp"
#include "airlift_posix/tcp_stream_pool.hpp"
#include "support/eventually.hpp"
#include "support/fake_datagram_socket.hpp"
#include "support/fake_stream_pool.hpp"

namespace airlift {
namespace {

using posix::EventLoop;
using posix::TcpStreamPool;
using posix::UniqueFd;
using testing::eventually;
using testing::FakeStreamPool;
using State = port::Stream::State;
using std::chrono::milliseconds;

constexpr std::size_t pool_size{2};

/// Peers made of system calls only.
class Peers {
 public:
  void connect(const TcpStreamPool& pool) {
    UniqueFd& peer = sockets_.emplace_back(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    const auto to = posix::to_socket_address({address_, pool.local_port(), 0}, AF_INET);
    EXPECT_EQ(::connect(peer.get(), to->get(), to->size), 0);
  }
  [[nodiscard]] port::Endpoint last() const {
    return {address_, posix::local_port_of(sockets_.back().get()), 0};
  }
  void last_sends(std::string_view text) {
    EXPECT_EQ(::send(sockets_.back().get(), text.data(), text.size(), MSG_NOSIGNAL),
              static_cast<ssize_t>(text.size()));
  }

 private:
  port::IpAddress address_{*posix::parse_address("127.0.0.1")};
  std::deque<UniqueFd> sockets_;
};

struct TcpNetwork {
  port::StreamPool& tested() { return pool; }
  void peer_connects() { peers.connect(pool); }
  port::Endpoint peer_endpoint() { return peers.last(); }
  void last_peer_sends(std::string_view text) { peers.last_sends(text); }
  std::uint16_t taken_port() {
    EXPECT_TRUE(other_pool.listen(0).ok());
    return other_pool.local_port();
  }
  template <typename Condition>
  bool wait_for(Condition condition) {
    return eventually(loop, condition);
  }

  port::IpAddress address{*posix::parse_address("127.0.0.1")};
  EventLoop loop;
  TcpStreamPool pool{loop, address, pool_size};
  TcpStreamPool other_pool{loop, address, pool_size};
  Peers peers;
};

struct FakeNetwork {
  port::StreamPool& tested() { return pool; }
  void peer_connects() {
    ++connected;
    pool.peer_connects(peer_endpoint());
  }
  port::Endpoint peer_endpoint() const { return testing::test_endpoint(connected, 1000); }
  void last_peer_sends(std::string_view text) { pool.last_accepted->deliver(text); }
  std::uint16_t taken_port() {
    pool.forbidden_port = 1000;
    return 1000;
  }
  template <typename Condition>
  bool wait_for(Condition condition) {
    return condition();
  }

  FakeStreamPool pool{pool_size};
  std::uint8_t connected{0};
};

template <typename Network>
class StreamPoolContract : public ::testing::Test {
 protected:
  /// The next connection, when one arrives.
  port::StreamPool::Connection accept() {
    std::optional<port::StreamPool::Connection> connection;
    EXPECT_TRUE(network_.wait_for([&] { return (connection = pool_.accept()).has_value(); }));
    return connection.value_or(port::StreamPool::Connection{});
  }
  std::string read_text(port::Stream& stream) {
    std::array<std::uint8_t, 16> buffer{};
    std::size_t count{0};
    EXPECT_TRUE(network_.wait_for([&] {
      const auto read = stream.read(buffer);
      count = read.ok() ? read.value().count : 0;
      return count > 0 || !read.ok();
    }));
    return std::string{as_text(Bytes{buffer}.first(count))};
  }

  Network network_;
  port::StreamPool& pool_{network_.tested()};
};

using Networks = ::testing::Types<TcpNetwork, FakeNetwork>;
TYPED_TEST_SUITE(StreamPoolContract, Networks);

TYPED_TEST(StreamPoolContract, GivesNothingUntilSomebodyConnects) {
  EXPECT_FALSE(this->pool_.accept());
  EXPECT_FALSE(this->pool_.someone_waits());
  this->pool_.close();
  ASSERT_TRUE(this->pool_.listen(0).ok());
  EXPECT_FALSE(this->pool_.accept());
  EXPECT_FALSE(this->pool_.someone_waits());
}

TYPED_TEST(StreamPoolContract, GivesEachConnectionAStreamOfItsOwn) {
  ASSERT_TRUE(this->pool_.listen(0).ok());
  this->network_.peer_connects();
  const auto first = this->accept();
  EXPECT_EQ(first.peer, this->network_.peer_endpoint());
  ASSERT_NE(first.stream, nullptr);
  EXPECT_EQ(first.stream->state(), State::open);
  this->network_.last_peer_sends("first");
  this->network_.peer_connects();
  const auto second = this->accept();
  EXPECT_EQ(second.peer, this->network_.peer_endpoint());
  ASSERT_NE(second.stream, nullptr);
  EXPECT_NE(second.stream, first.stream);
  this->network_.last_peer_sends("second");
  EXPECT_EQ(this->read_text(*second.stream), "second");
  EXPECT_EQ(this->read_text(*first.stream), "first");
  EXPECT_EQ(first.stream->write(as_bytes("answer")).value(), 6U);
}

TYPED_TEST(StreamPoolContract, LetsOthersWaitUntilAStreamIsClosed) {
  ASSERT_TRUE(this->pool_.listen(0).ok());
  this->network_.peer_connects();
  const auto first = this->accept();
  this->network_.peer_connects();
  const auto second = this->accept();
  EXPECT_FALSE(this->pool_.someone_waits());
  this->network_.peer_connects();
  EXPECT_TRUE(this->network_.wait_for([&] { return this->pool_.someone_waits(); }));
  EXPECT_FALSE(this->pool_.accept());
  EXPECT_EQ(second.stream->state(), State::open);
  first.stream->close();
  EXPECT_EQ(this->accept().peer, this->network_.peer_endpoint());
  EXPECT_FALSE(this->pool_.someone_waits());
}

TYPED_TEST(StreamPoolContract, KeepsConnectionsWhenItStopsListening) {
  ASSERT_TRUE(this->pool_.listen(0).ok());
  this->network_.peer_connects();
  const auto connection = this->accept();
  this->pool_.close();
  EXPECT_FALSE(this->pool_.someone_waits());
  EXPECT_FALSE(this->pool_.accept());
  this->network_.last_peer_sends("still here");
  EXPECT_EQ(this->read_text(*connection.stream), "still here");
  connection.stream->close();
}

TYPED_TEST(StreamPoolContract, ForgetsWhoWaitedWhenItListensAnew) {
  ASSERT_TRUE(this->pool_.listen(0).ok());
  this->network_.peer_connects();
  ASSERT_TRUE(this->pool_.listen(0).ok());
  EXPECT_FALSE(this->pool_.someone_waits());
  EXPECT_FALSE(this->pool_.accept());
  this->network_.peer_connects();
  EXPECT_EQ(this->accept().peer, this->network_.peer_endpoint());
}

TYPED_TEST(StreamPoolContract, RefusesAPortThatIsTakenAndCanTryAnother) {
  EXPECT_EQ(this->pool_.listen(this->network_.taken_port()).error(), UpdateError::network_failed);
  EXPECT_FALSE(this->pool_.accept());
  EXPECT_TRUE(this->pool_.listen(0).ok());
}

class TcpStreamPoolTest : public ::testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(pool_.listen(0).ok()); }
  /// False when the loop's wait was ended by an event.
  bool waits_in_vain(milliseconds wait = milliseconds{20}) {
    const auto start = std::chrono::steady_clock::now();
    loop_.iterate(wait);
    return std::chrono::steady_clock::now() - start >= wait - milliseconds{1};
  }

  EventLoop loop_;
  TcpStreamPool pool_{loop_, *posix::parse_address("127.0.0.1"), pool_size};
  Peers peers_;
};

TEST_F(TcpStreamPoolTest, ConnectionEndsTheLoopsWaitOnceAndDoesNotSpin) {
  peers_.connect(pool_);
  EXPECT_FALSE(waits_in_vain(milliseconds{5000}));
  EXPECT_TRUE(waits_in_vain());
  EXPECT_TRUE(pool_.accept());
  peers_.connect(pool_);
  EXPECT_FALSE(waits_in_vain(milliseconds{5000}));
}

TEST_F(TcpStreamPoolTest, SecondConnectionIsToldWhenTheFirstIsAccepted) {
  peers_.connect(pool_);
  peers_.connect(pool_);
  EXPECT_FALSE(waits_in_vain(milliseconds{5000}));
  EXPECT_TRUE(pool_.accept());
  EXPECT_FALSE(waits_in_vain(milliseconds{5000}));
  EXPECT_TRUE(pool_.accept());
  EXPECT_TRUE(waits_in_vain());
}

TEST_F(TcpStreamPoolTest, WaitingConnectionIsToldWhenAStreamIsClosed) {
  for (std::size_t i = 0; i < pool_size + 1; ++i) peers_.connect(pool_);
  const auto first = pool_.accept();
  ASSERT_TRUE(first && pool_.accept());
  EXPECT_FALSE(waits_in_vain(milliseconds{5000}));
  EXPECT_FALSE(pool_.accept());
  EXPECT_TRUE(waits_in_vain());
  first->stream->close();
  EXPECT_FALSE(waits_in_vain(milliseconds{5000}));
  EXPECT_TRUE(pool_.accept());
}

/// As long as it lives, this process gets no further descriptor.
class NoDescriptorLeft {
 public:
  NoDescriptorLeft() {
    getrlimit(RLIMIT_NOFILE, &before_);
    const UniqueFd next{open("/dev/null", O_RDONLY | O_CLOEXEC)};
    const rlimit none{static_cast<rlim_t>(next.get()), before_.rlim_max};
    EXPECT_EQ(setrlimit(RLIMIT_NOFILE, &none), 0);
  }
  ~NoDescriptorLeft() { setrlimit(RLIMIT_NOFILE, &before_); }

 private:
  rlimit before_{};
};

TEST_F(TcpStreamPoolTest, DoesNotSpinWithoutADescriptorAndAcceptsWhenThereIsOneAgain) {
  peers_.connect(pool_);
  {
    const NoDescriptorLeft none;
    EXPECT_FALSE(waits_in_vain(milliseconds{5000}));
    EXPECT_FALSE(pool_.accept());
    EXPECT_TRUE(pool_.someone_waits());
    EXPECT_TRUE(waits_in_vain());
    EXPECT_FALSE(waits_in_vain(milliseconds{5000}));  // tries again by itself
    EXPECT_FALSE(pool_.accept());
    EXPECT_TRUE(waits_in_vain());
  }
  EXPECT_TRUE(eventually(loop_, [&] { return pool_.accept().has_value(); }));
}

}  // namespace
}  // namespace airlift
