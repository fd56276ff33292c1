#include "airlift_posix/udp_socket.hpp"

#include "airlift_posix/address.hpp"

namespace airlift::posix {

UdpSocket::UdpSocket(EventLoop& loop, port::IpAddress bind_address, std::function<void()> ready)
    : loop_{loop}, bind_address_{bind_address}, ready_{std::move(ready)} {}

Status UdpSocket::open(std::uint16_t port) {
  close();
  const int family = family_of(bind_address_);
  const auto address = to_socket_address({bind_address_, port, 0}, family);
  // No SO_REUSEADDR: on Linux it would let a second process take over a port of the first.
  UniqueFd fd{socket(family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)};
  if (!fd || bind(fd.get(), address->get(), address->size) != 0) return UpdateError::network_failed;
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

std::uint16_t UdpSocket::local_port() const {
  return fd_ ? local_port_of(fd_.get()) : std::uint16_t{0};
}

}  // namespace airlift::posix
