#include "airlift_posix/socket_io.hpp"

#include <sys/socket.h>

#include <array>
#include <cerrno>

namespace airlift::posix {
namespace {

bool would_block() {
  return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
}

}  // namespace

Result<port::Stream::Read> receive_some(int fd, MutableBytes into) {
  if (into.empty()) return port::Stream::Read{};
  const ssize_t count = recv(fd, into.data(), into.size(), 0);
  if (count >= 0) return port::Stream::Read{static_cast<std::size_t>(count), count == 0};
  if (would_block()) return port::Stream::Read{};
  return UpdateError::connection_lost;
}

Result<std::size_t> send_some(int fd, Bytes bytes) {
  const ssize_t count = send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
  if (count >= 0) return static_cast<std::size_t>(count);
  if (would_block()) return std::size_t{0};
  return UpdateError::connection_lost;
}

bool has_unread(int fd) {
  char next{};
  return recv(fd, &next, sizeof(next), MSG_PEEK) > 0;
}

void end_politely(int fd) {
  shutdown(fd, SHUT_WR);
  // Closing a socket that holds unread bytes resets the connection, and the reset may overtake what was
  // written last.
  std::array<std::uint8_t, 16384> waste{};
  constexpr int most_reads{64};  // a peer that goes on sending must not hold us
  for (int i = 0; i < most_reads && recv(fd, waste.data(), waste.size(), 0) > 0; ++i) {
  }
}

}  // namespace airlift::posix
