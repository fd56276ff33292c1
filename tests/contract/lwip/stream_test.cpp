// What the board's sockets do besides the contracts: how they bear what lwIP's raw API leaves to them.

#include <gtest/gtest.h>
#include <lwip/priv/tcp_priv.h>

#include <algorithm>
#include <string>
#include <tuple>
#include <vector>

#include "contract/lwip/host_board.hpp"
#include "guest_test/lwip_subjects.hpp"

namespace airlift {
namespace {

using firmware::Backlog;
using firmware::loopback;
using firmware::LwipDatagramSocket;
using firmware::LwipListener;
using firmware::LwipPeer;
using firmware::LwipStream;
using testing::board_network;
using State = port::Stream::State;

template <typename Condition>
bool comes_about(Condition condition) {
  for (int i = 0; i < 60'000; ++i) {
    if (condition()) return true;
    board_network().poll();
  }
  return false;
}

void pass(std::chrono::milliseconds time) {
  for (auto i = time; i.count() > 0; --i) board_network().poll();
}

std::size_t active_connections() {
  std::size_t count{0};
  for (const tcp_pcb* pcb = tcp_active_pcbs; pcb != nullptr; pcb = pcb->next) ++count;
  return count;
}

/// Of the pieces that lwIP's memory is made of; what comes by loopback lies in them.
std::size_t free_pieces() {
  std::vector<void*> taken;
  while (void* const next = mem_malloc(1)) taken.push_back(next);
  for (void* const each : taken) mem_free(each);
  return taken.size();
}

class LwipStreamTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::ignore = board_network();
    peer_.listen();
  }
  void connect() {
    ASSERT_TRUE(stream_.connect(peer_.listening_at()).ok());
    ASSERT_TRUE(comes_about([&] { return stream_.state() == State::open && peer_.connected(); }));
  }
  std::string read_all() {
    std::string text;
    std::array<std::uint8_t, 100> buffer{};
    for (auto read = stream_.read(buffer); read.ok() && read.value().count > 0; read = stream_.read(buffer)) {
      text += as_text(Bytes{buffer}.first(read.value().count));
    }
    return text;
  }

  LwipStream stream_;
  LwipPeer peer_;
};

TEST_F(LwipStreamTest, TellsTheLastWordsOfAPeerThatResets) {
  connect();
  peer_.send("no");
  pass(milliseconds{10});
  peer_.reset();
  pass(milliseconds{10});
  EXPECT_EQ(stream_.write(as_bytes("x")).value(), 0U);
  EXPECT_EQ(stream_.state(), State::open);
  EXPECT_EQ(read_all(), "no");
  EXPECT_EQ(stream_.state(), State::failed);
  EXPECT_EQ(stream_.write(as_bytes("x")).error(), UpdateError::connection_lost);
}

TEST_F(LwipStreamTest, ManySmallSegmentsDoNotUseUpTheMemory) {
  connect();
  tcp_nagle_disable(peer_.connection());
  std::string sent;
  std::string read;
  for (int i = 0; i < 1000; ++i) {
    const std::string text = std::to_string(i);
    if (peer_.connection()->snd_queuelen <= 8 && peer_.sends(text)) sent += text;
    pass(milliseconds{1});
    ASSERT_GE(free_pieces(), 10U);
  }
  EXPECT_TRUE(comes_about([&] { return (read += read_all()) == sent; }));
}

TEST_F(LwipStreamTest, CarriesManyTimesTheWindow) {
  connect();
  const std::string block(1000, 'x');
  std::size_t sent{0};
  std::size_t received{0};
  const bool all = comes_about([&] {
    if (sent < 20 * TCP_WND && peer_.sends(block)) sent += block.size();
    received += read_all().size();
    return sent >= 20 * TCP_WND && received == sent;
  });
  EXPECT_TRUE(all) << received << " of " << sent;
}

TEST_F(LwipStreamTest, DeliversItsLastWordsToAPeerThatStillSends) {
  connect();
  peer_.send("more and more");
  ASSERT_TRUE(stream_.write(as_bytes("ERROR")).ok());
  stream_.close();
  for (int i = 0; i < 20; ++i) {
    peer_.send("and more");
    pass(milliseconds{1});
  }
  peer_.read();
  EXPECT_EQ(peer_.inbox.text(), "ERROR");
  EXPECT_TRUE(peer_.saw_end);
  peer_.end_data();
  pass(milliseconds{100});
  EXPECT_EQ(active_connections(), 0U);
}

TEST_F(LwipStreamTest, GivesUpAPeerThatNeverEnds) {
  connect();
  stream_.close();
  pass(seconds{9});
  EXPECT_TRUE(peer_.exists());
  pass(seconds{3});
  EXPECT_FALSE(peer_.exists());
  EXPECT_EQ(active_connections(), 0U);
}

TEST_F(LwipStreamTest, ClosesWhileItConnects) {
  ASSERT_TRUE(stream_.connect(peer_.listening_at()).ok());
  stream_.close();
  EXPECT_EQ(stream_.state(), State::closed);
  pass(milliseconds{100});
  EXPECT_FALSE(peer_.exists());
  connect();
}

TEST_F(LwipStreamTest, RefusesAnAddressThatIsNotIpv4) {
  EXPECT_EQ(stream_.connect({{}, 1, 0}).error(), UpdateError::network_failed);
  LwipDatagramSocket socket;
  ASSERT_TRUE(socket.open(0).ok());
  EXPECT_EQ(socket.send(as_bytes("x"), {{}, 1, 0}).error(), UpdateError::network_failed);
}

