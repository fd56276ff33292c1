// What every Stream does, against TcpStream (connecting and accepted) and its fake.

#include <gtest/gtest.h>

#include <array>
#include <cerrno>
#include <string>

#include "airlift_posix/address.hpp"
#include "airlift_posix/tcp_listener.hpp"
#include "airlift_posix/tcp_stream.hpp"
#include "support/eventually.hpp"
#include "support/fake_datagram_socket.hpp"
#include "support/fake_stream.hpp"
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

struct TcpNetwork {
  port::Stream& tested() { return stream; }
  void connect() {
    ASSERT_TRUE(stream.connect(peer.endpoint()).ok());
    ASSERT_TRUE(eventually(loop, [&] { return stream.state() == State::open && peer.accept(); }));
  }
  void begin_to_connect_in_vain() {
    const port::Endpoint endpoint = peer.endpoint();
    peer.stop_listening();
    ASSERT_TRUE(stream.connect(endpoint).ok());
  }
  void connect_again() {
    peer = PeerSocket{};
    connect();
  }
  void peer_reads() { peer.receive(); }
  void peer_sends(const char* text) { peer.send(text); }
  void peer_ends_data() { peer.end_data(); }
  void peer_resets() { peer.reset(); }
  const std::string& peer_received() { return peer.received; }
  bool peer_saw_end() { return peer.saw_end; }
  template <typename Condition>
  bool wait_for(Condition condition) {
    return eventually(loop, condition);
  }
  void limit_room() {}  // the kernel's buffers do

  EventLoop loop;
  TcpStream stream{loop, loopback()};
  PeerSocket peer;
};

/// The same inside TLS.
template <port::Stream::TlsRole role>
struct TlsNetwork : TcpNetwork {
  static constexpr auto peer_role =
      role == TlsPeer::Role::client ? TlsPeer::Role::server : TlsPeer::Role::client;

  void connect() {
    TcpNetwork::connect();
    ASSERT_TRUE(stream.start_tls(role, as_bytes("key")).ok());
    tls_peer.start(peer, peer_role, {"key"});
    ASSERT_TRUE(eventually(loop, [&] { return tls_peer.handshake(); }));
    // Ours has ended when the first byte passes.
    ASSERT_TRUE(eventually(loop, [&] { return stream.write(as_bytes("!")).value() == 1; }));
    ASSERT_TRUE(eventually(loop, [&] {
      peer_reads();
      return peer.received == "!";
    }));
    peer.received.clear();
  }
  void connect_again() {
    peer = PeerSocket{};
    connect();
  }
  void peer_reads() { tls_peer.receive(); }
  void peer_sends(const char* text) { tls_peer.send(text); }
  void peer_ends_data() { tls_peer.end_data(); }

  TlsPeer tls_peer;
};

struct FakeNetwork {
  port::Stream& tested() { return stream; }
  void connect() { ASSERT_TRUE(stream.connect(testing::test_endpoint(1, 2)).ok()); }
  void begin_to_connect_in_vain() {
    stream.on_connect = FakeStream::OnConnect::fails;
    connect();
  }
  void connect_again() {
    stream.on_connect = FakeStream::OnConnect::opens;
    connect();
  }
  void peer_reads() { stream.write_room = FakeStream::unlimited; }
  void peer_sends(const char* text) { stream.deliver(text); }
  void peer_ends_data() { stream.peer_closes(); }
  void peer_resets() { stream.breaks(); }
  const std::string& peer_received() { return stream.written; }
  bool peer_saw_end() { return stream.closes > 0; }
  template <typename Condition>
  bool wait_for(Condition condition) {
    for (int i = 0; i < 100; ++i) {
      if (condition()) return true;
    }
    return false;
  }
  void limit_room() { stream.write_room = 100'000; }

  FakeStream stream;
};

template <typename Network>
class StreamContract : public ::testing::Test {
 protected:
  /// Reads until `count` bytes or the end have come.
  std::string read_text(std::size_t count) {
    std::string text;
    std::array<std::uint8_t, 16> buffer{};
    EXPECT_TRUE(network_.wait_for([&] {
      const auto read = stream_.read(buffer);
      EXPECT_TRUE(read.ok());
      if (!read.ok()) return true;
      text.append(as_text(Bytes{buffer}.first(read.value().count)));
      ended_ = read.value().end_of_data;
      return text.size() >= count || ended_;
    }));
    return text;
  }
  UpdateError read_error() {
    std::array<std::uint8_t, 16> buffer{};
    return stream_.read(buffer).error();
  }

