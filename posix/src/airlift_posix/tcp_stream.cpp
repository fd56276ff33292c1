#include "airlift_posix/tcp_stream.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>

#include <cerrno>

#include "airlift_posix/address.hpp"
#include "airlift_posix/socket_io.hpp"
#include "airlift_posix/tls_channel.hpp"

namespace airlift::posix {
namespace {

constexpr std::chrono::seconds longest_handshake{5};

void send_at_once(int fd) {
  const int on{1};
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
}

}  // namespace

TcpStream::TcpStream(EventLoop& loop, port::IpAddress bind_address, std::function<void()> ready)
    : loop_{loop}, bind_address_{bind_address}, ready_{std::move(ready)} {}

TcpStream::~TcpStream() = default;

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
  connect_error_ =
      ::connect(fd.get(), address->get(), address->size) == 0 || errno == EINPROGRESS ? 0 : errno;
  if (connect_error_ != 0) return UpdateError::network_failed;
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
  if (state() != State::open) return failure_;
  if (end_of_data_) return Read{0, true};
  if (into.empty()) return Read{};
  const auto read = tls_ ? tls_->read(into) : receive_some(fd_.get(), into);
  if (!read.ok()) return fail(read.error());
  if (read.value().end_of_data) {
    // The socket stays readable from now on; waiting for that would make the loop spin.
    end_of_data_ = true;
    wait_for(wait_ == Wait::data_and_room ? Wait::room : Wait::nothing);
  }
  if (tls_) watch_tls();
  return read;
}

Result<std::size_t> TcpStream::write(Bytes bytes) {
  if (state() != State::open) return failure_;
  const auto taken = tls_ ? tls_->write(bytes) : send_some(fd_.get(), bytes);
  if (!taken.ok()) {
    // What a peer said before it reset the connection is read first; the end is behind it.
    const bool lost = taken.error() == UpdateError::connection_lost;
    if (lost && has_unread(fd_.get())) return std::size_t{0};
    return fail(taken.error());
  }
  if (tls_) {
    watch_tls();
  } else if (taken.value() < bytes.size()) {
    wait_for_room();
  }
  return taken;
}

Status TcpStream::start_tls(TlsRole role, Bytes pre_shared_key) {
  if (state() != State::open || tls_) return UpdateError::tls_failed;
  return go_on_inside(TlsChannel::make(fd_.get(), role, pre_shared_key));
}

Status TcpStream::start_tls_server(SSL_CTX* context) {
  if (state() != State::open || tls_) return UpdateError::tls_failed;
  const Status begun = go_on_inside(TlsChannel::make_server(fd_.get(), context));
  if (!begun.ok()) return fail(begun.error());
  handshake_over_ = loop_.after(longest_handshake, [this] {
    if (tls_->established()) return;
    fail(UpdateError::tls_failed);
    const auto ready = ready_;  // it may destroy this object
    if (ready) ready();
  });
  return {};
}

Status TcpStream::go_on_inside(std::unique_ptr<TlsChannel> channel) {
  if (!channel) return UpdateError::tls_failed;
  tls_ = std::move(channel);
  wake_soon();
  return {};
}

void TcpStream::close() {
  if (state_ == State::open && tls_) tls_->close();
  release_socket();
  failure_ = UpdateError::connection_lost;
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
  if (tls_) advance_tls();
  const auto ready = ready_;  // it may destroy this object
  if (ready) ready();
}

void TcpStream::advance_tls() {
  const Status status = tls_->advance();
  if (status.ok()) {
    watch_tls();
  } else {
    fail(status.error());
  }
}

/// What the socket cannot tell, or the user does not ask for.
void TcpStream::watch_tls() {
  if (tls_->holds_data()) wake_soon();
  if (tls_->wants_room()) wait_for_room();
}

void TcpStream::wake_soon() {
  soon_ = loop_.after(std::chrono::milliseconds{0}, [this] { on_event(); });
}

void TcpStream::finish_connecting() {
  pollfd poll_for{fd_.get(), POLLOUT, 0};
  if (poll(&poll_for, 1, 0) <= 0) return;
  int error{0};
  socklen_t size{sizeof(error)};
  if (getsockopt(fd_.get(), SOL_SOCKET, SO_ERROR, &error, &size) != 0 || error != 0) {
    connect_error_ = error;
    fail(UpdateError::connection_lost);
    return;
  }
  state_ = State::open;
  wait_for(Wait::data);
}

void TcpStream::wait_for_room() {
  wait_for(end_of_data_ ? Wait::room : Wait::data_and_room);
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

UpdateError TcpStream::fail(UpdateError error) {
  release_socket();
  state_ = State::failed;
  failure_ = error;
  return error;
}

void TcpStream::release_socket() {
  wait_for(Wait::nothing);
  soon_.reset();
  handshake_over_.reset();
  tls_.reset();
  if (state_ == State::open) end_politely(fd_.get());
  fd_.reset();
}

}  // namespace airlift::posix
