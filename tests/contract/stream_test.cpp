// What every Stream does, against TcpStream (connecting and accepted) and its fake.

#include <gtest/gtest.h>

#include <array>
#include <cerrno>
#include <string>

#include "airlift_posix/address.hpp"
#include "airlift_posix/tcp_listener.hpp"
#include "airlift_posix/tcp_stream.hpp"
#include "contract/portable/stream_contract.hpp"
#include "support/eventually.hpp"
#include "support/fake_datagram_socket.hpp"
#include "support/fake_stream.hpp"
#include "support/network_contract.hpp"
#include "support/peer_socket.hpp"

namespace airlift {
namespace {

using posix::EventLoop;
using posix::TcpListener;
using posix::TcpStream;
using testing::eventually;
using testing::FakeStream;
using testing::loopback;
using testing::PeerSocket;
using testing::TlsPeer;
using State = port::Stream::State;
using std::chrono::milliseconds;

class TcpSubject : public testing::OnEventLoop<contract::StreamSubject> {
 public:
  port::Stream& tested() override { return stream_; }
  bool connects() override {
    return stream_.connect(peer_.endpoint()).ok() &&
           comes_about([&] { return stream_.state() == State::open && peer_.accept(); });
  }
  bool connects_again() override {
    peer_ = PeerSocket{};
    return connects();
  }
  void begin_to_connect_in_vain() override {
    const port::Endpoint endpoint = peer_.endpoint();
    peer_.stop_listening();
    EXPECT_TRUE(stream_.connect(endpoint).ok());
  }
  void peer_reads() override { peer_.receive(); }
  void peer_sends(std::string_view text) override { peer_.send(text); }
  void peer_ends_data() override { peer_.end_data(); }
  void peer_resets() override { peer_.reset(); }
  std::string_view peer_received() override { return peer_.received; }
  bool peer_saw_end() override { return peer_.saw_end; }

 protected:
  TcpStream stream_{loop_, loopback()};
  PeerSocket peer_;
};

/// The same inside TLS.
template <port::Stream::TlsRole role>
class TlsSubject final : public TcpSubject {
 public:
  bool connects() override {
    return TcpSubject::connects() && stream_.start_tls(role, as_bytes("key")).ok() && finishes_handshake();
  }
  void peer_reads() override { tls_peer_.receive(); }
  void peer_sends(std::string_view text) override { tls_peer_.send(text); }
  void peer_ends_data() override { tls_peer_.end_data(); }

 private:
  static constexpr auto peer_role =
      role == TlsPeer::Role::client ? TlsPeer::Role::server : TlsPeer::Role::client;

  bool finishes_handshake() {
    tls_peer_.start(peer_, peer_role, {"key"});
    // Ours has ended when the first byte passes.
    const bool passed = comes_about([&] { return tls_peer_.handshake(); }) &&
                        comes_about([&] { return writes("!"); }) && peer_receives("!");
    peer_.received.clear();
    return passed;
  }

  TlsPeer tls_peer_;
};

class FakeSubject : public testing::OnFake<contract::StreamSubject> {
 public:
  port::Stream& tested() override { return stream_; }
  bool connects() override { return stream_.connect(testing::test_endpoint(1, 2)).ok(); }
  bool connects_again() override {
    stream_.on_connect = FakeStream::OnConnect::opens;
    return connects();
  }
  void begin_to_connect_in_vain() override {
    stream_.on_connect = FakeStream::OnConnect::fails;
    EXPECT_TRUE(stream_.connect(testing::test_endpoint(1, 2)).ok());
  }
  void peer_reads() override { stream_.write_room = FakeStream::unlimited; }
  void peer_sends(std::string_view text) override { stream_.deliver(text); }
  void peer_ends_data() override { stream_.peer_closes(); }
  void peer_resets() override { stream_.breaks(); }
  std::string_view peer_received() override { return stream_.written; }
  bool peer_saw_end() override { return stream_.closes > 0; }
  void limit_room() override { stream_.write_room = 100'000; }

 protected:
  FakeStream stream_;
};

class FakeTlsSubject final : public FakeSubject {
 public:
  bool connects() override {
    return FakeSubject::connects() && stream_.start_tls(TlsPeer::Role::client, as_bytes("key")).ok();
  }
};

const bool added[]{
    testing::add_contract<TcpSubject>("TcpStreamContract", contract::stream_cases),
    testing::add_contract<TlsSubject<TlsPeer::Role::client>>("TlsClientContract", contract::stream_cases),
    testing::add_contract<TlsSubject<TlsPeer::Role::server>>("TlsServerContract", contract::stream_cases),
    testing::add_contract<FakeSubject>("FakeStreamContract", contract::stream_cases),
    testing::add_contract<FakeTlsSubject>("FakeTlsStreamContract", contract::stream_cases)};

class TcpStreamTest : public ::testing::Test {
 protected:
  /// How often `stream_` wakes the loop in some turns without anything new.
  int wakes_when_idle() {
    loop_.iterate(milliseconds{5});  // what is due now
    const int before = wakes_;
    for (int i = 0; i < 20; ++i) loop_.iterate(milliseconds{1});
    return wakes_ - before;
  }
  void connect() {
    ASSERT_TRUE(stream_.connect(peer_.endpoint()).ok());
    ASSERT_TRUE(eventually(loop_, [&] { return stream_.state() == State::open && peer_.accept(); }));
  }