  Network network_;
  port::Stream& stream_{network_.tested()};
  bool ended_{false};
};

struct FakeTlsNetwork : FakeNetwork {
  void connect() {
    FakeNetwork::connect();
    if (stream.state() == State::open) {
      ASSERT_TRUE(stream.start_tls(TlsPeer::Role::client, as_bytes("key")).ok());
    }
  }
};

using Networks = ::testing::Types<TcpNetwork, TlsNetwork<TlsPeer::Role::client>,
                                  TlsNetwork<TlsPeer::Role::server>, FakeNetwork, FakeTlsNetwork>;
TYPED_TEST_SUITE(StreamContract, Networks);

TYPED_TEST(StreamContract, DoesNothingWhenClosed) {
  EXPECT_EQ(this->stream_.state(), State::closed);
  EXPECT_EQ(this->read_error(), UpdateError::connection_lost);
  EXPECT_EQ(this->stream_.write(as_bytes("x")).error(), UpdateError::connection_lost);
  this->stream_.close();
  EXPECT_EQ(this->stream_.state(), State::closed);
}

TYPED_TEST(StreamContract, CarriesBytesBothWays) {
  this->network_.connect();
  std::array<std::uint8_t, 16> buffer{};
  const auto nothing_yet = this->stream_.read(buffer);
  ASSERT_TRUE(nothing_yet.ok());
  EXPECT_EQ(nothing_yet.value().count, 0U);
  EXPECT_FALSE(nothing_yet.value().end_of_data);
  this->network_.peer_sends("a text longer than the buffer");
  EXPECT_EQ(this->read_text(29), "a text longer than the buffer");
  EXPECT_FALSE(this->ended_);
  const auto written = this->stream_.write(as_bytes("answer"));
  ASSERT_TRUE(written.ok());
  EXPECT_EQ(written.value(), 6U);
  EXPECT_TRUE(this->network_.wait_for([&] {
    this->network_.peer_reads();
    return this->network_.peer_received() == "answer";
  }));
}

TYPED_TEST(StreamContract, ConnectsOnceAtATime) {
  this->network_.connect();
  EXPECT_EQ(this->stream_.connect({loopback(), 9, 0}).error(), UpdateError::network_failed);
  EXPECT_EQ(this->stream_.state(), State::open);
}

TYPED_TEST(StreamContract, FailsWhenNobodyListensAndCanBeUsedAgain) {
  this->network_.begin_to_connect_in_vain();
  EXPECT_TRUE(this->network_.wait_for([&] { return this->stream_.state() == State::failed; }));
  EXPECT_EQ(this->read_error(), UpdateError::connection_lost);
  EXPECT_EQ(this->stream_.connect({loopback(), 9, 0}).error(), UpdateError::network_failed);
  this->stream_.close();
  EXPECT_EQ(this->stream_.state(), State::closed);
  this->network_.connect_again();
  EXPECT_EQ(this->stream_.state(), State::open);
}

TYPED_TEST(StreamContract, TellsTheEndOfDataBehindTheDataAndStillWrites) {
  this->network_.connect();
  this->network_.peer_sends("last words of more than 16 bytes");
  this->network_.peer_ends_data();
  EXPECT_EQ(this->read_text(100), "last words of more than 16 bytes");
  EXPECT_TRUE(this->ended_);
  EXPECT_EQ(this->read_text(100), "");
  EXPECT_TRUE(this->ended_);
  EXPECT_EQ(this->stream_.state(), State::open);
  EXPECT_TRUE(this->stream_.write(as_bytes("OK")).ok());
  EXPECT_TRUE(this->network_.wait_for([&] {
    this->network_.peer_reads();
    return this->network_.peer_received() == "OK";
  }));
}

TYPED_TEST(StreamContract, FailsWhenThePeerResets) {
  this->network_.connect();
  this->network_.peer_resets();
  EXPECT_TRUE(this->network_.wait_for([&] { return this->read_error() == UpdateError::connection_lost; }));
  EXPECT_EQ(this->stream_.state(), State::failed);
  EXPECT_EQ(this->stream_.write(as_bytes("x")).error(), UpdateError::connection_lost);
  this->stream_.close();
  EXPECT_EQ(this->stream_.state(), State::closed);
}

TYPED_TEST(StreamContract, TakesNoMoreThanThereIsRoomFor) {
  this->network_.connect();
  this->network_.limit_room();
  const std::string much(64 * 1024 * 1024, 'x');
  std::size_t sent{0};
  std::size_t taken{1};
  while (taken > 0 && sent < much.size()) {
    const auto written = this->stream_.write(as_bytes(std::string_view{much}.substr(sent)));
    ASSERT_TRUE(written.ok());
    taken = written.value();
    sent += taken;
  }
  ASSERT_LT(sent, much.size());
  const std::size_t before = sent;
  EXPECT_TRUE(this->network_.wait_for([&] {
    this->network_.peer_reads();
    const auto written = this->stream_.write(as_bytes("more"));
    sent += written.ok() ? written.value() : 0;
    return sent > before;
  }));
}

TYPED_TEST(StreamContract, DeliversWhatWasWrittenBeforeClose) {
  this->network_.connect();
  this->network_.peer_sends("never read");
  ASSERT_TRUE(this->stream_.write(as_bytes("OK")).ok());
  this->stream_.close();
  EXPECT_EQ(this->stream_.state(), State::closed);
  EXPECT_TRUE(this->network_.wait_for([&] {
    this->network_.peer_reads();
    return this->network_.peer_saw_end();
  }));
  EXPECT_EQ(this->network_.peer_received(), "OK");
}

TYPED_TEST(StreamContract, ForgetsTheOldConnectionInTheNext) {
  this->network_.connect();
  this->network_.peer_ends_data();
  this->read_text(1);
  this->stream_.close();
  this->network_.connect_again();
  this->network_.peer_sends("new");
  EXPECT_EQ(this->read_text(3), "new");
  EXPECT_FALSE(this->ended_);
}

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
