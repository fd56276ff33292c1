// What Stream::start_tls() does, between two TcpStreams, against OpenSSL's own words and in the fake. That a
// stream inside TLS still does what every Stream does is in stream_test.cpp.

#include <gtest/gtest.h>

#include <array>
#include <optional>
#include <string>

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
using Role = port::Stream::TlsRole;
using State = port::Stream::State;
using std::chrono::milliseconds;

constexpr std::string_view key{"0123456789abcdef0123456789abcdef"};

Role other(Role role) {
  return role == Role::client ? Role::server : Role::client;
}

/// Appends what can be read now, in pieces of `most` bytes; the error that ended it.
UpdateError read_into(std::string& text, port::Stream& stream, std::size_t most = 65536) {
  std::array<std::uint8_t, 65536> buffer{};
  while (true) {
    const auto read = stream.read(MutableBytes{buffer}.first(most));
    if (!read.ok()) return read.error();
    if (read.value().count == 0) return UpdateError::none;
    text += as_text(Bytes{buffer}.first(read.value().count));
  }
}

/// Two streams of ours.
class TlsPair : public ::testing::TestWithParam<Role> {
 protected:
  void SetUp() override {
    TcpListener listener{loop_, loopback(), 0};
    ASSERT_TRUE(stream_.connect({loopback(), listener.local_port(), 0}).ok());
    std::optional<TcpListener::Accepted> accepted;
    ASSERT_TRUE(eventually(loop_, [&] {
      if (!accepted) accepted = listener.accept();
      return accepted && stream_.state() == State::open;
    }));
    peer_ = std::move(accepted->stream);
  }
  void start(std::string_view peer_key = key) {
    ASSERT_TRUE(stream_.start_tls(GetParam(), as_bytes(key)).ok());
    ASSERT_TRUE(peer_->start_tls(other(GetParam()), as_bytes(peer_key)).ok());
  }
  /// Sends all of `text` one way, `step` bytes a call, and gives what arrived.
  std::string carry(port::Stream& from, port::Stream& to, std::string_view text, std::size_t step) {
    std::string received;
    std::size_t sent{0};
    EXPECT_TRUE(eventually(loop_, [&] {
      const auto taken = from.write(as_bytes(text.substr(sent, step)));
      EXPECT_TRUE(taken.ok());
      sent += taken.value();
      EXPECT_EQ(read_into(received, to, step), UpdateError::none);
      return received.size() >= text.size();
    }));
    return received;
  }

  EventLoop loop_;
  TcpStream stream_{loop_, loopback()};
  std::unique_ptr<TcpStream> peer_;
};

INSTANTIATE_TEST_SUITE_P(Roles, TlsPair, ::testing::Values(Role::client, Role::server),
                         [](const auto& test) { return test.param == Role::client ? "Client" : "Server"; });

TEST_P(TlsPair, CarriesSingleBytesBothWays) {
  start();
  const std::string text{"one byte after the other"};
  EXPECT_EQ(carry(stream_, *peer_, text, 1), text);
  EXPECT_EQ(carry(*peer_, stream_, text, 1), text);
}

TEST_P(TlsPair, CarriesAMebibyteBothWays) {
  start();
  std::string text(1024 * 1024, '\0');
  for (std::size_t i = 0; i < text.size(); ++i) text[i] = static_cast<char>(i * 2654435761U >> 13U);
  EXPECT_EQ(carry(stream_, *peer_, text, 65536), text);
  EXPECT_EQ(carry(*peer_, stream_, text, 40000), text);
}

TEST_P(TlsPair, LeavesWhatFollowsThePlainBytesToTls) {
  // The client writes its first plain bytes and begins TLS at once; the server learns from them to do so.
  port::Stream& client = GetParam() == Role::client ? stream_ : *peer_;
  port::Stream& server = GetParam() == Role::client ? *peer_ : stream_;
  ASSERT_EQ(client.write(as_bytes("SECURE")).value(), 6U);
  ASSERT_TRUE(client.start_tls(Role::client, as_bytes(key)).ok());
  for (int i = 0; i < 5; ++i) loop_.iterate(milliseconds{1});
  std::array<std::uint8_t, 6> buffer{};
  ASSERT_TRUE(eventually(loop_, [&] { return server.read(buffer).value().count == 6; }));
  ASSERT_TRUE(server.start_tls(Role::server, as_bytes(key)).ok());
  EXPECT_EQ(carry(client, server, "inside", 65536), "inside");
}