  EventLoop loop_;
  int wakes_{0};
  TcpStream stream_{loop_, loopback(), [this] { ++wakes_; }};
  PeerSocket peer_;
  std::array<std::uint8_t, 64> buffer_{};
};

TEST_F(TcpStreamTest, SaysThatConnectingHasEnded) {
  ASSERT_TRUE(stream_.connect(peer_.endpoint()).ok());
  EXPECT_TRUE(eventually(loop_, [&] { return wakes_ > 0; }));
  EXPECT_EQ(stream_.state(), State::open);
  EXPECT_EQ(wakes_when_idle(), 0);
}

TEST_F(TcpStreamTest, WakesForDataUntilItIsRead) {
  connect();
  wakes_ = 0;
  peer_.send("x");
  EXPECT_TRUE(eventually(loop_, [&] { return wakes_ >= 2; }));
  EXPECT_EQ(stream_.read(buffer_).value().count, 1U);
  EXPECT_EQ(wakes_when_idle(), 0);
}

TEST_F(TcpStreamTest, DoesNotSpinAfterTheEndOfData) {
  connect();
  peer_.end_data();
  EXPECT_TRUE(eventually(loop_, [&] { return stream_.read(buffer_).value().end_of_data; }));
  EXPECT_EQ(wakes_when_idle(), 0);
  peer_.reset();
  EXPECT_EQ(wakes_when_idle(), 0);
}

TEST_F(TcpStreamTest, DoesNotSpinAfterAReset) {
  connect();
  peer_.reset();
  EXPECT_TRUE(eventually(loop_, [&] { return !stream_.read(buffer_).ok(); }));
  EXPECT_EQ(wakes_when_idle(), 0);
}

TEST_F(TcpStreamTest, TellsTheLastWordsOfAPeerThatResets) {
  connect();
  peer_.send("no");
  wakes_ = 0;
  ASSERT_TRUE(eventually(loop_, [&] { return wakes_ > 0; }));
  peer_.reset();
  // The first write after a reset fails, all others find the connection gone.
  EXPECT_TRUE(eventually(loop_, [&] { return stream_.write(as_bytes("x")).value() == 0; }));
  EXPECT_EQ(stream_.state(), State::open);
  EXPECT_EQ(stream_.read(buffer_).value().count, 2U);
  EXPECT_TRUE(stream_.read(buffer_).value().end_of_data);
  EXPECT_EQ(stream_.write(as_bytes("x")).error(), UpdateError::connection_lost);
}

TEST_F(TcpStreamTest, WakesOnceWhenThereIsRoomAgain) {
  connect();
  const std::string block(1024 * 1024, 'x');
  while (stream_.write(as_bytes(block)).value() > 0) {
  }
  EXPECT_EQ(wakes_when_idle(), 0);
  EXPECT_TRUE(eventually(loop_, [&] {
    peer_.receive();
    return wakes_ > 0;
  }));
  EXPECT_EQ(wakes_when_idle(), 0);
  EXPECT_GT(stream_.write(as_bytes(block)).value(), 0U);
}

TEST_F(TcpStreamTest, WakesForRoomAlsoAfterTheEndOfData) {
  connect();
  const std::string block(1024 * 1024, 'x');
  while (stream_.write(as_bytes(block)).value() > 0) {
  }
  peer_.end_data();
  ASSERT_TRUE(eventually(loop_, [&] { return stream_.read(buffer_).value().end_of_data; }));
  EXPECT_EQ(wakes_when_idle(), 0);
  wakes_ = 0;
  EXPECT_TRUE(eventually(loop_, [&] {
    peer_.receive();
    return wakes_ > 0;
  }));
}

TEST_F(TcpStreamTest, MayBeDestroyedInItsOwnCallback) {
  connect();
  std::unique_ptr<TcpStream> stream;
  const std::string captured{"long enough to live on the heap, so that ASan sees a use after free"};
  std::size_t seen{0};
  stream = std::make_unique<TcpStream>(loop_, loopback(), [&stream, &seen, captured] {
    stream.reset();
    seen += captured.size();
  });
  ASSERT_TRUE(stream->connect(peer_.endpoint()).ok());
  EXPECT_TRUE(eventually(loop_, [&] { return stream == nullptr; }));
  EXPECT_EQ(seen, captured.size());
}

TEST_F(TcpStreamTest, ConnectsFromTheAddressItWasMadeWith) {
  TcpListener listener{loop_, loopback(), 0};
  TcpStream stream{loop_, *posix::parse_address("127.0.0.9")};
  ASSERT_TRUE(stream.connect({loopback(), listener.local_port(), 0}).ok());
  std::optional<TcpListener::Accepted> accepted;
  ASSERT_TRUE(eventually(loop_, [&] { return (accepted = listener.accept()).has_value(); }));
  EXPECT_EQ(posix::to_text(accepted->peer.address), "127.0.0.9");
  TcpStream other_family{loop_, *posix::parse_address("::1")};
  EXPECT_EQ(other_family.connect({loopback(), listener.local_port(), 0}).error(),
            UpdateError::network_failed);
}

TEST(TcpListener, GivesConnectionsAsOpenStreams) {
  EventLoop loop;
  int calls{0};
  TcpListener listener{loop, loopback(), 0, [&] { ++calls; }};
  EXPECT_FALSE(listener.accept());
  TcpStream client{loop, loopback()};
  ASSERT_TRUE(client.connect({loopback(), listener.local_port(), 0}).ok());
  ASSERT_TRUE(eventually(loop, [&] { return calls > 0; }));
  const auto accepted = listener.accept();
  ASSERT_TRUE(accepted);
  EXPECT_EQ(accepted->stream->state(), State::open);
  EXPECT_EQ(accepted->peer.address, loopback());
  EXPECT_FALSE(listener.accept());

  int wakes{0};
  accepted->stream->set_ready([&] { ++wakes; });
  ASSERT_TRUE(eventually(loop, [&] { return client.state() == State::open; }));
  ASSERT_TRUE(client.write(as_bytes("hello")).ok());
  EXPECT_TRUE(eventually(loop, [&] { return wakes > 0; }));
  std::array<std::uint8_t, 64> buffer{};
  const auto read = accepted->stream->read(buffer);
  ASSERT_TRUE(read.ok());
  EXPECT_EQ(as_text(Bytes{buffer}.first(read.value().count)), "hello");
  EXPECT_EQ(accepted->stream->write(as_bytes("5")).value(), 1U);
}

TEST(TcpListener, SaysWhichAddressCannotBeUsed) {
  EventLoop loop;
  TcpListener first{loop, loopback(), 0};
  try {
    TcpListener second{loop, loopback(), first.local_port()};
    FAIL() << "a second listener on the same port";
  } catch (const std::system_error& error) {
    EXPECT_EQ(error.code(), std::errc::address_in_use);
    EXPECT_EQ(std::string{error.what()}.find("listen on 127.0.0.1:" + std::to_string(first.local_port())),
              0U);
  }
}

TEST(TcpStream, SaysWhyItCouldNotConnect) {
  EventLoop loop;
  const std::uint16_t nobody = TcpListener{loop, loopback(), 0}.local_port();
  TcpStream stream{loop, loopback()};
  ASSERT_TRUE(stream.connect({loopback(), nobody, 0}).ok());
  ASSERT_TRUE(eventually(loop, [&] { return stream.state() == port::Stream::State::failed; }));
  EXPECT_EQ(stream.connect_error(), ECONNREFUSED);
}

TEST(FakeStream, FollowsItsScript) {
  FakeStream stream;
  stream.on_connect = FakeStream::OnConnect::fails_early;
  EXPECT_EQ(stream.connect(testing::test_endpoint(1, 2)).error(), UpdateError::network_failed);
  EXPECT_EQ(stream.state(), State::closed);
  stream.on_connect = FakeStream::OnConnect::waits;
  ASSERT_TRUE(stream.connect(testing::test_endpoint(1, 2)).ok());
  EXPECT_EQ(stream.state(), State::connecting);
  stream.finish_connecting(State::open);
  EXPECT_EQ(stream.connected_to, testing::test_endpoint(1, 2));
  stream.deliver("abc");
  stream.most_per_read = 2;
  std::array<std::uint8_t, 8> buffer{};
  EXPECT_EQ(stream.read(buffer).value().count, 2U);
  stream.write_room = 3;
  EXPECT_EQ(stream.write(as_bytes("12345")).value(), 3U);
  EXPECT_EQ(stream.write(as_bytes("45")).value(), 0U);
  EXPECT_EQ(stream.written, "123");
}

}  // namespace
}  // namespace airlift
