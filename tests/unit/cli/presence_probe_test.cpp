// Whether a device can be reached, seen over real sockets of the loopback interface.
#include "presence_probe.hpp"

#include <gmock/gmock.h>
#include <sys/socket.h>

#include "airlift_posix/address.hpp"
#include "airlift_posix/tcp_listener.hpp"
#include "airlift_posix/udp_socket.hpp"
#include "support/eventually.hpp"

namespace airlift::testing {
namespace {

using cli::Presence;
using cli::PresenceProbe;

const port::IpAddress loopback = *posix::parse_address("127.0.0.1");
const port::IpAddress any = *posix::parse_address("0.0.0.0");

class PresenceProbeTest : public ::testing::Test {
 protected:
  std::optional<Presence> look(std::uint16_t port, const port::IpAddress& from = any) {
    std::optional<Presence> seen;
    const PresenceProbe probe{loop_, from, {loopback, port, 0}, [&seen](Presence what) { seen = what; }};
    EXPECT_TRUE(eventually(loop_, [&seen] { return seen.has_value(); }));
    return seen;
  }

  /// A port that is open for datagrams.
  std::uint16_t open_udp() {
    EXPECT_TRUE(udp_.open(0).ok());
    return udp_.local_port();
  }

  posix::EventLoop loop_;
  posix::UdpSocket udp_{loop_, loopback};
};

TEST_F(PresenceProbeTest, ADeviceThatRefusesTcpIsThere) {
  EXPECT_EQ(look(open_udp()), Presence::there);
}

TEST_F(PresenceProbeTest, ADeviceThatTakesTcpIsThere) {
  const std::uint16_t port = open_udp();
  posix::TcpListener listener{loop_, loopback, port};
  EXPECT_EQ(look(port), Presence::there);
  EXPECT_EQ(look(port, loopback), Presence::there);
}

TEST_F(PresenceProbeTest, ADeviceWithoutOtaIsOnlyItsNetwork) {
  const std::uint16_t port = open_udp();
  udp_.close();
  EXPECT_EQ(look(port), Presence::network_only);
}

TEST_F(PresenceProbeTest, ADeviceThatDoesNotSayAWordIsAway) {
  const std::uint16_t port = open_udp();
  // The system drops what it has no room for, as a device that is off does.
  const posix::UniqueFd full{socket(AF_INET, SOCK_STREAM, 0)};
  const auto address = *posix::to_socket_address({loopback, port, 0}, AF_INET);
  ASSERT_EQ(bind(full.get(), address.get(), address.size), 0);
  ASSERT_EQ(listen(full.get(), 0), 0);
  std::array<posix::UniqueFd, 4> waiting;
  for (posix::UniqueFd& fd : waiting) {
    fd.reset(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0));
    (void)connect(fd.get(), address.get(), address.size);
  }
  EXPECT_EQ(look(port), Presence::away);
}

TEST_F(PresenceProbeTest, FromAnAddressThatIsNotOursNothingCanBeSeen) {
  EXPECT_EQ(look(open_udp(), *posix::parse_address("192.0.2.1")), Presence::away);
}

}  // namespace
}  // namespace airlift::testing