TEST_P(TlsPair, FailsOnBothSidesWhenTheKeysDiffer) {
  start("another key");
  std::string nothing;
  EXPECT_TRUE(eventually(loop_, [&] { return read_into(nothing, stream_) == UpdateError::tls_failed; }));
  EXPECT_TRUE(eventually(loop_, [&] { return read_into(nothing, *peer_) == UpdateError::tls_failed; }));
  EXPECT_EQ(nothing, "");
  EXPECT_EQ(stream_.state(), State::failed);
  EXPECT_EQ(stream_.write(as_bytes("x")).error(), UpdateError::tls_failed);
  stream_.close();
  EXPECT_EQ(stream_.state(), State::closed);
  EXPECT_EQ(read_into(nothing, stream_), UpdateError::connection_lost);
}

TEST_P(TlsPair, EndsWithAWordThatItEnds) {
  start();
  ASSERT_EQ(carry(stream_, *peer_, "OK", 2), "OK");
  ASSERT_EQ(peer_->write(as_bytes("bye")).value(), 3U);
  peer_->close();
  std::string text;
  bool ended{false};
  EXPECT_TRUE(eventually(loop_, [&] {
    EXPECT_EQ(read_into(text, stream_), UpdateError::none);
    std::array<std::uint8_t, 1> buffer{};
    ended = stream_.read(buffer).value().end_of_data;
    return ended;
  }));
  EXPECT_EQ(text, "bye");
}

TEST_P(TlsPair, BeginsOnceAndOnlyWhileOpen) {
  TcpStream closed{loop_, loopback()};
  EXPECT_EQ(closed.start_tls(GetParam(), as_bytes(key)).error(), UpdateError::tls_failed);
  start();
  EXPECT_EQ(stream_.start_tls(GetParam(), as_bytes(key)).error(), UpdateError::tls_failed);
}

/// Our stream, and a peer who may misbehave.
class TlsStream : public ::testing::TestWithParam<Role> {
 protected:
  void SetUp() override {
    ASSERT_TRUE(stream_.connect(peer_.endpoint()).ok());
    ASSERT_TRUE(eventually(loop_, [&] { return stream_.state() == State::open && peer_.accept(); }));
  }
  void start_ours() { ASSERT_TRUE(stream_.start_tls(GetParam(), as_bytes(key)).ok()); }
  void establish() {
    start_ours();
    tls_peer_.start(peer_, other(GetParam()), {std::string{key}});
    ASSERT_TRUE(eventually(loop_, [&] { return tls_peer_.handshake(); }));
    ASSERT_TRUE(eventually(loop_, [&] { return stream_.write(as_bytes("x")).value() == 1; }));
  }
  UpdateError error_after_offer(TlsPeer::Offer offer) {
    start_ours();
    tls_peer_.start(peer_, other(GetParam()), std::move(offer));
    EXPECT_TRUE(eventually(loop_, [&] {
      tls_peer_.handshake();
      return stream_.state() == State::failed;
    }));
    return read_error();
  }
  UpdateError read_error() {
    std::string nothing;
    UpdateError error{UpdateError::none};
    EXPECT_TRUE(
        eventually(loop_, [&] { return (error = read_into(nothing, stream_)) != UpdateError::none; }));
    EXPECT_EQ(nothing, "");
    return error;
  }
  /// How often the stream wakes the loop in some turns without anything new.
  int wakes_when_idle() {
    for (int i = 0; i < 5; ++i) loop_.iterate(milliseconds{1});  // what is due now
    const int before = wakes_;
    for (int i = 0; i < 20; ++i) loop_.iterate(milliseconds{1});
    return wakes_ - before;
  }

  EventLoop loop_;
  int wakes_{0};
  TcpStream stream_{loop_, loopback(), [this] { ++wakes_; }};
  PeerSocket peer_;
  TlsPeer tls_peer_;
};

INSTANTIATE_TEST_SUITE_P(Roles, TlsStream, ::testing::Values(Role::client, Role::server),
                         [](const auto& test) { return test.param == Role::client ? "Client" : "Server"; });

TEST_P(TlsStream, TakesAndGivesNothingAndDoesNotSpinDuringTheHandshake) {
  start_ours();
  std::array<std::uint8_t, 16> buffer{};
  EXPECT_EQ(stream_.write(as_bytes("early")).value(), 0U);
  EXPECT_EQ(stream_.read(buffer).value().count, 0U);
  EXPECT_EQ(wakes_when_idle(), 0);
  wakes_ = 0;
  tls_peer_.start(peer_, other(GetParam()), {std::string{key}});
  EXPECT_TRUE(eventually(loop_, [&] { return tls_peer_.handshake(); }));
  EXPECT_TRUE(eventually(loop_, [&] { return wakes_ > 0 && stream_.write(as_bytes("x")).value() == 1; }));
  EXPECT_EQ(wakes_when_idle(), 0);
}