TEST_F(LwipStreamTest, ConnectsWithoutMemoryForItLater) {
  std::vector<tcp_pcb*> taken;
  while (tcp_pcb* const next = tcp_new()) taken.push_back(next);
  EXPECT_EQ(stream_.connect(peer_.listening_at()).error(), UpdateError::network_failed);
  EXPECT_EQ(stream_.state(), State::closed);
  for (tcp_pcb* const each : taken) tcp_close(each);
  connect();
}

class LwipBacklogTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::ignore = board_network();
    ASSERT_TRUE(backlog_.listen(0).ok());
  }
  void connect(LwipPeer& peer) {
    peer.connect(backlog_.local_port());
    pass(milliseconds{10});
  }

  Backlog backlog_;
  LwipStream stream_;
};

TEST_F(LwipBacklogTest, DropsWhoWasResetWhileWaiting) {
  LwipPeer first;
  LwipPeer second;
  LwipPeer third;
  for (LwipPeer* peer : {&first, &second, &third}) connect(*peer);
  second.reset();
  pass(milliseconds{10});
  const port::Endpoint third_endpoint = third.endpoint();
  ASSERT_TRUE(backlog_.hand_over(stream_));
  stream_.close();
  EXPECT_EQ(backlog_.hand_over(stream_), third_endpoint);
  EXPECT_FALSE(backlog_.someone_waits());
  third.send("hello");
  pass(milliseconds{10});
  std::array<std::uint8_t, 10> buffer{};
  EXPECT_EQ(stream_.read(buffer).value().count, 5U);
}

TEST_F(LwipBacklogTest, KeepsTheWordsOfWhoWaits) {
  LwipPeer peer;
  connect(peer);
  peer.send("hello");
  pass(milliseconds{10});
  ASSERT_TRUE(backlog_.hand_over(stream_));
  std::array<std::uint8_t, 10> buffer{};
  EXPECT_EQ(stream_.read(buffer).value().count, 5U);
}

TEST_F(LwipBacklogTest, WhoFindsItFullConnectsWhenThereIsRoomAgain) {
  std::array<LwipPeer, 6> peers;
  std::array<LwipStream, 6> streams;
  for (LwipPeer& peer : peers) connect(peer);
  EXPECT_FALSE(peers[5].connected());
  for (LwipStream& stream : streams) {
    EXPECT_TRUE(comes_about([&] { return backlog_.hand_over(stream).has_value(); }));
  }
}

TEST_F(LwipBacklogTest, ResetsWhoWaitsWhenItIsClosed) {
  LwipPeer peer;
  connect(peer);
  EXPECT_TRUE(peer.exists());
  backlog_.close();
  pass(milliseconds{10});
  EXPECT_FALSE(peer.exists());
}

TEST_F(LwipBacklogTest, ListensAnewAtThePortOfAConnectionThatIsStillThere) {
  const std::uint16_t port = backlog_.local_port();
  LwipPeer peer;
  connect(peer);
  ASSERT_TRUE(backlog_.hand_over(stream_));
  EXPECT_TRUE(backlog_.listen(port).ok());
  LwipPeer next;
  connect(next);
  EXPECT_TRUE(backlog_.someone_waits());
}

/// "169.254.9.<last> is at 02:00:00:00:00:09": RFC 826, to the board.
testing::Frame arp_answer(std::uint8_t last) {
  const auto mac = board_network().mac();
  const auto own = *board_network().address();
  testing::Frame frame{mac.begin(), mac.end()};
  frame += {2, 0, 0, 0, 0, 9, 8, 6, 0, 1, 8, 0, 6, 4, 0, 2, 2, 0, 0, 0, 0, 9, 169, 254, 9, last};
  return frame.append(mac.begin(), mac.end()).append(own.bytes.begin() + 12, own.bytes.end());
}

/// Of UDP (17) or TCP (6) to the hardware address of arp_answer().
bool has_sent(std::uint8_t protocol) {
  const auto& frames = testing::cable().from_board;
  return std::any_of(frames.begin(), frames.end(), [&](const testing::Frame& frame) {
    return frame[5] == 9 && frame[12] == 8 && frame[13] == 0 && frame[23] == protocol;
  });
}

TEST(LwipArp, AnswersAndConnectsToAStrangerAtOnce) {
  ASSERT_TRUE(comes_about([] { return board_network().address().has_value(); }));
  const port::IpAddress stranger{{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, 169, 254, 9, 77}};
  LwipDatagramSocket socket;
  LwipStream stream;
  ASSERT_TRUE(socket.open(0).ok());
  testing::cable().from_board.clear();
  ASSERT_TRUE(stream.connect({stranger, 1000, 0}).ok());
  ASSERT_TRUE(socket.send(as_bytes("OK"), {stranger, 1000, 0}).ok());
  testing::cable().to_board.push_back(arp_answer(77));
  pass(milliseconds{1});
  EXPECT_TRUE(has_sent(17));
  EXPECT_TRUE(has_sent(6));
}

TEST(LwipDatagramSocketTest, LosesWhatIsTooMuchAndNoMemory) {
  std::ignore = board_network();
  LwipDatagramSocket socket;
  LwipDatagramSocket peer;
  ASSERT_TRUE(socket.open(0).ok());
  ASSERT_TRUE(peer.open(0).ok());
  for (int round = 0; round < 50; ++round) {
    for (int i = 0; i < 10; ++i) {
      ASSERT_TRUE(peer.send(as_bytes(std::to_string(i)), {loopback(), socket.local_port(), 0}).ok());
      pass(milliseconds{1});
    }
    std::array<std::uint8_t, 10> buffer{};
    for (const char expected : {'0', '1', '2', '3'}) {
      ASSERT_TRUE(socket.receive(buffer));
      EXPECT_EQ(buffer[0], expected);
    }
    EXPECT_FALSE(socket.receive(buffer));
  }
}

}  // namespace
}  // namespace airlift
