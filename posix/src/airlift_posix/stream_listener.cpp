#include "airlift_posix/stream_listener.hpp"

#include <system_error>
#include <utility>

namespace airlift::posix {

StreamListener::StreamListener(EventLoop& loop, port::IpAddress bind_address, TcpStream& stream,
                               std::function<void()> ready)
    : loop_{loop}, bind_address_{bind_address}, stream_{stream}, ready_{std::move(ready)} {
  stream_.set_closed([this] {
    if (listener_) listener_->resume();
  });
}

StreamListener::~StreamListener() {
  stream_.set_closed({});
}

Status StreamListener::listen(std::uint16_t port) {
  close();
  try {
    listener_.emplace(loop_, bind_address_, port, [this] { on_connection(); });
  } catch (const std::system_error&) {
    return UpdateError::network_failed;
  }
  return {};
}

void StreamListener::close() {
  listener_.reset();
}

std::optional<port::Endpoint> StreamListener::accept() {
  if (!listener_ || stream_.state() != port::Stream::State::closed) return std::nullopt;
  auto accepted = listener_->accept_socket();
  if (!accepted) return std::nullopt;
  stream_.take_over(std::move(accepted->fd));
  return accepted->peer;
}

std::uint16_t StreamListener::local_port() const {
  return listener_ ? listener_->local_port() : std::uint16_t{0};
}

void StreamListener::on_connection() {
  // It stays ready as long as the connection waits: without this the loop would spin.
  if (stream_.state() != port::Stream::State::closed) {
    listener_->pause();
    return;
  }
  const auto ready = ready_;  // it may destroy this object
  if (ready) ready();
}

}  // namespace airlift::posix