TEST_P(TlsStream, WakesWhenTheHandshakeIsOver) {
  start_ours();
  tls_peer_.start(peer_, other(GetParam()), {std::string{key}});
  // Writes in the callback only, as a user does who waits for room.
  std::size_t taken{0};
  stream_.set_ready([&] { taken += stream_.write(as_bytes("x")).value(); });
  EXPECT_TRUE(eventually(loop_, [&] {
    tls_peer_.handshake();
    return taken > 0;
  }));
}

TEST_P(TlsStream, FailsOnPlainBytes) {
  start_ours();
  peer_.send("this is no TLS, but long enough for the header of a record");
  EXPECT_EQ(read_error(), UpdateError::tls_failed);
  EXPECT_EQ(wakes_when_idle(), 0);
}

TEST_P(TlsStream, WakesWhenItFails) {
  start_ours();
  wakes_when_idle();
  wakes_ = 0;
  peer_.send("this is no TLS, but long enough for the header of a record");
  EXPECT_TRUE(eventually(loop_, [&] { return wakes_ > 0 && stream_.state() == State::failed; }));
}

TEST_P(TlsStream, IsLostWhenThePeerGoesInTheMiddleOfTheHandshake) {
  start_ours();
  if (GetParam() == Role::server) {
    tls_peer_.start(peer_, Role::client, {std::string{key}});
    tls_peer_.handshake();  // the first flight
    for (int i = 0; i < 5; ++i) loop_.iterate(milliseconds{1});
  }
  peer_.end_data();
  EXPECT_EQ(read_error(), UpdateError::connection_lost);
  EXPECT_EQ(wakes_when_idle(), 0);
}

TEST_P(TlsStream, IsLostWhenThePeerResetsInTheMiddleOfTheHandshake) {
  start_ours();
  wakes_when_idle();
  peer_.reset();
  EXPECT_EQ(read_error(), UpdateError::connection_lost);
}

TEST_P(TlsStream, IsLostWhenThePeerGoesWithoutAWord) {
  establish();
  peer_.end_data();
  EXPECT_EQ(read_error(), UpdateError::connection_lost);
  EXPECT_EQ(wakes_when_idle(), 0);
}

TEST_P(TlsStream, FailsOnARecordThatWasChanged) {
  establish();
  const std::string record{"\x17\x03\x03\x00\x20", 5};
  peer_.send(record + std::string(32, 'x'));
  EXPECT_EQ(read_error(), UpdateError::tls_failed);
  EXPECT_EQ(wakes_when_idle(), 0);
}

TEST_P(TlsStream, TakesNoOtherSuite) {
  EXPECT_EQ(error_after_offer({std::string{key}, "airlift", "PSK-AES128-GCM-SHA256"}),
            UpdateError::tls_failed);
}

TEST_P(TlsStream, TakesNoOtherVersion) {
  EXPECT_EQ(error_after_offer({std::string{key}, "airlift", "ALL", TLS1_3_VERSION}), UpdateError::tls_failed);
}

TEST_P(TlsStream, TakesNoOtherKey) {
  EXPECT_EQ(error_after_offer({"another"}), UpdateError::tls_failed);
}

TEST(TlsServer, TakesNoOtherIdentity) {
  EventLoop loop;
  PeerSocket peer;
  TcpStream stream{loop, loopback()};
  TlsPeer tls_peer;
  ASSERT_TRUE(stream.connect(peer.endpoint()).ok());
  ASSERT_TRUE(eventually(loop, [&] { return stream.state() == State::open && peer.accept(); }));
  ASSERT_TRUE(stream.start_tls(Role::server, as_bytes(key)).ok());
  tls_peer.start(peer, Role::client, {std::string{key}, "somebody"});
  ASSERT_TRUE(eventually(loop, [&] {
    tls_peer.handshake();
    return stream.state() == State::failed;
  }));
  EXPECT_EQ(stream.write(as_bytes("x")).error(), UpdateError::tls_failed);
}

TEST_P(TlsStream, WakesForDecryptedBytesUntilTheyAreRead) {
  establish();
  tls_peer_.send("abc");
  // The record is read from the socket with its first byte: the rest is no news to the kernel.
  std::array<std::uint8_t, 1> buffer{};
  EXPECT_TRUE(eventually(loop_, [&] { return stream_.read(buffer).value().count == 1; }));
  wakes_ = 0;
  EXPECT_TRUE(eventually(loop_, [&] { return wakes_ >= 3; }));
  std::string text;
  stream_.set_ready([&] {
    ++wakes_;
    const auto read = stream_.read(buffer);
    text += as_text(Bytes{buffer}.first(read.value().count));
  });
  EXPECT_TRUE(eventually(loop_, [&] { return text == "bc"; }));
  EXPECT_EQ(wakes_when_idle(), 0);
}

