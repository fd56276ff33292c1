// What every StreamPool does, against TcpStreamPool and its fake.

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <chrono>

#include "airlift_posix/address.hpp"
#include "airlift_posix/tcp_stream_pool.hpp"
#include "contract/portable/listener_contract.hpp"
#include "support/eventually.hpp"
#include "support/fake_datagram_socket.hpp"
#include "support/fake_stream_pool.hpp"
#include "support/network_contract.hpp"

namespace airlift {
namespace {

using posix::EventLoop;
using posix::TcpStreamPool;
using posix::UniqueFd;
using std::chrono::milliseconds;
using testing::eventually;
using testing::FakeStreamPool;

constexpr std::size_t pool_size{2};

class TcpSubject final : public testing::OnEventLoop<contract::StreamPoolSubject> {
 public:
  port::StreamPool& tested() override { return pool_; }
  void peer_connects() override { peers_.connect({address_, pool_.local_port(), 0}); }
  port::Endpoint peer_endpoint() override { return peers_.last(); }
  void peer_sends(std::string_view text) override { peers_.last_sends(text); }
  std::uint16_t taken_port() override {
    EXPECT_TRUE(other_pool_.listen(0).ok());
    return other_pool_.local_port();
  }

 private:
  port::IpAddress address_{*posix::parse_address("127.0.0.1")};
  TcpStreamPool pool_{loop_, address_, pool_size};
  TcpStreamPool other_pool_{loop_, address_, pool_size};
  testing::ConnectingPeers peers_;
};

class FakeSubject final : public testing::OnFake<contract::StreamPoolSubject> {
 public:
  port::StreamPool& tested() override { return pool_; }
  void peer_connects() override {
    ++connected_;
    pool_.peer_connects(peer_endpoint());
  }
  port::Endpoint peer_endpoint() override { return testing::test_endpoint(connected_, 1000); }
  void peer_sends(std::string_view text) override { pool_.last_accepted->deliver(text); }
  std::uint16_t taken_port() override {
    pool_.forbidden_port = 1000;
    return 1000;
  }

 private:
  FakeStreamPool pool_{pool_size};
  std::uint8_t connected_{0};
};

const bool added[]{testing::add_contract<TcpSubject>("TcpStreamPoolContract", contract::stream_pool_cases),
                   testing::add_contract<FakeSubject>("FakeStreamPoolContract", contract::stream_pool_cases)};

class TcpStreamPoolTest : public ::testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(pool_.listen(0).ok()); }
  /// False when the loop's wait was ended by an event.
  bool waits_in_vain(milliseconds wait = milliseconds{20}) {
    const auto start = std::chrono::steady_clock::now();
    loop_.iterate(wait);
    return std::chrono::steady_clock::now() - start >= wait - milliseconds{1};
  }

  void connect() { peers_.connect({*posix::parse_address("127.0.0.1"), pool_.local_port(), 0}); }

  EventLoop loop_;
  TcpStreamPool pool_{loop_, *posix::parse_address("127.0.0.1"), pool_size};
  testing::ConnectingPeers peers_;
};

TEST_F(TcpStreamPoolTest, ConnectionEndsTheLoopsWaitOnceAndDoesNotSpin) {
  connect();
  EXPECT_FALSE(waits_in_vain(milliseconds{5000}));
  EXPECT_TRUE(waits_in_vain());
  EXPECT_TRUE(pool_.accept());
  connect();
  EXPECT_FALSE(waits_in_vain(milliseconds{5000}));
}

TEST_F(TcpStreamPoolTest, SecondConnectionIsToldWhenTheFirstIsAccepted) {
  connect();
  connect();
  EXPECT_FALSE(waits_in_vain(milliseconds{5000}));
  EXPECT_TRUE(pool_.accept());
  EXPECT_FALSE(waits_in_vain(milliseconds{5000}));
  EXPECT_TRUE(pool_.accept());
  EXPECT_TRUE(waits_in_vain());
}

TEST_F(TcpStreamPoolTest, WaitingConnectionIsToldWhenAStreamIsClosed) {
  for (std::size_t i = 0; i < pool_size + 1; ++i) connect();
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
  connect();
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
