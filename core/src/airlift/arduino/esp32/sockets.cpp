#if defined(ARDUINO_ARCH_ESP32)
#include "airlift/arduino/esp32/sockets.hpp"

#include <fcntl.h>
#include <lwip/sockets.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace airlift::arduino::esp32 {
namespace {

constexpr std::array<std::uint8_t, 12> mapped_prefix{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};

sockaddr_in address_of(const port::Endpoint& endpoint) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(endpoint.port);
  std::memcpy(&address.sin_addr.s_addr, &endpoint.address.bytes[mapped_prefix.size()], 4);
  return address;
}

port::Endpoint endpoint_of(const sockaddr_in& address) {
  port::Endpoint endpoint;
  endpoint.port = ntohs(address.sin_port);
  std::copy(mapped_prefix.begin(), mapped_prefix.end(), endpoint.address.bytes.begin());
  std::memcpy(&endpoint.address.bytes[mapped_prefix.size()], &address.sin_addr.s_addr, 4);
  return endpoint;
}

bool is_ipv4(const port::IpAddress& address) {
  return std::equal(mapped_prefix.begin(), mapped_prefix.end(), address.bytes.begin());
}

/// lwIP does not tell how long a datagram was that did not fit: it is read on for so long.
constexpr std::size_t longest_excess{256};

bool would_block() {
  return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
}

bool bind_to(int fd, std::uint16_t port) {
  const sockaddr_in address = address_of({{}, port, 0});
  return bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0;
}

void set_option(int fd, int level, int option) {
  const int on{1};
  setsockopt(fd, level, option, &on, sizeof(on));
}

/// Whether a connection that has been begun is there or has failed.
bool has_settled(int fd) {
  fd_set writable;
  FD_ZERO(&writable);
  FD_SET(fd, &writable);
  timeval at_once{};
  return select(fd + 1, nullptr, &writable, nullptr, &at_once) > 0;
}

int error_of(int fd) {
  int error{0};
  socklen_t size{sizeof(error)};
  return getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) == 0 ? error : errno;
}

}  // namespace

void SocketHandle::reset(int fd) {
  if (fd_ >= 0) ::close(fd_);
  fd_ = fd;
  if (fd_ >= 0) fcntl(fd_, F_SETFL, fcntl(fd_, F_GETFL, 0) | O_NONBLOCK);
}

Status UdpSocket::open(std::uint16_t port) {
  socket_.reset(socket(AF_INET, SOCK_DGRAM, 0));
  if (socket_.is_open() && bind_to(socket_.get(), port)) return {};
  socket_.reset();
  return UpdateError::network_failed;
}

std::optional<port::DatagramSocket::Received> UdpSocket::receive(MutableBytes into) {
  if (!socket_.is_open()) return std::nullopt;
  std::array<std::uint8_t, longest_excess> excess{};
  std::array<iovec, 2> parts{iovec{into.data(), into.size()}, iovec{excess.data(), excess.size()}};
  sockaddr_in from{};
  msghdr message{};
  message.msg_name = &from;
  message.msg_namelen = sizeof(from);
  message.msg_iov = parts.data();
  message.msg_iovlen = parts.size();
  const auto size = recvmsg(socket_.get(), &message, 0);
  if (size < 0) return std::nullopt;
  return Received{endpoint_of(from), static_cast<std::size_t>(size)};
}

Status UdpSocket::send(Bytes datagram, const port::Endpoint& to) {
  if (!socket_.is_open() || !is_ipv4(to.address)) return UpdateError::network_failed;
  const sockaddr_in address = address_of(to);
  const auto sent = sendto(socket_.get(), datagram.data(), datagram.size(), 0,
                           reinterpret_cast<const sockaddr*>(&address), sizeof(address));
  if (sent < 0) return UpdateError::network_failed;
  return {};
}

Status TcpStream::connect(const port::Endpoint& to) {
  if (state_ != State::closed || !is_ipv4(to.address)) return UpdateError::network_failed;
  socket_.reset(socket(AF_INET, SOCK_STREAM, 0));
  if (!socket_.is_open()) return UpdateError::network_failed;
  set_option(socket_.get(), IPPROTO_TCP, TCP_NODELAY);
  const sockaddr_in address = address_of(to);
  if (::connect(socket_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0 &&
      errno != EINPROGRESS) {
    socket_.reset();
    return UpdateError::network_failed;
  }
  state_ = State::connecting;
  return {};
}

void TcpStream::take_over(int fd) {
  socket_.reset(fd);
  set_option(fd, IPPROTO_TCP, TCP_NODELAY);
  state_ = State::open;
}

port::Stream::State TcpStream::state() {
  if (state_ == State::connecting && has_settled(socket_.get())) {
    if (error_of(socket_.get()) == 0) {
      state_ = State::open;
    } else {
      fail();
    }
  }
  return state_;
}

Result<port::Stream::Read> TcpStream::read(MutableBytes into) {
  if (state() != State::open) return UpdateError::connection_lost;
  if (into.empty()) return Read{};
  const auto count = recv(socket_.get(), into.data(), into.size(), 0);
  if (count >= 0) return Read{static_cast<std::size_t>(count), count == 0};
  if (would_block()) return Read{};
  return fail();
}

Result<std::size_t> TcpStream::write(Bytes bytes) {
  if (state() != State::open) return UpdateError::connection_lost;
  const auto count = send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
  if (count >= 0) return static_cast<std::size_t>(count);
  if (would_block()) return std::size_t{0};
  // What a peer said before it reset the connection is read first; the end is behind it.
  std::uint8_t next{};
  if (recv(socket_.get(), &next, 1, MSG_PEEK) > 0) return std::size_t{0};
  return fail();
}

void TcpStream::close() {
  if (state_ == State::open) end_politely();
  socket_.reset();
  state_ = State::closed;
}

UpdateError TcpStream::fail() {
  socket_.reset();
  state_ = State::failed;
  return UpdateError::connection_lost;
}

/// Closing a socket that holds unread bytes resets the connection, and the reset may overtake what was
/// written last.
void TcpStream::end_politely() {
  shutdown(socket_.get(), SHUT_WR);
  std::array<std::uint8_t, 256> waste{};
  constexpr int most_reads{64};  // a peer that goes on sending must not hold us
  for (int i = 0; i < most_reads && recv(socket_.get(), waste.data(), waste.size(), 0) > 0; ++i) continue;
}

Status TcpListener::listen(std::uint16_t port) {
  constexpr int most_waiting{4};
  socket_.reset(socket(AF_INET, SOCK_STREAM, 0));
  if (socket_.is_open()) set_option(socket_.get(), SOL_SOCKET, SO_REUSEADDR);
  if (socket_.is_open() && bind_to(socket_.get(), port) && ::listen(socket_.get(), most_waiting) == 0)
    return {};
  socket_.reset();
  return UpdateError::network_failed;
}

std::optional<port::Endpoint> TcpListener::accept() {
  if (!socket_.is_open() || stream_.state() != port::Stream::State::closed) return std::nullopt;
  sockaddr_in from{};
  socklen_t size{sizeof(from)};
  const int fd = ::accept(socket_.get(), reinterpret_cast<sockaddr*>(&from), &size);
  if (fd < 0) return std::nullopt;
  stream_.take_over(fd);
  return endpoint_of(from);
}

}  // namespace airlift::arduino::esp32
#endif