TEST_P(TlsStream, WaitsForTheRestOfARecordWithoutSpinning) {
  establish();
  peer_.send(
      std::string_view{"\x17\x03\x03\x00\x20"
                       "begin",
                       10});
  std::array<std::uint8_t, 16> buffer{};
  ASSERT_TRUE(eventually(loop_, [&] {
    EXPECT_EQ(stream_.read(buffer).value().count, 0U);
    return wakes_when_idle() == 0;
  }));
}

TEST_P(TlsStream, SendsWhatTheSocketDidNotTakeWithoutItsUser) {
  establish();
  const std::string block(1024 * 1024, 'x');
  std::size_t taken{0};
  while (true) {
    const std::size_t count = stream_.write(as_bytes(block)).value();
    if (count == 0) break;
    taken += count;
  }
  EXPECT_EQ(wakes_when_idle(), 0);
  wakes_ = 0;
  EXPECT_TRUE(eventually(loop_, [&] {
    tls_peer_.receive();
    return peer_.received.size() == taken + 1;  // and the byte of establish()
  }));
  EXPECT_GE(wakes_, 1);
  EXPECT_EQ(wakes_when_idle(), 0);
}

TEST_P(TlsStream, TellsTheLastWordsOfAPeerThatResets) {
  establish();
  tls_peer_.send("no");
  wakes_ = 0;
  ASSERT_TRUE(eventually(loop_, [&] { return wakes_ > 0; }));
  peer_.reset();
  EXPECT_TRUE(eventually(loop_, [&] {
    const auto taken = stream_.write(as_bytes("x"));
    return !taken.ok() || taken.value() == 0;
  }));
  std::array<std::uint8_t, 16> buffer{};
  const auto read = stream_.read(buffer);
  ASSERT_TRUE(read.ok());
  EXPECT_EQ(as_text(Bytes{buffer}.first(read.value().count)), "no");
  EXPECT_EQ(read_error(), UpdateError::connection_lost);
}

TEST_P(TlsStream, MayBeDestroyedInItsOwnCallback) {
  auto stream = std::make_unique<TcpStream>(loop_, loopback());
  PeerSocket peer;
  ASSERT_TRUE(stream->connect(peer.endpoint()).ok());
  ASSERT_TRUE(eventually(loop_, [&] { return stream->state() == State::open && peer.accept(); }));
  ASSERT_TRUE(stream->start_tls(GetParam(), as_bytes(key)).ok());
  stream->set_ready([&] { stream.reset(); });
  EXPECT_TRUE(eventually(loop_, [&] { return stream == nullptr; }));
}

TEST(FakeTls, FollowsItsScript) {
  FakeStream stream;
  EXPECT_EQ(stream.start_tls(Role::client, as_bytes(key)).error(), UpdateError::tls_failed);
  ASSERT_TRUE(stream.connect(testing::test_endpoint(1, 2)).ok());
  stream.on_tls = FakeStream::OnTls::refuses;
  EXPECT_EQ(stream.start_tls(Role::client, as_bytes(key)).error(), UpdateError::tls_failed);
  EXPECT_EQ(stream.state(), State::open);
  stream.on_tls = FakeStream::OnTls::waits;
  ASSERT_TRUE(stream.start_tls(Role::server, as_bytes(key)).ok());
  EXPECT_EQ(stream.tls_role, Role::server);
  EXPECT_EQ(stream.tls_key, key);
  EXPECT_EQ(stream.start_tls(Role::server, as_bytes(key)).error(), UpdateError::tls_failed);
  stream.deliver("a");
  std::string text;
  EXPECT_EQ(read_into(text, stream), UpdateError::none);
  EXPECT_EQ(stream.write(as_bytes("b")).value(), 0U);
  EXPECT_EQ(text, "");
  stream.finish_tls();
  EXPECT_EQ(read_into(text, stream), UpdateError::none);
  EXPECT_EQ(text, "a");
  stream.close();
  EXPECT_FALSE(stream.tls_role);
  stream.on_tls = FakeStream::OnTls::fails;
  ASSERT_TRUE(stream.connect(testing::test_endpoint(1, 2)).ok());
  ASSERT_TRUE(stream.start_tls(Role::client, as_bytes("other")).ok());
  EXPECT_EQ(stream.state(), State::failed);
  EXPECT_EQ(read_into(text, stream), UpdateError::tls_failed);
  EXPECT_EQ(stream.write(as_bytes("b")).error(), UpdateError::tls_failed);
  stream.close();
  EXPECT_EQ(read_into(text, stream), UpdateError::connection_lost);
}

}  // namespace
}  // namespace airlift
