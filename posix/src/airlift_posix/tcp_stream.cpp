#include "airlift_posix/tcp_stream.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>

#include <array>
#include <cerrno>

#include "airlift_posix/address.hpp"

namespace airlift::posix {
namespace {

void send_at_once(int fd) {
  const int on{1};
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
}

bool would_block() {
  return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
}

/// Closing a socket that holds unread bytes resets the connection, and the reset may overtake what was
/// written last.
void discard_unread(int fd) {
  std::array<std::uint8_t, 16384> waste{};
  constexpr int most_reads{64};  // a peer that goes on sending must not hold us
  for (int i = 0; i < most_reads && recv(fd, waste.data(), waste.size(), 0) > 0; ++i) {
  }
}

}  // namespace

TcpStream::TcpStream(EventLoop& loop, port::IpAddress bind_address, std::function<void()> ready)
    : loop_{loop}, bind_address_{bind_address}, ready_{std::move(ready)} {}

TcpStream::TcpStream(EventLoop& loop, UniqueFd connected, std::function<void()> ready)
    : loop_{loop}, ready_{std::move(ready)} {
  take_over(std::move(connected));
}

void TcpStream::take_over(UniqueFd connected) {
  send_at_once(connected.get());
  fd_ = std::move(connected);
  end_of_data_ = false;
  state_ = State::open;
  wait_for(Wait::data);
}

Status TcpStream::connect(const port::Endpoint& to) {
  if (state_ != State::closed) return UpdateError::network_failed;
  const int family = family_of(to.address);
  const auto address = to_socket_address(to, family);
  UniqueFd fd{socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)};
  if (!fd) return UpdateError::network_failed;
  if (!is_any(bind_address_)) {
    const auto from = to_socket_address({bind_address_, 0, 0}, family);
    if (!from || bind(fd.get(), from->get(), from->size) != 0) return UpdateError::network_failed;
  }
  send_at_once(fd.get());
  if (::connect(fd.get(), address->get(), address->size) != 0 && errno != EINPROGRESS) {
    return UpdateError::network_failed;
  }
  fd_ = std::move(fd);
  end_of_data_ = false;
  state_ = State::connecting;
  wait_for(Wait::connected);
  return {};
}

port::Stream::State TcpStream::state() {
  if (state_ == State::connecting) finish_connecting();
  return state_;
}

Result<port::Stream::Read> TcpStream::read(MutableBytes into) {
  if (state() != State::open) return UpdateError::connection_lost;
  if (end_of_data_) return Read{0, true};
  if (into.empty()) return Read{};
  const ssize_t count = recv(fd_.get(), into.data(), into.size(), 0);
  if (count < 0) return would_block() ? Result<Read>{Read{}} : fail();
  if (count == 0) {
    // The socket stays readable from now on; waiting for that would make the loop spin.
    end_of_data_ = true;
    wait_for(Wait::nothing);
    return Read{0, true};
  }
  return Read{static_cast<std::size_t>(count), false};
}

Result<std::size_t> TcpStream::write(Bytes bytes) {
  if (state() != State::open) return UpdateError::connection_lost;
  const ssize_t count = send(fd_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
  if (count < 0 && !would_block()) return fail();
  const std::size_t taken = count < 0 ? 0 : static_cast<std::size_t>(count);
  if (taken < bytes.size()) wait_for(end_of_data_ ? Wait::room : Wait::data_and_room);
  return taken;
}

void TcpStream::close() {
  wait_for(Wait::nothing);
  if (state_ == State::open) {
    shutdown(fd_.get(), SHUT_WR);
    discard_unread(fd_.get());
  }
  fd_.reset();
  state_ = State::closed;
  if (closed_) closed_();
}

void TcpStream::on_event() {
  if (state_ == State::connecting) {
    finish_connecting();
  } else if (wait_ == Wait::room || wait_ == Wait::data_and_room) {
    // Said once; a write() that is short again asks again.
    wait_for(wait_ == Wait::data_and_room ? Wait::data : Wait::nothing);
  }
  const auto ready = ready_;  // it may destroy this object
  if (ready) ready();
}

void TcpStream::finish_connecting() {
  pollfd poll_for{fd_.get(), POLLOUT, 0};
  if (poll(&poll_for, 1, 0) <= 0) return;
  int error{0};
  socklen_t size{sizeof(error)};
  if (getsockopt(fd_.get(), SOL_SOCKET, SO_ERROR, &error, &size) != 0 || error != 0) {
    fail();
    return;
  }
  state_ = State::open;
  wait_for(Wait::data);
}

void TcpStream::wait_for(Wait wait) {
  if (wait == wait_) return;
  wait_ = wait;
  Interest interest{Interest::readable};
  switch (wait) {
    case Wait::nothing:
      watch_.reset();
      return;
    case Wait::connected:
    case Wait::room:
      interest = Interest::writable;
      break;
    case Wait::data:
      break;
    case Wait::data_and_room:
      interest = Interest::both;
      break;
  }
  if (watch_.active()) {
    watch_.set_interest(interest);
  } else {
    watch_ = loop_.watch(fd_.get(), interest, [this] { on_event(); });
  }
}

UpdateError TcpStream::fail() {
  wait_for(Wait::nothing);
  fd_.reset();
  state_ = State::failed;
  return UpdateError::connection_lost;
}

}  // namespace airlift::posix
