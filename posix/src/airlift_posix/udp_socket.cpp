#include "airlift_posix/udp_socket.hpp"

#include <linux/errqueue.h>
#include <netinet/in.h>

#include <array>
#include <cstring>

#include "airlift_posix/address.hpp"

namespace airlift::posix {
namespace {

/// ip(7), IP_RECVERR: without it an unconnected socket does not hear of undelivered datagrams. An IPv6 socket
/// that reaches IPv4, too, needs both.
void queue_errors(int fd, int family) {
  const int on{1};
  setsockopt(fd, IPPROTO_IP, IP_RECVERR, &on, sizeof(on));
  if (family == AF_INET6) setsockopt(fd, IPPROTO_IPV6, IPV6_RECVERR, &on, sizeof(on));
}

}  // namespace

UdpSocket::UdpSocket(EventLoop& loop, port::IpAddress bind_address, std::function<void()> ready)
    : loop_{loop}, bind_address_{bind_address}, ready_{std::move(ready)} {}

Status UdpSocket::open(std::uint16_t port) {
  close();
  const int family = family_of(bind_address_);
  const auto address = to_socket_address({bind_address_, port, 0}, family);
  // No SO_REUSEADDR: on Linux it would let a second process take over a port of the first.
  UniqueFd fd{socket(family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)};
  if (!fd || bind(fd.get(), address->get(), address->size) != 0) return UpdateError::network_failed;
  if (reports_undelivered_) queue_errors(fd.get(), family);
  fd_ = std::move(fd);
  watch_ = loop_.watch(fd_.get(), Interest::readable, ready_);
  return {};
}

void UdpSocket::close() {
  watch_.reset();
  fd_.reset();
}

std::optional<port::DatagramSocket::Received> UdpSocket::receive(MutableBytes into) {
  if (!fd_) return std::nullopt;
  SocketAddress from;
  const ssize_t size = recvfrom(fd_.get(), into.data(), into.size(), MSG_TRUNC, from.get(), &from.size);
  if (size < 0) return std::nullopt;
  return Received{to_endpoint(from.get()), static_cast<std::size_t>(size)};
}

Status UdpSocket::send(Bytes datagram, const port::Endpoint& to) {
  const auto address = to_socket_address(to, family_of(bind_address_));
  if (!fd_ || !address) return UpdateError::network_failed;
  const ssize_t size = sendto(fd_.get(), datagram.data(), datagram.size(), 0, address->get(), address->size);
  if (size < 0) return UpdateError::network_failed;
  return {};
}

std::optional<UdpSocket::Undelivered> UdpSocket::take_undelivered() {
  SocketAddress to;
  std::array<std::uint8_t, 512> control{};
  msghdr message{};
  message.msg_name = to.get();
  message.msg_namelen = to.size;
  message.msg_control = control.data();
  message.msg_controllen = control.size();
  if (!fd_ || recvmsg(fd_.get(), &message, MSG_ERRQUEUE) < 0) return std::nullopt;
  for (cmsghdr* part = CMSG_FIRSTHDR(&message); part != nullptr; part = CMSG_NXTHDR(&message, part)) {
    const bool of_ipv4 = part->cmsg_level == IPPROTO_IP && part->cmsg_type == IP_RECVERR;
    const bool of_ipv6 = part->cmsg_level == IPPROTO_IPV6 && part->cmsg_type == IPV6_RECVERR;
    if (!of_ipv4 && !of_ipv6) continue;
    sock_extended_err error{};
    std::memcpy(&error, CMSG_DATA(part), sizeof(error));
    return Undelivered{to_endpoint(to.get()), static_cast<int>(error.ee_errno)};
  }
  return std::nullopt;
}

std::uint16_t UdpSocket::local_port() const {
  return fd_ ? local_port_of(fd_.get()) : std::uint16_t{0};
}

}  // namespace airlift::posix
